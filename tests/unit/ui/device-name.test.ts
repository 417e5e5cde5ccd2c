import { describe, expect, it } from 'vitest';
import { platformOf } from '../../../src/ui/screens/welcome/device-name.js';

describe('[P1] the suggested name of a device', () => {
  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148', 5, 'iphone'],
    ['Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X)', 5, 'ipad'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 5, 'ipad'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 0, 'mac'],
    ['Mozilla/5.0 (Linux; Android 15; K) Chrome/140.0 Mobile Safari/537.36', 5, 'android-phone'],
    ['Mozilla/5.0 (Linux; Android 15; K) Chrome/140.0 Safari/537.36', 5, 'android-tablet'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 10, 'windows'],
    ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', 0, 'chromebook'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 0, 'linux'],
    ['', 0, 'unknown'],
  ] as const)('[P1] %s with %i touches is %s', (userAgent, maxTouchPoints, platform) => {
    expect(platformOf({ userAgent, maxTouchPoints })).toBe(platform);
  });
});

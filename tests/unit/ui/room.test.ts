import { describe, expect, it } from 'vitest';
import { roomOf } from '../../../src/ui/screens/files/room.js';

const GB = 1_000_000_000;
const room = (usedBytes: number | null, quotaBytes: number | null) =>
  roomOf({ isPersisted: true, usedBytes, quotaBytes });

describe('[P1] room on this device', () => {
  it('[P1] is not told where the browser does not tell it', () => {
    expect(room(null, GB)).toBeNull();
    expect(room(1, null)).toBeNull();
    expect(room(0, 0)).toBeNull();
  });

  it('[P1] is little below a tenth of it all, and below 200 MB', () => {
    expect(room(GB, 10 * GB)).toMatchObject({ isLittle: false, leftBytes: 9 * GB });
    expect(room(9 * GB, 10 * GB)).toMatchObject({ isLittle: false, isPressing: false });
    expect(room(9 * GB + 1, 10 * GB)).toMatchObject({ isLittle: true, isPressing: true });
    expect(room(0.3 * GB, 0.5 * GB)).toMatchObject({ isLittle: false });
    expect(room(0.3 * GB + 1, 0.5 * GB)).toMatchObject({ isLittle: true, isPressing: false });
  });

  it('[P1] is never less than none', () => {
    expect(room(2 * GB, GB)).toMatchObject({ leftBytes: 0, usedShare: 1, isPressing: true });
  });
});

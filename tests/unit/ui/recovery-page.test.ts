import { expect, test } from 'vitest';
import { RECOVERY_PATH } from '../../../src/loader/recovery-html.js';
import { RECOVERY_HREF } from '../../../src/ui/components/recovery-page.js';

test('[U6] screens lead to the very page that the loader keeps', () => {
  expect(RECOVERY_HREF).toBe(`./${RECOVERY_PATH}`);
});

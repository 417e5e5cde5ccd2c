import { expect, test } from 'vitest';
import { startMesh, tellingsOf } from './mesh.js';
import { areEqual, draftOf } from './with-liar.js';

const FACTS = 200;
const BYTES_MAX = 100;

test('[F12] two that hold the same facts find that out in under 100 bytes', async () => {
  const { home, all, names } = await startMesh(2);
  const [one, other] = all;
  const there = names[1] ?? '';
  if (one === undefined || other === undefined) throw new Error('both have started');
  for (let n = 0; n < FACTS; n += 1) await one.records.create(draftOf(`R${n}`));
  await home.until('equal', () => areEqual(one, other));
  await home.pass(3_000);
  await home.stop(there);

  const again = await home.start(there);
  await home.until('in step', () => again.view().sync.inStepCount === 2);
  await home.pass(10_000);
  const { byKind, bytes, heardBytes } = tellingsOf([again]);
  expect([...byKind.keys()]).toEqual(['compare']);
  expect(bytes + heardBytes).toBeLessThan(BYTES_MAX);
  expect(one.view().sync.inStepCount).toBe(2);
});

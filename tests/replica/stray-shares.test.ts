import { expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { shareOf } from './lying-ceremonies.js';
import { areEqual, askedOf, idOf, lyingHousehold } from './with-liar.js';

const MADE_UP = 150;
/** So many that stand alone are kept of each member. */
const KEPT = 100;

test('[C10, N8] who says yes to questions that nobody asked fills no disk, and hides no true yes', async () => {
  const { home, alice, bob, mallory, converge } = await lyingHousehold();
  const signer = mallory.device;
  const toBob = mallory.to(idOf(bob));
  for (let count = 0; count < MADE_UP; count += 1) {
    const statement = sha256Hex(new TextEncoder().encode(`never asked ${count}`)) as StatementHash;
    const signature = await shareOf(mallory.keys, statement);
    toBob.say({ kind: 'share', statement, signer, signature });
    await home.pass(1_000);
  }
  const kept = [...home.disk('bob').rowsOf('governance').keys()].filter(
    (key) => key.startsWith('share:') && key.endsWith(signer),
  );
  expect(kept).toHaveLength(KEPT);

  await converge('after it');
  const before = alice.inspect().base;
  expect((await bob.snapshots.propose('')).ok).toBe(true);
  await home.until('alice is asked', () => askedOf(alice) !== undefined);
  const statement = askedOf(alice)?.id;
  if (statement === undefined) throw new Error('it is asked');
  await home.pass(10_000);
  toBob.say({
    kind: 'share',
    statement,
    signer,
    signature: await shareOf(mallory.keys, statement),
  });
  await home.until('it counts', () => bob.inspect().base !== before && areEqual(alice, bob));
});

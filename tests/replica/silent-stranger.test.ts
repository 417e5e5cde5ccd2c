import { describe, expect, test } from 'vitest';
import { typedRoom } from '../../src/core/links/rooms.js';
import { parseShortCode } from '../../src/core/links/short-code.js';
import { createHousehold } from './household.js';
import type { Household } from './household.js';

const HANDSHAKE_MS = 15_000;

/** Alice shows a code; somebody who guessed the room of the typed one is there, and says nothing. */
const withStranger = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await alice.devices.invite();
  const { pairing } = alice.view();
  if (pairing.kind !== 'inviting') throw new Error('it shows a code');
  const typed = pairing.groups.join(' ');
  const read = parseShortCode(typed);
  if (!read.ok) throw new Error('the code reads');
  let met = 0;
  const room = { ...typedRoom(read.value.place), purpose: 'pairing' as const };
  home.network.transport('a stranger').join(room, () => {
    met += 1;
  });
  await home.until('they met', () => met > 0);
  return { alice, bob, scanned: pairing.uri, typed };
};

describe('somebody in the room of a code who says nothing', () => {
  test.each([
    ['scanned', 2_000],
    ['typed', 2 * HANDSHAKE_MS + 3_000],
  ] as const)(
    '[N9] keeps nobody out who has the code: %s, for %i ms at most',
    async (how, waitMs) => {
      const home = createHousehold();
      const { alice, bob, [how]: code } = await withStranger(home);
      expect((await bob.devices.join(code, 'Bob phone')).ok).toBe(true);
      await home.pass(waitMs);
      expect([alice, bob].map((each) => each.view().pairing.kind)).toEqual([
        'comparing',
        'comparing',
      ]);
      expect((await bob.devices.confirmWords(true)).ok).toBe(true);
      await alice.devices.confirmWords(true);
      await home.until('bob is in', () => bob.view().stage === 'member');
    },
  );
});

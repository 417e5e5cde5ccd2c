import { describe, expect, test } from 'vitest';
import { attachTo, fileOf, reads } from './files.js';
import { createLiar } from './liar.js';
import { areOne, isForked } from './parted.js';
import { rivalBy, tell, tellSecret } from './rivals.js';
import { DANGER_MS, decisionOf, sayYes, threeMembers } from './three-members.js';
import { draftOf, idOf } from './with-liar.js';

/** Later facts outdo earlier ones. */
const FACTS_AHEAD = 5;

describe('files of devices that went on under two lists', () => {
  test.each(['alice', 'carol'])(
    '[A3, S10] whose keys %s wrapped last are read by all once there is one list again',
    async (last) => {
      const { home, alice, bob, carol } = await threeMembers();
      const bytes = fileOf(70);
      const blob = await attachTo(alice, bytes);
      await home.until('all have it', () =>
        [bob, carol].every((each) => each.view().blobs.hereBytes === bytes.length),
      );
      const rename = { rename: [{ device: idOf(bob), name: 'Bob anew' }] };
      await home.stop('bob');
      const liar = await createLiar(home, 'bob');
      await home.until('the liar is there', () =>
        [alice, carol].every((each) => liar.isLinkedTo(idOf(each))),
      );
      home.network.partition(['alice'], ['carol']);
      for (let count = 0; count < FACTS_AHEAD; count += 1) {
        await (last === 'alice' ? alice : carol).records.create(draftOf(`ahead ${count}`));
      }
      const sides = [
        { replica: alice, rival: await rivalBy(liar, 'one', rename, ['alice', 'bob']) },
        { replica: carol, rival: await rivalBy(liar, 'two', rename, ['bob', 'carol']) },
      ];
      for (const { replica, rival } of sides) {
        tell(liar, replica, rival);
        await tellSecret(liar, replica, rival);
      }
      await home.until('each is on its branch', () =>
        sides.every(({ replica, rival }) => replica.view().account?.rosterHash === rival.hash),
      );
      // Each wraps the key for its own list.
      await home.pass(120_000);
      home.network.heal();
      await home.until('they see it', () => isForked(alice, carol));
      const since = await attachTo(alice, fileOf(80));
      await home.until('carol has it', () => carol.view().blobs.hereCount === 2);
      expect(await reads(carol, since, fileOf(80))).toBe(true);
      expect((await alice.devices.mergeFork([])).ok).toBe(true);
      await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
      await home.pass(DANGER_MS);
      await sayYes(home, carol, alice);
      await home.until('one list', () => areOne(alice, carol));
      await home.pass(120_000);
      expect(await reads(alice, blob, bytes)).toBe(true);
      expect(await reads(carol, blob, bytes)).toBe(true);
    },
  );
});

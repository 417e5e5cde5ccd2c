import { describe, expect, test } from 'vitest';
import { wrapKey } from '../../src/core/blobs/wraps.js';
import type { BlobId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { attachTo, fileOf, reads } from './files.js';
import { type Liar, createPen } from './liar.js';
import { areEqual, askedOf, idOf, lyingHousehold } from './with-liar.js';

const BYTES = fileOf(70);
/** Longer than each takes its turn. */
const TURNS_MS = 120_000;

/** The liar says that a file has this key. */
const say = async (liar: Liar, to: Replica, blob: BlobId, wrap: Uint8Array, epoch: number) => {
  const pen = createPen(liar, 'spoils');
  pen.write({ kind: 'blobs.wrapped', epoch, wraps: [{ blob, wrap }] });
  liar.to(idOf(to)).say({ kind: 'runs', runs: [await pen.run()] });
};

describe('a file for which a member says a key that is not its own', () => {
  test.each(['garbage', 'garbage of an epoch to come', 'the key of another file'])(
    '[S10] %s: is read at once, and by all after a snapshot let go of what was said before',
    async (kind) => {
      const { home, alice: first, bob, mallory } = await lyingHousehold();
      const blob = await attachTo(first, BYTES);
      const isHere = (replica: Replica) => replica.view().blobs.hereBytes === BYTES.length;
      await home.until('bob has it', () => isHere(bob) && areEqual(first, bob));
      const { secret, holdings } = mallory;
      const { account, chain } = holdings;
      const { epoch } = chain().tip;
      const wrap = kind.startsWith('garbage') ? fileOf(40) : wrapKey(secret, account, fileOf(32));
      await home.stop('alice');
      const { facts } = bob.inspect();
      await say(mallory, bob, blob, wrap, kind.endsWith('come') ? epoch + 1_000_000 : epoch);
      await home.until('it is told', () => bob.inspect().facts > facts);
      expect(await reads(bob, blob, BYTES)).toBe(true);
      let alice = await home.start('alice');
      await home.until('in step', () => areEqual(alice, bob));
      expect(await reads(alice, blob, BYTES)).toBe(true);
      await home.pass(TURNS_MS);
      mallory.leave();
      const base = alice.inspect().base;
      expect((await bob.snapshots.propose('')).ok).toBe(true);
      await home.until('asked', () => askedOf(alice) !== undefined);
      const asked = askedOf(alice);
      if (asked === undefined) throw new Error('alice is asked');
      await alice.decisions.approve(asked.id, '');
      await home.until('pruned', () => alice.inspect().base !== base && areEqual(alice, bob));
      await home.pass(TURNS_MS);
      await home.stop('alice');
      alice = await home.start('alice');
      expect(await reads(alice, blob, BYTES)).toBe(true);
      expect(await reads(bob, blob, BYTES)).toBe(true);
    },
  );
});

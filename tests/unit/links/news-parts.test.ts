import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { DeviceId, RosterHash } from '../../../src/core/base/brands.js';
import { leaveOut, putBack } from '../../../src/core/links/leaving-out.js';
import { REACHED_BYTES_MAX, readReached, writeReached } from '../../../src/core/links/reach.js';
import { headsDigestOf, stepOf } from '../../../src/core/links/step.js';
import { filled, id } from './samples.js';

const WORDS = [1, 2, 3].map((byte) => filled(32, byte));

describe('whom news reached', () => {
  const members = Array.from({ length: 19 }, (_, index) => id<DeviceId>(index + 1));
  const record = id<RosterHash>(90);

  test('[F12] is a bit a member, and reads as it was written', () => {
    const some = new Set([members[0], members[7], members[8], members[18]] as DeviceId[]);
    const bytes = writeReached(record, members, some);
    expect(bytes.length).toBe(4 + 3);
    expect(bytes.length).toBeLessThanOrEqual(REACHED_BYTES_MAX);
    expect(readReached(record, members, bytes)).toEqual(some);
    expect(writeReached(record, members, new Set()).length).toBe(0);
  });

  test('[F12] means nobody under another record, with other members or bytes', () => {
    const bytes = writeReached(record, members, new Set(members));
    expect(readReached(id<RosterHash>(91), members, bytes).size).toBe(0);
    expect(readReached(record, members.slice(0, 8), bytes).size).toBe(0);
    expect(readReached(record, members, new Uint8Array(0)).size).toBe(0);
  });
});

describe('where one stands', () => {
  test('[F12] differs with facts, base and roster, and has its frozen bytes', () => {
    const step = stepOf(id(1), id(2), id(3));
    expect(step).toBe('d629e186fa2cdecf63c3664f446059f2');
    expect(new Set([step, stepOf(id(4), id(2), id(3)), stepOf(id(1), id(4), id(3))]).size).toBe(3);
    expect(stepOf(id(1), id(2), id(4))).not.toBe(step);
    const heads = { standingHeads: [], heldPayloads: [], stateVector: null };
    const digests = [
      headsDigestOf(heads),
      headsDigestOf({ ...heads, standingHeads: [id(1)] }),
      headsDigestOf({ ...heads, heldPayloads: [id(1)] }),
      headsDigestOf({ ...heads, stateVector: new Uint8Array(0) }),
    ];
    expect(new Set(digests).size).toBe(4);
  });
});

describe('what both ends know', () => {
  const piece = fc.oneof(
    fc.constantFrom(...WORDS),
    fc.uint8Array({ maxLength: 40 }),
    fc.constant(filled(31, 1)),
  );

  prop.prop([fc.array(piece, { maxLength: 12 })])(
    '[F12] is left out of bytes and put back, whatever they are',
    (pieces) => {
      const bytes = Uint8Array.from(pieces.flatMap((each) => [...each]));
      const { rest, gaps } = leaveOut(bytes, WORDS);
      expect(rest.length).toBe(bytes.length - 32 * gaps.length);
      expect(putBack(rest, gaps, WORDS)).toEqual(bytes);
    },
  );

  test('[F11] gaps that overlap, lie beyond the end or name nothing give nothing', () => {
    const rest = filled(10, 9);
    expect(putBack(rest, [{ at: 11, word: 0 }], WORDS)).toBeNull();
    expect(putBack(rest, [{ at: 0, word: 3 }], WORDS)).toBeNull();
    const two = (second: number) => [
      { at: 0, word: 0 },
      { at: second, word: 1 },
    ];
    expect(putBack(rest, two(31), WORDS)).toBeNull();
    expect(putBack(rest, two(43), WORDS)).toBeNull();
    expect(putBack(rest, two(42), WORDS)?.length).toBe(74);
  });
});

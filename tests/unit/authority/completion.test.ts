import { describe, expect, it } from 'vitest';
import type { AccountId, Digest } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { maskOf } from '../../../src/core/authority/capability.js';
import {
  encodeSnapshotCompletion,
  joinCompletions,
  parseSnapshotCompletion,
  type SnapshotCompletion,
} from '../../../src/core/authority/completion.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import {
  alice,
  bob,
  byDevice,
  carol,
  completionOf,
  dave,
  hexOf,
  judgeCompletion,
  memberFrom,
  standaloneRecord,
  subjectOf,
} from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const errorOf = (completion: SnapshotCompletion, record = THREE): unknown => {
  const judged = judgeCompletion(completion, record);
  return judged.ok ? 'admitted' : judged.error;
};
const complete = (signers: (typeof alice)[], changes = {}): SnapshotCompletion =>
  completionOf(THREE, subjectOf(THREE, changes), signers);

describe('snapshot completions', () => {
  it('[A6] two of three distinct members complete a snapshot', () => {
    const judged = judgeCompletion(complete([alice, carol]), THREE);
    expect(judged.ok && judged.value.signers).toEqual([alice.device, carol.device].sort());
  });

  it('[S4] an approval for another digest does not count', () => {
    const mine = complete([alice]);
    const other = complete([bob], { digest: hexOf<Digest>('another digest') });
    const bits = (mine.signature.signers[0] as number) | (other.signature.signers[0] as number);
    const signatures = [mine, other]
      .sort((a, b) => (a.signature.signers[0] as number) - (b.signature.signers[0] as number))
      .flatMap((completion) => completion.signature.signatures);
    const moved = {
      ...mine,
      signature: { ...mine.signature, signers: Uint8Array.of(bits), signatures },
    };
    expect(errorOf(moved)).toEqual({ kind: 'below-threshold', have: 1, need: 2 });
  });

  it('[A6] M − 1 signers complete nothing', () => {
    expect(errorOf(complete([bob]))).toEqual({ kind: 'below-threshold', have: 1, need: 2 });
  });

  it('[A6] a member who signs twice counts once', () => {
    expect(errorOf(complete([bob, bob, bob]))).toEqual({
      kind: 'below-threshold',
      have: 1,
      need: 2,
    });
  });

  it('[A6] the share of a non-member does not count', () => {
    expect(errorOf(complete([bob, dave]))).toEqual({ kind: 'below-threshold', have: 1, need: 2 });
  });

  it('[A6] shares of another epoch, account or roster do not count', () => {
    const good = complete([alice, bob]);
    const later = standaloneRecord([alice, bob, carol], { epoch: 2 });
    const account = hexOf<AccountId>('another account');
    expect(errorOf(good, later)).toEqual({ kind: 'other-roster', roster: good.roster });
    expect(errorOf({ ...good, account })).toEqual({ kind: 'other-account', account });
    const moved = { ...good, roster: rosterHashOf(later), epoch: 2 };
    expect(errorOf(moved, later)).toEqual({ kind: 'below-threshold', have: 0, need: 2 });
    expect(errorOf({ ...good, epoch: 2 })).toEqual({ kind: 'other-epoch', epoch: 2 });
  });

  it('[F8] a member without snapshot_approve does not count', () => {
    const members = byDevice([
      memberFrom(alice),
      memberFrom(bob, maskOf(['record_write'])),
      memberFrom(carol),
    ]);
    const record = standaloneRecord([alice, bob, carol], { members });
    const by = (signers: (typeof alice)[]) => completionOf(record, subjectOf(record), signers);
    expect(errorOf(by([alice, bob]), record)).toEqual({
      kind: 'below-threshold',
      have: 1,
      need: 2,
    });
    const judged = judgeCompletion(by([alice, bob, carol]), record);
    expect(judged.ok && judged.value.signers).toEqual([alice.device, carol.device].sort());
  });

  it('[A6] a bad signature beside enough good ones is dropped', () => {
    const good = complete([alice, bob, carol]);
    const signatures = good.signature.signatures.map((signature, place) =>
      place === 1 ? signature.map((byte) => byte ^ 1) : signature,
    );
    const judged = judgeCompletion(
      { ...good, signature: { ...good.signature, signatures } },
      THREE,
    );
    expect(judged.ok && judged.value.signers).toHaveLength(2);
    expect(judged.ok && judged.value.completion.signature.signatures).toHaveLength(2);
  });

  it('[C4] completions of one statement join into the union of their signatures', () => {
    const parts = [
      [alice, bob],
      [bob, carol],
    ].map((signers) => {
      const judged = judgeCompletion(complete(signers), THREE);
      if (!judged.ok) throw new Error(judged.error.kind);
      return judged.value;
    });
    const [left, right] = parts as [(typeof parts)[0], (typeof parts)[0]];
    const joined = joinCompletions(left, right);
    expect(joined).toEqual(joinCompletions(right, left));
    expect(joinCompletions(joined, left)).toEqual(joined);
    expect(joined.head).toBe(left.head);
    expect(joined.signers).toEqual([alice, bob, carol].map(({ device }) => device).sort());
    expect(encodeSnapshotCompletion(joined.completion)).toEqual(
      encodeSnapshotCompletion(complete([alice, bob, carol])),
    );
  });

  it('[F2] a completion reads back from its bytes, one with a foreign proposal does not', () => {
    const good = complete([alice, bob]);
    expect(parseSnapshotCompletion(encodeSnapshotCompletion(good))).toEqual({
      ok: true,
      value: good,
    });
    const bytes = encodeSnapshotCompletion({ ...good, index: 2 });
    expect(parseSnapshotCompletion(bytes)).toEqual({
      ok: false,
      error: { kind: 'malformed', field: 'proposal' },
    });
  });

  it('[C4] completions of two statements are never joined', () => {
    const admitted = [1, 2].map((index) =>
      judgeCompletion(complete([alice, bob], { index }), THREE),
    );
    const [one, other] = admitted.map((each) => {
      if (!each.ok) throw new Error(each.error.kind);
      return each.value;
    });
    expect(() => joinCompletions(one!, other!)).toThrow('completions of one statement');
  });

  it('[F2] bytes that are no completion are told as what they are', () => {
    const bytes = encodeSnapshotCompletion(complete([alice, bob]));
    const kindOf = (given: Uint8Array): unknown => {
      const read = parseSnapshotCompletion(given);
      return read.ok ? 'read' : read.error.kind;
    };
    expect(kindOf(bytes.slice(0, -1))).toBe('truncated');
    expect(kindOf(new Uint8Array(LIMITS.factBytesMax + 1))).toBe('too-large');
    expect(kindOf(encodeCanonical({}))).toBe('malformed');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatementHash } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { majorityOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import {
  admitThreshold,
  joinShares,
  joinThresholds,
  namedSigners,
  thresholdChecks,
  type ThresholdSignature,
} from '../../../src/core/authority/threshold-signature.js';
import { admitTransition, transitionChecks } from '../../../src/core/authority/transition.js';
import {
  ACCOUNT,
  GENESIS,
  hexOf,
  personOf,
  recordOf,
  standaloneRecord,
} from '../../unit/authority/people.js';

const NAMES = Array.from({ length: 18 }, (_, index) => personOf(`member ${index}`));
const STATEMENT = hexOf<StatementHash>('statement');

/** A record of the first few people; the rest are strangers to it. */
const recordWith = (members: number): RosterRecord => standaloneRecord(NAMES.slice(0, members));
const RECORDS = Array.from({ length: 16 }, (_, index) => recordWith(index + 1));
const record = fc.constantFrom(...RECORDS);
const signers = fc.array(fc.nat(NAMES.length - 1), { maxLength: 40 });
const byte = fc.nat(255);

const shareBy = (index: number, content = 7) => ({
  signer: (NAMES[index] as (typeof NAMES)[number]).device,
  signature: new Uint8Array(64).fill(content),
});
const distinctMembers = (said: readonly number[], roster: RosterRecord): number =>
  new Set(said.filter((index) => index < roster.members.length)).size;
const allGood = (signature: ThresholdSignature, roster: RosterRecord): readonly boolean[] =>
  thresholdChecks(signature, STATEMENT, roster).map(() => true);
const textOf = (signature: ThresholdSignature): string =>
  bytesToHex(encodeCanonical([signature.signers, signature.signatures]));

describe('a threshold', () => {
  it('[A6] is reached by so many distinct members, whoever signs, how often and in any order', () => {
    fc.assert(
      fc.property(record, signers, fc.nat(17), (roster, said, needed) => {
        const signature = joinShares(
          roster,
          said.map((index) => shareBy(index)),
        );
        const counted = admitThreshold(signature, roster, allGood(signature, roster), needed);
        const have = distinctMembers(said, roster);
        expect(counted.ok).toBe(have >= needed);
        if (counted.ok) expect(new Set(counted.value.signers).size).toBe(have);
      }),
      { numRuns: 400 },
    );
  });

  it('[A6] counts only signatures that verified, of members that count', () => {
    const verdicts = fc.array(fc.boolean(), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(
        record,
        signers,
        verdicts,
        fc.nat(65535),
        fc.nat(16),
        (roster, said, good, may, needed) => {
          const signature = joinShares(
            roster,
            said.map((index) => shareBy(index)),
          );
          const named = namedSigners(signature, roster);
          const told = named.map((_, index) => good[index] === true);
          const counts = (device: string): boolean =>
            ((may >> roster.members.findIndex((member) => member.device === device)) & 1) === 1;
          const expected = named.filter((device, index) => told[index] && counts(device));
          const counted = admitThreshold(signature, roster, told, needed, counts);
          expect(counted.ok).toBe(expected.length >= needed);
          if (!counted.ok) return;
          expect(counted.value.signers).toEqual(expected);
          expect(namedSigners(counted.value.signature, roster)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('[A6] of any bitmap and list is refused unless the two fit the roster and each other', () => {
    const bitmap = fc.uint8Array({ maxLength: 4 });
    fc.assert(
      fc.property(record, bitmap, fc.nat(17), (roster, bits, count) => {
        const signature: ThresholdSignature = {
          suite: 'ats-ed25519-v1',
          signers: bits,
          signatures: Array.from({ length: count }, () => new Uint8Array(64)),
        };
        const ones = [...bits].flatMap((each, at) =>
          [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (each >> bit) & 1).map((bit) => at * 8 + bit),
        );
        const fits =
          bits.length === Math.ceil(roster.members.length / 8) &&
          ones.every((index) => index < roster.members.length) &&
          ones.length === count;
        const checks = thresholdChecks(signature, STATEMENT, roster);
        expect(checks.length).toBe(fits ? count : 0);
        expect(
          admitThreshold(
            signature,
            roster,
            checks.map(() => true),
            0,
          ).ok,
        ).toBe(fits);
      }),
      { numRuns: 500 },
    );
  });

  it('[A6] is never reached again once one of exactly so many signatures is taken out', () => {
    fc.assert(
      fc.property(record, fc.nat(15), (roster, out) => {
        const all = roster.members.map((_, index) => shareBy(index));
        const rest = joinShares(roster, all.toSpliced(out % all.length, 1));
        const needed = all.length;
        expect(admitThreshold(rest, roster, allGood(rest, roster), needed).ok).toBe(false);
      }),
    );
  });
});

describe('unions of signatures', () => {
  const three = fc.tuple(...[0, 1, 2].map(() => fc.array(fc.tuple(fc.nat(17), byte))));

  it('[C4] join in any order, grouping and repetition', () => {
    fc.assert(
      fc.property(record, three, (roster, parts) => {
        const [a, b, c] = parts.map((said) =>
          joinShares(
            roster,
            said.map(([index, content]) => shareBy(index, content)),
          ),
        ) as [ThresholdSignature, ThresholdSignature, ThresholdSignature];
        const ab = joinThresholds(a, b);
        expect(textOf(ab)).toBe(textOf(joinThresholds(b, a)));
        expect(textOf(joinThresholds(ab, c))).toBe(textOf(joinThresholds(a, joinThresholds(b, c))));
        expect(textOf(joinThresholds(a, a))).toBe(textOf(a));
        expect(textOf(joinThresholds(ab, b))).toBe(textOf(ab));
      }),
    );
  });

  it('[C4] name whom either names, and equal the signature of all shares together', () => {
    fc.assert(
      fc.property(record, three, (roster, [one, other]) => {
        const [left, right, all] = [one, other, [...(one ?? []), ...(other ?? [])]].map((said) =>
          joinShares(
            roster,
            (said ?? []).map(([index, content]) => shareBy(index, content)),
          ),
        ) as [ThresholdSignature, ThresholdSignature, ThresholdSignature];
        const joined = joinThresholds(left, right);
        expect(textOf(joined)).toBe(textOf(all));
        const either = new Set([...namedSigners(left, roster), ...namedSigners(right, roster)]);
        expect(new Set(namedSigners(joined, roster))).toEqual(either);
      }),
    );
  });
});

describe('a signature', () => {
  it('[C4] of a member that signed twice is the least of the two', () => {
    fc.assert(
      fc.property(record, byte, byte, (roster, one, other) => {
        const twice = joinShares(roster, [shareBy(0, one), shareBy(0, other)]);
        expect(twice.signatures[0]?.[0]).toBe(Math.min(one, other));
        const [left, right] = [one, other].map((each) => joinShares(roster, [shareBy(0, each)]));
        const joined = joinThresholds(left as ThresholdSignature, right as ThresholdSignature);
        expect(textOf(joined)).toBe(textOf(twice));
      }),
    );
  });

  it('[A6] is never made of what callers may not give: other lengths, rosters, verdicts', () => {
    const [three, twelve] = [RECORDS[2], RECORDS[11]] as [RosterRecord, RosterRecord];
    const short = { ...shareBy(0), signature: new Uint8Array(63) };
    expect(() => joinShares(three, [short])).toThrow('a share has 64 bytes');
    const [small, large] = [three, twelve].map((roster) => joinShares(roster, [shareBy(0)])) as [
      ThresholdSignature,
      ThresholdSignature,
    ];
    expect(() => joinThresholds(small, large)).toThrow('joined signatures are of one roster');
    expect(() => admitThreshold(small, three, [], 0)).toThrow('each check has one verdict');
    expect(namedSigners({ ...small, signers: Uint8Array.of(0x81) }, three)).toEqual([
      three.members[0]?.device,
    ]);
  });
});

const OLD = recordOf(NAMES.slice(0, 5), GENESIS);
const NEW = recordOf([...NAMES.slice(0, 2), ...NAMES.slice(3, 7)], OLD);

describe('a transition', () => {
  it('[A2] needs so many old members, so many new ones, and every newcomer', () => {
    const asked = { account: ACCOUNT, record: OLD };
    const chosen = fc.subarray([0, 1, 2, 3, 4]);
    const consenting = fc.subarray([5, 6]);
    fc.assert(
      fc.property(chosen, consenting, fc.integer({ min: 3, max: 5 }), (voters, consents, g) => {
        const record = { ...NEW, governanceThreshold: Math.max(g, majorityOf(NEW.members.length)) };
        const byDevice = (indexes: readonly number[]) =>
          indexes.map((index) => shareBy(index)).sort((a, b) => (a.signer < b.signer ? -1 : 1));
        const completion = {
          ...{ record, round: 0, proposer: OLD.admin, promises: [] },
          ...{ votes: byDevice(voters), consents: byDevice(consents) },
        };
        const good = transitionChecks(completion, asked).map(() => true);
        const judged = admitTransition(completion, asked, good);
        // Member 2 leaves: its vote counts among the old ones, not among the new.
        const staying = voters.filter((index) => index !== 2).length + consents.length;
        const isEnough =
          voters.length >= OLD.governanceThreshold &&
          staying >= record.governanceThreshold &&
          consents.length === 2;
        expect(judged.ok).toBe(isEnough);
        if (!judged.ok) return;
        const none = admitTransition(
          completion,
          asked,
          good.map((_, index) => index > 0),
        );
        expect(none.ok).toBe(
          voters.length > OLD.governanceThreshold && remains(voters, consents, record),
        );
      }),
      { numRuns: 150 },
    );
  });
});

/** Whether the new members still suffice without the vote that sorts first. */
const remains = (
  voters: readonly number[],
  consents: readonly number[],
  record: RosterRecord,
): boolean => {
  const device = (index: number): string => (NAMES[index] as (typeof NAMES)[number]).device;
  const left = [...voters].sort((a, b) => (device(a) < device(b) ? -1 : 1)).slice(1);
  return left.filter((each) => each !== 2).length + consents.length >= record.governanceThreshold;
};

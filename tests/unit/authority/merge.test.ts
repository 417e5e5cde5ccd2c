import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FactId, SessionId } from '../../../src/core/base/brands.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import { doubleVotesIn, type DoubleVote } from '../../../src/core/authority/double-vote.js';
import { electorsOf, forkGround, forkHashOf } from '../../../src/core/authority/fork.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import { settleAuthority } from '../../../src/core/authority/standing.js';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import { predecessorOf, type Predecessor } from '../../../src/core/authority/transition.js';
import {
  BOB_TWICE,
  HELD,
  MERGED,
  ONE,
  THREE,
  TWO,
  first,
  judgeMerge,
  mergeBy,
  mergeOf,
  merged,
  one,
  recordsIn,
  three,
  two,
} from './branches.js';
import { mayAct } from './acts.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  headBy,
  recordOf,
  stepTo,
  judge,
} from './people.js';

const twiceIn = (...rivals: Parameters<typeof doubleVotesIn>[0]) => doubleVotesIn(rivals);
const BRANCHES = [first, three, one, two];
const session = 'ab'.repeat(32) as SessionId;
const at = (seq: number) => [{ session, seq, id: 'cd'.repeat(32) as FactId }];
const actOf = (record: RosterRecord, seq: number, author = carol.device) => ({
  ...{ author, session, seq },
  roster: rosterHashOf(record),
});

describe('a merge of two branches', () => {
  it('[A3] unites them by a majority of those who did not vote twice, and decides from then on', () => {
    const before = foldChain(ACCOUNT, BRANCHES);
    expect(before.isForked).toBe(true);
    expect(before.tipHash).toBe(three.hash);
    const chain = foldChain(ACCOUNT, [...BRANCHES, merged]);
    expect(chain).toMatchObject({ isForked: false, forks: [], tipHash: merged.hash });
    expect(chain.tip).toEqual(MERGED);
    expect([...chain.lineage].sort()).toEqual([...BRANCHES, merged].map((e) => e.hash).sort());
    for (const record of [ONE, TWO, THREE]) {
      expect(chain.isAncestor(rosterHashOf(record), merged.hash)).toBe(true);
      expect(mayAct(chain, actOf(record, 0), 'record_write').kind).toBe('allowed');
    }
    expect(chain.isAncestor(one.hash, two.hash)).toBe(false);
    const NEXT = recordOf([alice, bob, carol], MERGED, { merges: [] });
    const next = stepTo(NEXT, MERGED, [alice, carol]);
    expect(foldChain(ACCOUNT, [next, merged, ...BRANCHES]).tipHash).toBe(next.hash);
  });

  it('[A3] who voted twice does not count, and one of two who did not is too few', () => {
    const error = (...args: Parameters<typeof judgeMerge>) => {
      const judged = judgeMerge(...args);
      return judged.ok ? null : judged.error.kind;
    };
    expect(error(MERGED, HELD, [alice, carol])).toBeNull();
    expect(error(MERGED, HELD, [alice, bob])).toBe('promise-unexpected');
    expect(error(MERGED, HELD, [alice, bob], { promising: [alice, carol] })).toBe(
      'voter-not-member',
    );
    expect(error(MERGED, HELD, [alice], { promising: [alice, carol] })).toBe('below-threshold');
    expect(error(MERGED, HELD, [alice, carol], { promising: [alice] })).toBe('promises-missing');
    // Without a double vote shown nobody says who did not vote twice.
    expect(error(MERGED, HELD, [alice, carol], { votedTwice: [] })).toBe('merge-unknown');
    const forged = BOB_TWICE.map((each) => ({ ...each, device: carol.device }));
    expect(error(MERGED, HELD, [alice, bob], { votedTwice: forged })).toBe('merge-unknown');
    expect(error(MERGED, HELD, [alice, carol], { round: 0, promising: [] })).toBe(
      'ballot-not-open-to',
    );
  });

  it('[A3] a double vote is one only if both of its signatures are', () => {
    const [shown] = BOB_TWICE;
    const isUnited = (votedTwice: readonly DoubleVote[]) =>
      judgeMerge(MERGED, HELD, [alice, carol], { votedTwice }).ok;
    const none = { ...shown!, device: carol.device };
    expect(isUnited([none])).toBe(false);
    expect(isUnited([shown!, none])).toBe(true);
    expect(isUnited([none, shown!])).toBe(true);
    for (const at of [0, 1]) {
      const votes = shown!.votes.map((vote, index) =>
        index === at ? { ...vote, signature: new Uint8Array(64) } : vote,
      );
      expect(isUnited([{ ...shown!, votes }])).toBe(false);
    }
  });

  it('[A3] it follows the highest branch, stands under the least, and lets nobody in', () => {
    const kindOf = (changes: Partial<RosterRecord>, people = [alice, bob, carol]) => {
      const judged = judgeMerge(mergeOf(people, [ONE, TWO], changes), HELD, [alice, carol]);
      return judged.ok ? null : judged.error.kind;
    };
    expect(kindOf({ epoch: 4 })).toBe('epoch');
    expect(kindOf({ previous: [one.hash, two.hash].sort()[1] as string as never })).toBe(
      'merge-unknown',
    );
    expect(kindOf({}, [alice, bob, carol, dave])).toBe('merge-newcomer');
    const sound = recordsIn(...HELD);
    expect(predecessorOf(ACCOUNT, MERGED, recordsIn(GENESIS, THREE, ONE))).toBeUndefined();
    const behind = mergeOf([alice, bob, carol], [THREE, ONE]);
    expect(predecessorOf(ACCOUNT, behind, sound)).toBeUndefined();
  });

  it('[A3, A12] with fewer than two left, or none that every branch kept, nobody may unite them', () => {
    const ground = forkGround([one.hash, two.hash], recordsIn(...HELD));
    if (ground === undefined) throw new Error('they are branches');
    expect(electorsOf(ground, [bob.device])?.members.length).toBe(2);
    expect(electorsOf(ground, [])).toBeNull();
    expect(electorsOf(ground, [bob.device, carol.device])).toBeNull();
    const OUT = recordOf([alice, bob], THREE);
    const without = forkGround([one.hash, rosterHashOf(OUT)], recordsIn(...HELD, OUT));
    expect(without && electorsOf(without, [bob.device])).toBeNull();
  });

  it('[A4] a device that one branch removed does not come back by it', () => {
    const FIVE = recordOf([alice, bob, carol, dave, erin], GENESIS);
    const OUT = recordOf([alice, bob, carol, erin], FIVE, { closing: at(5) });
    const KEPT = recordOf([alice, bob, carol, dave, erin], FIVE);
    const out = stepTo(OUT, FIVE, [alice, bob, carol]);
    const kept = stepTo(KEPT, FIVE, [carol, dave, erin]);
    const all = [first, stepTo(FIVE, GENESIS, [alice]), out, kept];
    const held = [GENESIS, FIVE, OUT, KEPT];
    const parts = { votedTwice: twiceIn(out, kept) };
    const voters = [alice, bob, erin];
    const back = mergeBy(mergeOf([...voters, carol, dave], [OUT, KEPT]), held, voters, parts);
    const still = foldChain(ACCOUNT, [...all, back]);
    expect(still.isForked).toBe(true);
    expect(still.outside.get(back.hash)).toBe('reintroduces');
    // Nor does a base that covers a branch let it in.
    const covered = foldChain(ACCOUNT, [...all, back], new Set([kept.hash]));
    expect(covered).toMatchObject({ isForked: false, tipHash: kept.hash });
    const united = mergeBy(mergeOf([...voters, carol], [OUT, KEPT]), held, voters, parts);
    const chain = foldChain(ACCOUNT, [united, ...all]);
    expect(chain.tipHash).toBe(united.hash);
    expect([...chain.removedBy(dave.device)].sort()).toEqual([out.hash, united.hash].sort());
  });

  it('[A4] what either branch closed stays closed, and a merge closes what it takes from either', () => {
    const TAKEN = recordOf([alice, bob, carol], THREE, {
      closing: at(5),
      members: THREE.members.map((each) =>
        each.device === carol.device ? { ...each, capabilities: 0 } : each,
      ),
    });
    const taken = stepTo(TAKEN, THREE, [bob, carol]);
    const UNITED = mergeOf([alice, bob, carol], [ONE, TAKEN], { members: TAKEN.members });
    const united = mergeBy(UNITED, [...HELD, TAKEN], [alice, carol], {
      votedTwice: twiceIn(one, taken),
    });
    const chain = foldChain(ACCOUNT, [first, three, one, taken, united]);
    expect(chain.isForked).toBe(false);
    expect(mayAct(chain, actOf(ONE, 5), 'record_write').kind).toBe('refused');
    expect(mayAct(chain, actOf(THREE, 6), 'record_write').kind).toBe('refused');
    const listing = mergeBy(
      mergeOf([alice, bob, carol], [ONE, TAKEN], { members: TAKEN.members, closing: at(5) }),
      [...HELD, TAKEN],
      [alice, carol],
      { votedTwice: twiceIn(one, taken) },
    );
    const whole = foldChain(ACCOUNT, [first, three, one, taken, listing]);
    expect(mayAct(whole, actOf(ONE, 5), 'record_write').kind).toBe('allowed');
    expect(mayAct(whole, actOf(ONE, 6), 'record_write').kind).toBe('refused');
  });

  it('[A3] two merges of one fork are a fork again, with what was before it as its ground', () => {
    const OTHER = mergeOf([alice, carol], [ONE, TWO]);
    const other = mergeBy(OTHER, HELD, [alice, carol], { round: 2 });
    const chain = foldChain(ACCOUNT, [...BRANCHES, merged, other]);
    expect(chain.isForked).toBe(true);
    expect(chain.tipHash).toBe(three.hash);
    const AGAIN = mergeOf([alice, carol], [MERGED, OTHER]);
    const again = mergeBy(AGAIN, [...HELD, MERGED, OTHER], [alice, carol]);
    expect(foldChain(ACCOUNT, [...BRANCHES, merged, other, again]).tipHash).toBe(again.hash);
  });

  it('[A11, C10] a base that covers one branch hears the merge, and no rival of what it covers', () => {
    const all = [...BRANCHES, merged];
    for (const covered of [one.hash, two.hash]) {
      const alone = foldChain(ACCOUNT, BRANCHES, new Set([covered]));
      expect(alone).toMatchObject({ isForked: false, tipHash: covered });
      const chain = foldChain(ACCOUNT, all, new Set([covered]));
      expect(chain).toMatchObject({ isForked: false, tipHash: merged.hash });
      expect(chain.outside.size).toBe(0);
    }
    const AFTER = recordOf([alice, bob, carol], ONE);
    const after = stepTo(AFTER, ONE, [alice, bob]);
    const late = foldChain(ACCOUNT, [...all, after], new Set([after.hash]));
    expect(late).toMatchObject({ isForked: false, tipHash: after.hash });
    expect(late.outside.get(merged.hash)).toBe('rival');
    const open = foldChain(ACCOUNT, [...all, after]);
    expect(open.tips).toEqual([after.hash, merged.hash].sort());
    const heads = [headBy(ONE, [alice, bob])];
    const adopted = new Set(heads.map(({ head }) => head));
    expect(settleAuthority(ACCOUNT, all, heads, adopted).chain.tipHash).toBe(merged.hash);
  });

  it('[A3, F2] its completion reads back; double votes stand in no other', () => {
    const bytes = encodeRosterCompletion(merged.completion);
    const read = parseRosterCompletion(bytes);
    expect(read.ok && read.value).toEqual(merged.completion);
    const odd = encodeRosterCompletion({ ...one.completion, votedTwice: BOB_TWICE });
    expect(parseRosterCompletion(odd)).toMatchObject({ error: { field: 'votedTwice' } });
    const half = BOB_TWICE.map((each) => ({ ...each, votes: each.votes.slice(1) }));
    expect(
      parseRosterCompletion(encodeRosterCompletion({ ...merged.completion, votedTwice: half })).ok,
    ).toBe(false);
  });
});

describe('frozen bytes of a merge', () => {
  it('[A3, F1] ballot name, record and completion are those of this format', () => {
    const url = new URL('../../vectors/merge.json', import.meta.url);
    const made = {
      ballots: forkHashOf(MERGED.merges),
      record: merged.hash,
      completion: bytesToHex(encodeRosterCompletion(merged.completion)),
    };
    expect(made).toEqual(JSON.parse(readFileSync(url, 'utf8')));
    const read = parseRosterCompletion(hexToBytes(made.completion));
    const predecessor = predecessorOf(ACCOUNT, MERGED, recordsIn(...HELD)) as Predecessor;
    expect(read.ok && judge(read.value, predecessor).ok).toBe(true);
  });
});

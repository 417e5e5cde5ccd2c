import { describe, expect, it } from 'vitest';
import type { FactId, Hash, RosterHash, SessionId } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { ALL_CAPABILITIES_MASK, maskOf } from '../../../src/core/authority/capability.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import { capabilityFor, createJudge } from '../../../src/core/authority/judge.js';
import { KINDS } from '../../../src/core/facts/kinds.js';
import {
  encodeRosterRecord,
  rosterHashOf,
  type RosterRecord,
} from '../../../src/core/authority/roster.js';
import { sealFact } from '../../../src/core/facts/codec.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  byDevice,
  carol,
  dave,
  hexOf,
  memberFrom,
  promiseOf,
  recordOf,
  stepTo,
  type Person,
} from './people.js';

const session = (name: string): SessionId => hexOf<SessionId>(`session ${name}`);
const at = (name: string, seq: number) => ({
  ...{ session: session(name), seq, id: hexOf<FactId>(`fact ${seq}`) },
});
const closingOf = (...points: readonly ReturnType<typeof at>[]) =>
  [...points].sort((a, b) => (a.session < b.session ? -1 : 1));

/** Carol may not write; then bob goes, and one session of alice, who stays, is closed. */
const reader = memberFrom(carol, ALL_CAPABILITIES_MASK & ~maskOf(['record_write']));
const THREE = recordOf([alice, bob, carol], GENESIS, {
  members: byDevice([memberFrom(alice), memberFrom(bob), reader]),
});
const TWO = recordOf([alice, carol], THREE, {
  members: byDevice([memberFrom(alice), reader]),
  closing: closingOf(at('bob', 5), at('old', 3)),
});
const RIVAL = recordOf([bob, carol, dave], THREE);
const previous = rosterHashOf(THREE);
const ballot = { round: 1, proposer: bob.device };
const steps = [
  stepTo(GENESIS, null, [alice]),
  stepTo(THREE, GENESIS, [alice]),
  stepTo(TWO, THREE, [alice, carol]),
  stepTo(RIVAL, THREE, [bob, carol], {
    ...ballot,
    promises: [bob, carol].map((each) => promiseOf(each, previous, ballot, null)),
  }),
];
const [THREE_HASH, TWO_HASH, RIVAL_HASH] = [THREE, TWO, RIVAL].map(rosterHashOf) as [
  RosterHash,
  RosterHash,
  RosterHash,
];
/** A base under the second record makes its rival evidence. */
const chain = foldChain(ACCOUNT, steps, new Set([TWO_HASH]));

interface Said {
  readonly by?: Person;
  readonly in?: string;
  readonly seq?: number;
  readonly kind?: string;
  readonly roster?: RosterHash;
  readonly epoch?: number;
  readonly body?: Uint8Array;
}

const removal = encodeCanonical({ record: [new Uint8Array(32), 1] });

const factOf = (said: Said): AdmittedFact =>
  sealFact(
    {
      account: ACCOUNT,
      session: session(said.in ?? 'alice'),
      author: (said.by ?? alice).device,
      seq: said.seq ?? 9,
      prev: hexOf<FactId>('before'),
      ...{ lamport: 9, wallMs: 9 },
      epoch: said.epoch ?? 1,
      roster: said.roster ?? THREE_HASH,
    },
    said.kind ?? 'record.removed',
    said.body ?? removal,
  ) as AdmittedFact;

const verdictOn = (
  said: Said,
  quarantinedFrom: number | null = null,
  upTo: RosterHash | null = null,
) => createJudge({ chain, upTo, fold: 1, quarantinedFrom: () => quarantinedFrom })(factOf(said));

const said = (verdict: ReturnType<typeof verdictOn>): string =>
  verdict.kind === 'allowed' ? 'allowed' : `${verdict.kind}: ${verdict.reason}`;

const UNKNOWN = hexOf<RosterHash>('unknown');
const bad = encodeCanonical({ record: 1 });

describe('the judge', () => {
  it('[F7] allows what a member with the capability says', () => {
    expect(said(verdictOn({}))).toBe('allowed');
    expect(said(verdictOn({ by: bob, in: 'bob', seq: 5 }))).toBe('allowed');
    expect(said(verdictOn({ roster: TWO_HASH, epoch: 2 }))).toBe('allowed');
  });

  it('[A4] puts what lies beyond a closing before all else', () => {
    const everythingWrong = { kind: 'garden.watered', roster: UNKNOWN, body: bad };
    const late = { ...everythingWrong, by: bob, in: 'bob', seq: 6 };
    expect(said(verdictOn(late, 0))).toBe('beyond: after-removal');
    const unlisted = { ...everythingWrong, by: bob, in: 'unlisted', seq: 1 };
    expect(said(verdictOn(unlisted, 0))).toBe('beyond: after-removal');
    const closed = { ...everythingWrong, in: 'old', seq: 4 };
    expect(said(verdictOn(closed, 0))).toBe('beyond: session-closed');
    expect(said(verdictOn({ in: 'old', seq: 3 }))).toBe('allowed');
  });

  it('[F6] then lets wait what is quarantined', () => {
    const rest = { kind: 'garden.watered', roster: UNKNOWN, body: bad, by: dave };
    expect(said(verdictOn(rest, 9))).toBe('wait: quarantined');
    expect(said(verdictOn({}, 10))).toBe('allowed');
  });

  it('[F2, S13] then lets wait what is of an unknown kind', () => {
    const rest = { kind: 'garden.watered', by: dave, body: bad };
    expect(said(verdictOn({ ...rest, roster: UNKNOWN }))).toBe('wait: unknown-kind');
    expect(said(verdictOn({ ...rest, roster: RIVAL_HASH }))).toBe('wait: unknown-kind');
  });

  it('[S13] lets wait what is of a newer fold version than the account', () => {
    const dated = { kind: 'record.dated', by: dave };
    expect(said(verdictOn(dated))).toBe('wait: unknown-kind');
  });

  it('[A4, S3] then lets wait what claims a roster that is not heard of', () => {
    expect(said(verdictOn({ roster: UNKNOWN, by: dave, body: bad }))).toBe('wait: unknown-roster');
    const later = { roster: TWO_HASH, epoch: 2 };
    expect(said(verdictOn(later, null, THREE_HASH))).toBe('wait: unknown-roster');
    expect(said(verdictOn(later, null, TWO_HASH))).toBe('allowed');
  });

  it('[S3] hears no record after that of the statement, its closings neither', () => {
    const late = { by: bob, in: 'bob', seq: 6 };
    expect(said(verdictOn(late, null, THREE_HASH))).toBe('allowed');
    expect(said(verdictOn(late, null, TWO_HASH))).toBe('beyond: after-removal');
  });

  it('[A11] refuses what claims a rival of a covered record, or an epoch that is not its own', () => {
    expect(said(verdictOn({ by: carol, roster: RIVAL_HASH, epoch: 2 }))).toBe(
      'refused: rival-roster',
    );
    expect(said(verdictOn({ epoch: 2 }))).toBe('refused: rival-roster');
  });

  it('[F8] refuses who is no member, then who lacks the capability', () => {
    expect(said(verdictOn({ by: dave, in: 'dave', body: bad }))).toBe('refused: not-a-member');
    expect(said(verdictOn({ by: carol, in: 'carol', body: bad }))).toBe(
      'refused: lacks-capability',
    );
    const refusal = encodeCanonical({ statement: new Uint8Array(32), reason: 'no' });
    const kind = 'roster.refused';
    expect(said(verdictOn({ by: carol, in: 'carol', kind, body: refusal }))).toBe('allowed');
  });

  it('[C9, F8] a rule is set by who may, and let go of by whoever has a say in governance too', () => {
    const rights = {
      none: 0,
      roster: maskOf(['roster_change']),
      policy: maskOf(['policy_change']),
    };
    const sets = { kind: 'policy.changed', body: encodeCanonical({ name: 'a', value: 'b' }) };
    const letsGo = { ...sets, body: encodeCanonical({ name: 'a', value: null }) };
    const verdicts = Object.entries(rights).map(([name, mask]) => {
      const record = recordOf([alice, carol], GENESIS, {
        members: byDevice([memberFrom(alice), memberFrom(carol, mask)]),
      });
      const chain = foldChain(ACCOUNT, [
        stepTo(GENESIS, null, [alice]),
        stepTo(record, GENESIS, [alice]),
      ]);
      const judge = createJudge({ chain, upTo: null, fold: 1, quarantinedFrom: () => null });
      const roster = rosterHashOf(record);
      const by = { by: carol, in: 'carol', roster };
      return [name, ...[sets, letsGo].map((each) => judge(factOf({ ...by, ...each })).kind)];
    });
    expect(verdicts).toEqual([
      ['none', 'refused', 'refused'],
      ['roster', 'refused', 'allowed'],
      ['policy', 'allowed', 'allowed'],
    ]);
  });

  it('[A4, F8] refuses what was taken from a member beyond the closing, and not before it', () => {
    const both = recordOf([alice, carol], GENESIS);
    const less = recordOf([alice, carol], both, {
      members: byDevice([memberFrom(alice), reader]),
      closing: closingOf(at('carol', 5)),
    });
    const taken = foldChain(ACCOUNT, [
      stepTo(GENESIS, null, [alice]),
      stepTo(both, GENESIS, [alice]),
      stepTo(less, both, [alice, carol]),
    ]);
    const judge = createJudge({ chain: taken, upTo: null, fold: 1, quarantinedFrom: () => null });
    const claim = { by: carol, in: 'carol', roster: rosterHashOf(both) };
    expect(said(judge(factOf({ ...claim, seq: 5 })))).toBe('allowed');
    expect(said(judge(factOf({ ...claim, seq: 6 })))).toBe('refused: lacks-capability');
  });

  it('[F8] names what each kind needs, and asks membership alone of the rest', () => {
    const needed = Object.keys(KINDS).flatMap((kind) => {
      const capability = capabilityFor(kind);
      return capability === null ? [] : `${kind}: ${capability}`;
    });
    expect(needed.sort()).toEqual([
      'blobs.wrapped: record_write',
      'cache.invalidated: cache_invalidate',
      'record.attached: record_write',
      'record.created: record_write',
      'record.dated: record_write',
      'record.detached: record_write',
      'record.edited: record_write',
      'record.removed: record_write',
      'roster.approved: roster_change',
      'roster.proposed: roster_change',
      'snapshot.approved: snapshot_approve',
      'snapshot.proposed: snapshot_propose',
      'upgrade.halted: upgrade_publish',
      'upgrade.proposed: upgrade_publish',
      'upgrade.resumed: upgrade_publish',
      'upgrade.revoked: upgrade_publish',
    ]);
  });

  it('[K1] refuses a floor beyond the epoch after that of its author', () => {
    const kind = 'cache.invalidated';
    const floor = (at: number) => ({ kind, body: encodeCanonical({ keys: ['*'], floor: at }) });
    expect(said(verdictOn(floor(0)))).toBe('allowed');
    expect(said(verdictOn(floor(2)))).toBe('allowed');
    expect(said(verdictOn(floor(3)))).toBe('refused: floor-too-high');
    expect(said(verdictOn(floor(Number.MAX_SAFE_INTEGER)))).toBe('refused: floor-too-high');
    const later = { roster: TWO_HASH, epoch: 2 };
    expect(said(verdictOn({ ...floor(3), ...later }))).toBe('allowed');
    expect(said(verdictOn({ ...floor(3), ...later }, null, TWO_HASH))).toBe('allowed');
  });

  it('[U4, F8] hears who may activate, and nobody else, make a version binding', () => {
    const mask = ALL_CAPABILITIES_MASK & ~maskOf(['upgrade_activate']);
    const both = recordOf([alice, carol], GENESIS);
    const less = recordOf([alice, carol], both, {
      members: byDevice([memberFrom(alice), memberFrom(carol, mask)]),
      closing: closingOf(at('carol', 5)),
    });
    const steps = [
      stepTo(GENESIS, null, [alice]),
      stepTo(both, GENESIS, [alice]),
      stepTo(less, both, [alice, carol]),
    ];
    const taken = foldChain(ACCOUNT, steps);
    const judge = createJudge({ chain: taken, upTo: null, fold: 1, quarantinedFrom: () => null });
    const activation = { package: 'upkeep', version: '2.0.0', manifest: hexOf<Hash>('manifest') };
    const proposing = (record: RosterRecord): Partial<Said> => ({
      kind: 'roster.proposed',
      body: encodeCanonical({
        record: encodeRosterRecord(record),
        ...{ envelopes: [], consents: [], comment: '', expires: 9, round: 0, promises: [] },
      }),
    });
    const binding = proposing(recordOf([alice, carol], less, { activation }));
    const plain = proposing(recordOf([alice, carol], less));
    const now = { roster: rosterHashOf(less), epoch: 2 };
    const before = { roster: rosterHashOf(both), by: carol, in: 'carol' };
    expect(said(judge(factOf({ ...binding, ...now })))).toBe('allowed');
    expect(said(judge(factOf({ ...plain, ...now, by: carol, in: 'new' })))).toBe('allowed');
    expect(said(judge(factOf({ ...binding, ...now, by: carol, in: 'new' })))).toBe(
      'refused: lacks-capability',
    );
    expect(said(judge(factOf({ ...binding, ...before, seq: 5 })))).toBe('allowed');
    expect(said(judge(factOf({ ...plain, ...before, seq: 6 })))).toBe('allowed');
    expect(said(judge(factOf({ ...binding, ...before, seq: 6 })))).toBe(
      'refused: lacks-capability',
    );
  });

  it('[F3] refuses a body that its schema refuses last, of kernel kinds too', () => {
    expect(said(verdictOn({ body: bad }))).toBe('refused: bad-body');
    expect(said(verdictOn({ kind: 'roster.refused', body: bad }))).toBe('refused: bad-body');
  });
});

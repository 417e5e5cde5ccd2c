import fc from 'fast-check';
import type { DeviceId, Hash, SessionId } from '../../../src/core/base/brands.js';
import { bytesToHex, sha256 } from '../../../src/core/base/hash.js';
import { encodeCanonical, type CanonicalValue } from '../../../src/core/base/canonical.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import { encodeFact, type Fact } from '../../../src/core/facts/codec.js';
import { admitRun, planRun, type AdmittedFact } from '../../../src/core/facts/run.js';
import { sessionIdOf } from '../../../src/core/facts/session.js';
import { ALLOWED, createFold, type Judge } from '../../../src/core/journal/fold.js';
import { EMPTY_STATE, type State } from '../../../src/core/journal/state.js';
import { stateToCanonical } from '../../../src/core/journal/state-codec.js';
import {
  ACCOUNT,
  alice,
  bob,
  idNamed,
  nextFields,
  nonceNamed,
  opening,
  openingFields,
  type Author,
} from '../../unit/facts/fixtures.js';
import { SAMPLE_BODIES } from '../../unit/facts/sample-bodies.js';

const carol: Author = {
  device: bytesToHex(sha256(new TextEncoder().encode('carol'))) as DeviceId,
  sign: () => new Uint8Array(64),
};

/** Alice has had two lives; bob and carol one each. */
const LIVES: readonly (readonly [Author, string])[] = [
  [alice, 'home'],
  [alice, 'again'],
  [bob, 'home'],
  [carol, 'home'],
];
export const SESSIONS: readonly SessionId[] = LIVES.map(([author, nonce]) =>
  sessionIdOf(ACCOUNT, author.device, nonceNamed(nonce)),
);

type UpgradeSaying = 'bundle' | 'upgrade' | 'ready' | 'switch' | 'alarm' | 'policy';

/** What is said next in one of the sessions; targets may be anything, also what is yet to come. */
export interface Saying {
  readonly session: number;
  readonly kind:
    'create' | 'edit' | 'relabel' | 'remove' | 'date' | 'act' | 'report' | 'lease' | UpgradeSaying;
  readonly target: readonly [session: number, seq: number];
  readonly word: string;
  readonly lamportStep: number;
  readonly isRefused: boolean;
}

const place = fc.tuple(fc.nat(3), fc.nat(7));
export const saying: fc.Arbitrary<Saying> = fc.record({
  session: fc.nat(3),
  kind: fc.constantFrom(
    ...(['create', 'create', 'create', 'edit', 'relabel', 'remove', 'date', 'act'] as const),
    ...(['report', 'lease', 'bundle', 'upgrade', 'ready', 'switch', 'alarm', 'policy'] as const),
  ),
  target: place,
  word: fc.constantFrom('a', 'b', 'c'),
  lamportStep: fc.constantFrom(0, 1, 1, 5),
  isRefused: fc.nat(4).map((chance) => chance === 0),
});
export const sayings = fc.array(saying, { minLength: 4, maxLength: 30 });

/** Told apart by their wall time, so that the judge below needs nothing else. */
const REFUSED_MS = 1_700_000_000_001;

/** Refuses what a saying marked, the same on every replica. */
export const judge: Judge = (fact) =>
  fact.envelope.wallMs === REFUSED_MS ? { kind: 'refused', reason: 'lacks-capability' } : ALLOWED;

const bodyOf = ({ kind, target: [session, seq], word }: Saying): Body => {
  const record = { session: SESSIONS[session] as SessionId, seq };
  switch (kind) {
    case 'create':
      return { kind: 'record.created', title: word, text: `text ${word}`, labels: [word] };
    case 'edit':
      return { kind: 'record.edited', record, title: `new ${word}` };
    case 'relabel':
      return { kind: 'record.edited', record, add: [word], remove: [`${word}${word}`] };
    case 'date':
      return { kind: 'record.dated', record, date: word === 'c' ? null : `2028-02-1${seq}` };
    case 'remove':
      return { kind: 'record.removed', record };
    case 'act':
      return { kind: 'roster.refused', statement: idNamed(word), reason: word };
    case 'report':
      return {
        ...{ kind: 'device.reported', persisted: word === 'a', installed: false, quota: seq },
        ...{ used: null, backup: null, receipt: null },
      };
    case 'lease':
      return word === 'a'
        ? { kind: 'lease.released', purpose: 'b' }
        : { kind: 'lease.taken', purpose: word, until: seq };
    case 'bundle':
      return { ...SAMPLE_BODIES['device.bundled'], generation: seq, cohort: word };
    case 'upgrade':
      return { ...SAMPLE_BODIES['upgrade.proposed'], sequence: seq, content: idNamed(word) };
    case 'ready': {
      const verdict = word === 'a' ? 'ready' : 'not-ready';
      return { ...SAMPLE_BODIES['upgrade.readied'], upgrade: idNamed(word), verdict };
    }
    case 'switch':
      return { ...SAMPLE_BODIES['upgrade.switched'], from: idNamed(word) };
    case 'policy':
      return { kind: 'policy.changed', name: word, value: seq % 2 === 0 ? null : word };
    case 'alarm': {
      const found = word === 'b' ? null : idNamed<Hash>(word);
      return { kind: 'device.alarmed', on: word !== 'a', found };
    }
  }
};

const admitted = (facts: readonly Fact[]): readonly AdmittedFact[] => {
  const last = facts.at(-1) as Fact;
  const signatures = new Map([[last.envelope.seq, new Uint8Array(64)]]);
  const plan = planRun(null, facts, signatures, { account: ACCOUNT, lamportOfHead: () => 0 });
  if (!plan.ok) throw new Error(plan.error.kind);
  const run = admitRun(plan.value, true);
  if (!run.ok) throw new Error(run.error.kind);
  return run.value.facts;
};

/** The four sessions with everything that was said, through the real codec and admission. */
export const sessionsOf = (said: readonly Saying[]): readonly (readonly AdmittedFact[])[] => {
  const sessions = LIVES.map(([author, nonce]) => [
    encodeFact(openingFields(author, nonce), opening(nonce)),
  ]);
  for (const each of said) {
    const session = sessions[each.session] as Fact[];
    const before = session.at(-1) as Fact;
    const lamport = before.envelope.lamport + each.lamportStep;
    const wallMs = each.isRefused ? REFUSED_MS : REFUSED_MS + 1 + session.length;
    session.push(encodeFact(nextFields(before, { lamport, wallMs }), bodyOf(each)));
  }
  return sessions.map(admitted);
};

/** How much of each session is in a set of facts: lengths, cut down to what there is. */
export type Lengths = readonly number[];
export const lengths: fc.Arbitrary<Lengths> = fc.tuple(
  ...[0, 1, 2, 3].map(() => fc.oneof(fc.nat(9), fc.constant(99))),
);

export const prefixOf = <T>(
  sessions: readonly (readonly T[])[],
  counts: Lengths,
): readonly (readonly T[])[] => sessions.map((each, index) => each.slice(0, counts[index] ?? 0));

/** Merges sessions in the order that the picks say; each session stays in its own order. */
export const interleave = <T>(
  sessions: readonly (readonly T[])[],
  picks: readonly number[],
): readonly T[] => {
  const left = sessions.map((each) => [...each]);
  const merged: T[] = [];
  for (let turn = 0; left.some((each) => each.length > 0); turn += 1) {
    const open = left.filter((each) => each.length > 0);
    merged.push((open[(picks[turn % picks.length] ?? 0) % open.length] as T[]).shift() as T);
  }
  return merged;
};

export const foldAll = (base: State, facts: readonly AdmittedFact[]): State => {
  const fold = createFold(base);
  for (const fact of facts) fold.apply(fact, judge(fact));
  return fold.state();
};

export const stateOf = (sessions: readonly (readonly AdmittedFact[])[]): State =>
  foldAll(EMPTY_STATE, sessions.flat());

export const textOf = (value: CanonicalValue): string => bytesToHex(encodeCanonical(value));
export const bytesOf = (state: State): string => textOf(stateToCanonical(state));

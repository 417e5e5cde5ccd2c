import { describe, expect, test } from 'vitest';
import type { AccountId } from '../../../src/core/base/brands.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { encodeFact, sealFact, type Fact } from '../../../src/core/facts/codec.js';
import { admitRun, planRun, type RunContext } from '../../../src/core/facts/run.js';
import { tipOfFact } from '../../../src/core/facts/session.js';
import {
  ACCOUNT,
  after,
  alice,
  bob,
  HEAD,
  idNamed,
  isSignedBy,
  nextFields,
  nonceNamed,
  note,
  opening,
  openingFields,
  sessionOf,
  signaturesAt,
} from './fixtures.js';

const CONTEXT: RunContext = { account: ACCOUNT, lamportOfHead: () => null };
const STEP = LIMITS.lamportStepMax;
const facts = sessionOf(alice, 'home', 6);
const at = (seq: number): Fact => facts[seq] as Fact;
const signed = (...seqs: number[]): ReadonlyMap<number, Uint8Array> =>
  signaturesAt(alice, facts, ...seqs);

const planError = (
  run: readonly Fact[],
  tip: Fact | null = null,
  context: RunContext = CONTEXT,
): unknown => {
  const signatures = new Map(run.map((fact) => [fact.envelope.seq, new Uint8Array(64)]));
  const plan = planRun(tip === null ? null : tipOfFact(tip), run, signatures, context);
  return plan.ok ? 'no error' : plan.error;
};

describe('a sound run', () => {
  test('[F4] the signature of the last fact admits the whole run', () => {
    const plan = planRun(null, facts, signed(5), CONTEXT);
    if (!plan.ok) throw new Error(plan.error.kind);
    const { check } = plan.value;
    expect(check.key).toBe(alice.device);
    expect(isSignedBy(check.key, at(5), check.signature)).toBe(true);
    const run = admitRun(plan.value, true);
    if (!run.ok) throw new Error(run.error.kind);
    expect(run.value.facts).toEqual(facts);
    expect(run.value.tip).toEqual(tipOfFact(at(5)));
    expect(run.value.signature).toBe(check.signature);
  });

  test('[F4] the run is cut after the last fact with a signature, and the rest is counted', () => {
    const plan = planRun(null, facts, signed(1, 3), CONTEXT);
    if (!plan.ok) throw new Error(plan.error.kind);
    expect(plan.value.lastSeq).toBe(3);
    expect(plan.value.facts).toEqual(facts.slice(0, 4));
    expect(plan.value.unsignedTail).toBe(2);
  });

  test('[F4] a fault in the unsigned tail does not spoil the signed part', () => {
    const strange = after(at(3), note('from another account'), { account: idNamed('foreign') });
    const plan = planRun(null, [...facts.slice(0, 4), strange], signed(3), CONTEXT);
    expect(plan.ok && plan.value.lastSeq).toBe(3);
  });

  test('[F3] what the tip covers is skipped', () => {
    const plan = planRun(tipOfFact(at(3)), facts, signed(5), CONTEXT);
    expect(plan.ok && plan.value.facts).toEqual(facts.slice(4));
    const exact = planRun(tipOfFact(at(3)), facts.slice(4), signed(5), CONTEXT);
    expect(exact.ok && exact.value.facts).toEqual(facts.slice(4));
  });

  test('[F2] unknown kinds and malformed bodies of known kinds are admitted', () => {
    const unknown = sealFact(nextFields(at(0)), 'blob.attached', Uint8Array.of(0xa0));
    const empty = sealFact(nextFields(unknown), 'record.removed', Uint8Array.of(0xa0));
    const run = [at(0), unknown, empty];
    const plan = planRun(null, run, signaturesAt(alice, run, 2), CONTEXT);
    expect(plan.ok && plan.value.facts).toEqual(run);
  });
});

describe('signatures', () => {
  test('[F3] a run whose signature does not verify is refused, naming the author', () => {
    const plan = planRun(null, facts, signaturesAt(bob, facts, 5), CONTEXT);
    if (!plan.ok) throw new Error(plan.error.kind);
    const { key, signature } = plan.value.check;
    const isValid = isSignedBy(key, at(5), signature);
    expect(isValid).toBe(false);
    expect(admitRun(plan.value, isValid)).toEqual({
      ok: false,
      error: { kind: 'bad-signature', author: alice.device, id: at(5).id },
    });
  });

  test('[F4] a run without any signature is not admitted', () => {
    const plan = planRun(null, facts, new Map(), CONTEXT);
    expect(plan).toEqual({
      ok: false,
      error: { kind: 'unsigned', session: at(0).envelope.session, seq: 0 },
    });
    const tail = planRun(tipOfFact(at(3)), facts, signed(2), CONTEXT);
    expect(!tail.ok && tail.error).toEqual({
      kind: 'unsigned',
      session: at(0).envelope.session,
      seq: 4,
    });
  });

  test('[F3] a replayed run is nothing new and no offence', () => {
    const { session } = at(0).envelope;
    expect(planError(facts.slice(1, 4), at(5))).toEqual({ kind: 'nothing-new', session });
    expect(planError([])).toEqual({ kind: 'empty' });
  });
});

describe('order and links', () => {
  test('[F3] a run that does not join on is a gap', () => {
    expect(planError(facts.slice(2))).toEqual({ kind: 'gap', expectedSeq: 0, seq: 2 });
    expect(planError(facts.slice(4), at(2))).toEqual({ kind: 'gap', expectedSeq: 3, seq: 4 });
    expect(planError([at(0), at(2)])).toEqual({ kind: 'gap', expectedSeq: 1, seq: 2 });
    expect(planError([at(0), at(2), at(1)])).toEqual({ kind: 'gap', expectedSeq: 1, seq: 2 });
  });

  test('[F4] a fact that does not name the one before it breaks the run', () => {
    const prev = at(3).id;
    const loose = after(at(1), note('loose'), { prev });
    expect(planError([at(0), at(1), loose])).toEqual({
      kind: 'broken-link',
      seq: 2,
      expected: at(1).id,
      prev,
    });
  });

  test('[F3] facts of two sessions, two authors or another account do not mix', () => {
    const other = sessionOf(alice, 'elsewhere', 2);
    const { session } = (other[1] as Fact).envelope;
    expect(planError([at(0), other[1] as Fact])).toEqual({
      kind: 'mixed-sessions',
      session,
      seq: 1,
    });
    const bobs = after(at(0), note('by bob'), { author: bob.device });
    const foreignAuthor = { kind: 'foreign-author', author: bob.device, seq: 1 };
    expect(planError([at(0), bobs])).toEqual(foreignAuthor);
    expect(planError([bobs], at(0))).toEqual(foreignAuthor);
    const account = idNamed<AccountId>('another account');
    expect(planError([after(at(0), note('x'), { account })], at(0))).toEqual({
      kind: 'foreign-account',
      account,
    });
  });

  test('[F1] epochs and lamports never fall along a session', () => {
    const later = after(at(0), note('later'), { epoch: 3, lamport: 9 });
    expect(planError([at(0), later, after(later, note('x'), { epoch: 2 })])).toEqual({
      kind: 'epoch-fell',
      seq: 2,
    });
    expect(planError([after(later, note('x'), { lamport: 8 })], later)).toEqual({
      kind: 'lamport-fell',
      seq: 2,
    });
    expect(planError([after(later, note('x'), { lamport: 9 })], later)).toBe('no error');
  });

  test('[F1] a lamport exceeds the one before by at most 2^24', () => {
    const lamportMax = 1 + STEP;
    const most = after(at(0), note('most'), { lamport: lamportMax });
    const beyond = after(at(0), note('beyond'), { lamport: lamportMax + 1 });
    const error = { kind: 'lamport-jump', seq: 1, lamport: lamportMax + 1, lamportMax };
    expect(planError([at(0), most])).toBe('no error');
    expect(planError([at(0), beyond])).toEqual(error);
    expect(planError([beyond], at(0))).toEqual(error);
  });
});

describe('what is compared', () => {
  test('[F1, F6] a fact that names none before it is a broken link and frames nobody', () => {
    const orphan = { ...at(3), envelope: { ...at(3).envelope, prev: null } };
    const broken = { kind: 'broken-link', seq: 3, expected: at(2).id, prev: null };
    expect(planError([orphan], at(2))).toEqual(broken);
    expect(planError([...facts.slice(0, 3), orphan])).toEqual(broken);
  });

  test('[F6] what lies beyond the tip is new, whatever a store says to be there', () => {
    const context: RunContext = { ...CONTEXT, idAt: () => idNamed('left over') };
    expect(planError(facts.slice(2), at(2), context)).toBe('no error');
  });

  test('[F1] a session that begins with another kind is not opened, whatever its body', () => {
    const spoilt = sealFact(openingFields(alice, 'home'), 'record.created', Uint8Array.of(0xa0));
    expect(planError([spoilt])).toEqual({ kind: 'not-opened', factKind: 'record.created' });
  });
});

describe('openings', () => {
  test('[F1] a session begins with session.opened', () => {
    const first = encodeFact(openingFields(alice, 'home'), note('too early'));
    expect(planError([first])).toEqual({ kind: 'not-opened', factKind: 'record.created' });
    const empty = sealFact(openingFields(alice, 'home'), 'session.opened', Uint8Array.of(0xa0));
    expect(planError([empty])).toEqual({
      kind: 'malformed-opening',
      reason: { kind: 'malformed', field: 'nonce' },
    });
  });

  test('[F1] the nonce gives the session id, so nobody opens the session of another', () => {
    const { session } = at(0).envelope;
    const wrongNonce = encodeFact(openingFields(alice, 'home'), opening('garage'));
    expect(planError([wrongNonce])).toMatchObject({ kind: 'foreign-session', session });
    const framed = encodeFact({ ...openingFields(bob, 'home'), session }, opening('home'));
    expect(planError([framed])).toMatchObject({ kind: 'foreign-session', session });
    expect(nonceNamed('home')).not.toBe(nonceNamed('garage'));
  });

  test('[F1] an opening starts at most 2^24 beyond the lamport of the head that it names', () => {
    const opened = (lamport: number): Fact =>
      encodeFact({ ...openingFields(alice, 'home'), lamport }, opening('home', HEAD));
    const context: RunContext = {
      account: ACCOUNT,
      lamportOfHead: (head) => (head === HEAD ? 500 : null),
    };
    expect(planError([opened(500 + STEP)], null, context)).toBe('no error');
    expect(planError([opened(501 + STEP)], null, context)).toEqual({
      kind: 'lamport-jump',
      seq: 0,
      lamport: 501 + STEP,
      lamportMax: 500 + STEP,
    });
    expect(planError([opened(1)])).toEqual({ kind: 'head-unknown', head: HEAD });
    const headless = { ...openingFields(alice, 'home'), lamport: STEP + 1 };
    expect(planError([encodeFact(headless, opening('home'))])).toMatchObject({
      kind: 'lamport-jump',
      lamportMax: STEP,
    });
  });
});

describe('two facts at one place', () => {
  // 0 - 1 - 2 - 3 - 4 - 5      held up to 3
  //          \- 3' - 4' - 5'
  const branch = sessionOf(alice, 'home', 6, 3);
  const other = (seq: number): Fact => branch[seq] as Fact;
  const equivocation = (seq: number, held: Fact, offered: Fact): unknown => ({
    kind: 'equivocation',
    session: held.envelope.session,
    seq,
    held: held.id,
    offered: offered.id,
  });

  test('[F6] a different id at the tip is an equivocation that names both', () => {
    expect(planError(branch, at(3))).toEqual(equivocation(3, at(3), other(3)));
    expect(planError(branch.slice(3, 4), at(3))).toEqual(equivocation(3, at(3), other(3)));
  });

  test('[F6] a continuation of an unseen other fact is one too', () => {
    expect(planError(branch.slice(4), at(3))).toEqual(equivocation(3, at(3), other(3)));
  });

  test('[F6] the first held place that differs is named when its id is still held', () => {
    const idAt = (_session: string, seq: number): Fact['id'] => at(seq).id;
    const context = { ...CONTEXT, idAt };
    expect(planError(branch, at(5), context)).toEqual(equivocation(3, at(3), other(3)));
    expect(planError(branch.slice(0, 5), at(5), context)).toEqual(equivocation(3, at(3), other(3)));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionId } from '../../../src/core/base/brands.js';
import { decodeCanonical, encodeCanonical } from '../../../src/core/base/canonical.js';
import { compareBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { parseBody } from '../../../src/core/facts/bodies.js';
import {
  encodeFact,
  parseEnvelopeBytes,
  parseFact,
  sealFact,
} from '../../../src/core/facts/codec.js';
import {
  envelopeToCanonical,
  parseEnvelope,
  type Envelope,
} from '../../../src/core/facts/envelope.js';
import { readEnvelope } from '../../../src/core/facts/envelope-reader.js';
import { isKnownKind } from '../../../src/core/facts/kinds.js';
import { planRun } from '../../../src/core/facts/run.js';
import { sessionIdOf } from '../../../src/core/facts/session.js';
import { createHoldings } from '../../../src/replica/journal/holdings.js';
import { runsBeyond } from '../../../src/core/journal/journal.js';
import {
  ACCOUNT as GROUP,
  GENESIS,
  alice as founder,
  stepTo,
} from '../../unit/authority/people.js';
import { lifeOf, runOf } from '../journal/lives.js';
import {
  ACCOUNT,
  alice,
  nextFields,
  note,
  opening,
  openingFields,
} from '../../unit/facts/fixtures.js';

const MAX = Number.MAX_SAFE_INTEGER;
const STEP = LIMITS.lamportStepMax;
const id = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as never);
const whole = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constant(MAX));
const kindName = fc.string({ minLength: 1, maxLength: 32 });
const envelope: fc.Arbitrary<Envelope> = fc
  .record({
    ...{ version: fc.constant(1 as const), account: id, session: id, author: id, seq: whole },
    ...{
      prev: id,
      lamport: whole,
      wallMs: whole,
      epoch: whole,
      roster: id,
      kind: kindName,
      body: id,
    },
  })
  .map((each) => ({ ...each, prev: each.seq === 0 ? null : each.prev }));

describe('envelopes', () => {
  it('[F1] come back from their bytes, numbers up to 2^53 - 1 included', () => {
    fc.assert(
      fc.property(envelope, (each) => {
        const bytes = encodeCanonical(envelopeToCanonical(each));
        expect(parseEnvelopeBytes(bytes)).toEqual({ ok: true, value: each });
      }),
      { numRuns: 300 },
    );
  });

  it('[F1, F2] are read the quick way as they are read place by place, or not at all', () => {
    const harm = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 2 });
    fc.assert(
      fc.property(envelope, harm, fc.integer({ min: -3, max: 2 }), fc.boolean(), (...drawn) => {
        const [each, changes, longer, isOdd] = drawn;
        const canonical = envelopeToCanonical({ ...each, seq: isOdd ? 0 : each.seq });
        const whole = encodeCanonical(canonical);
        const bytes = new Uint8Array(Math.max(0, whole.length + longer));
        bytes.set(whole.subarray(0, bytes.length));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const decoded = decodeCanonical(bytes);
        const plain = decoded.ok ? parseEnvelope(decoded.value) : null;
        expect(readEnvelope(bytes)).toEqual(plain?.ok === true ? plain.value : null);
      }),
      { numRuns: 2_000 },
    );
  });

  it('[F1] name a session by account, author and nonce together', () => {
    fc.assert(
      fc.property(fc.tuple(id, id, id), fc.tuple(id, id, id), fc.nat(2), (one, other, at) => {
        const mixed = one.with(at, other[at] as never) as typeof one;
        const isSame = mixed.join() === one.join();
        expect(sessionIdOf(...mixed) === sessionIdOf(...one)).toBe(isSame);
      }),
    );
  });
});

const first = encodeFact(openingFields(alice, 'home'), opening('home'));
const steps = fc.array(
  fc.record({
    lamport: fc.oneof(fc.constantFrom(0, 1, STEP - 1, STEP, STEP + 1, -1), fc.nat(100)),
    epoch: fc.constantFrom(0, 0, 0, 1, 5, -1),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('along a session', () => {
  it('[F1] epochs and lamports never fall, and a lamport grows by at most the step', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const facts = [first];
        let isSound = true;
        for (const { lamport, epoch } of all) {
          const before = facts.at(-1) as typeof first;
          const next = {
            lamport: before.envelope.lamport + lamport,
            epoch: before.envelope.epoch + epoch,
          };
          if (next.lamport < 0 || next.epoch < 0) continue;
          isSound &&= lamport >= 0 && lamport <= STEP && epoch >= 0;
          facts.push(encodeFact(nextFields(before, next), note('x')));
        }
        const signatures = new Map([[facts.length - 1, new Uint8Array(64)]]);
        const context = { account: ACCOUNT, lamportOfHead: () => 0 };
        expect(planRun(null, facts, signatures, context).ok).toBe(isSound);
      }),
      { numRuns: 300 },
    );
  });

  it('[F1] the largest lamport is reached in steps, then stays, and no larger one is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 3 }), fc.nat(STEP + 2), (more, below) => {
        const tip = {
          ...{ author: alice.device, seq: 0, id: first.id, epoch: 0, lamport: MAX - below },
        };
        const lamport = MAX + Math.min(0, more);
        const fact = encodeFact(nextFields(first, { lamport }), note('late'));
        const signatures = new Map([[1, new Uint8Array(64)]]);
        const context = { account: ACCOUNT, lamportOfHead: () => 0 };
        const isSound = lamport >= tip.lamport && lamport - tip.lamport <= STEP;
        expect(planRun(tip, [fact], signatures, context).ok).toBe(isSound);
        const beyond = nextFields(first, { lamport: MAX + 1 });
        expect(() => encodeFact(beyond, note('beyond'))).toThrow('broken invariant');
      }),
    );
  });
});

const strange = fc.record({
  strangeKind: kindName.filter((name) => !isKnownKind(name)),
  bytes: fc.jsonValue({ depthSize: 'small', noUnicodeString: true }).map((value) => {
    const plain = JSON.parse(
      JSON.stringify(value, (_, each) => (typeof each === 'number' ? 1 : each)),
    );
    return encodeCanonical(plain as never);
  }),
});

describe('facts of kinds to come', () => {
  it('[F2] are read, kept and forwarded byte by byte, whatever their body says', () => {
    fc.assert(
      fc.property(fc.array(strange, { minLength: 1, maxLength: 4 }), (said) => {
        const facts = lifeOf(founder, GENESIS, said);
        const holdings = createHoldings(GROUP, founder.device);
        holdings.addTransition(stepTo(GENESIS, null, [founder]));
        holdings.addRuns([runOf(facts)]);
        const [run] = runsBeyond(holdings.journal(), new Map());
        expect(run?.facts.length).toBe(facts.length);
        facts.forEach((fact, index) =>
          expect(compareBytes(run?.facts[index]?.bytes as Uint8Array, fact.bytes)).toBe(0),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('[F2, S13] are never folded, and no cut passes the first of them', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(strange, { minLength: 1, maxLength: 3 }), (known, said) => {
        const before = Array.from({ length: known }, (_, index) => note(`note ${index}`));
        const facts = lifeOf(founder, GENESIS, [...before, ...said, note('after')]);
        const holdings = createHoldings(GROUP, founder.device);
        holdings.addTransition(stepTo(GENESIS, null, [founder]));
        holdings.addRuns([runOf(facts)]);
        const session = facts[0]?.envelope.session as SessionId;
        const state = holdings.fold().state();
        expect(state.frontier.get(session)?.seq).toBe(known);
        expect(state.items.size).toBe(known);
        expect(holdings.undecidedCount()).toBe(said.length + 1);
      }),
      { numRuns: 40 },
    );
  });

  it('[F2] have bodies that no schema looks at, and known kinds have', () => {
    fc.assert(
      fc.property(strange, ({ strangeKind, bytes }) => {
        expect(parseBody(strangeKind, bytes)).toEqual({ ok: true, value: { kind: 'unknown' } });
        const sealed = sealFact(openingFields(alice, 'home'), strangeKind, bytes);
        const read = parseFact(sealed.bytes);
        expect(read.ok && compareBytes(read.value.bodyBytes, bytes)).toBe(0);
      }),
    );
  });
});

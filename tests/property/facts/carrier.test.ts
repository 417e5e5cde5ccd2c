import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDocument, type CarrierDocument } from '../../../src/adapters/carrier/document.js';
import type { BaseId, SessionId } from '../../../src/core/base/brands.js';
import type { CarriedRun } from '../../../src/ports/carrier.js';
import { alice, bob, idNamed, sessionOf } from '../../unit/facts/fixtures.js';

const BASE = idNamed<BaseId>('base');
const SESSIONS = [
  sessionOf(alice, 'a', 9),
  sessionOf(alice, 'b', 5),
  sessionOf(bob, 'c', 7),
  sessionOf(bob, 'd', 1),
].map((facts) => ({
  session: facts[0]?.envelope.session as SessionId,
  facts: facts.map((fact) => fact.bytes),
}));

const run = (index: number, from: number, to?: number): CarriedRun => {
  const { session, facts } = SESSIONS[index] as (typeof SESSIONS)[number];
  return { session, firstPlace: from, facts: facts.slice(from, to) };
};

const whole = createDocument(BASE);
whole.append(SESSIONS.map((_, index) => run(index, 0)));

/** Which session advances next, and by how much. */
const steps = fc.array(fc.tuple(fc.nat(SESSIONS.length - 1), fc.integer({ min: 1, max: 4 })), {
  maxLength: 30,
});

const grown = (advances: readonly (readonly [number, number])[]): CarrierDocument => {
  const document = createDocument(BASE);
  for (const [index, count] of advances) {
    const { session, facts } = SESSIONS[index] as (typeof SESSIONS)[number];
    const length = document.lengths().get(session) ?? 0;
    const next = run(index, length, Math.min(length + count, facts.length));
    if (next.facts.length > 0) document.append([next]);
  }
  return document;
};

const finish = (document: CarrierDocument): void =>
  document.append(SESSIONS.map((_, index) => run(index, 0)));

/** Takes over what another document has and this one lacks, as peers do. */
const pull = async (into: CarrierDocument, from: CarrierDocument): Promise<void> => {
  const update = from.updateFor(into.stateVector());
  if (update === null) return;
  const runs = await into.decodeUpdate(update);
  if (!runs.ok) throw new Error(runs.error.kind);
  into.append(runs.value);
};

describe('documents of one base', () => {
  test('[F10] any interleaving of sessions ends in the same bytes', () => {
    fc.assert(
      fc.property(steps, (advances) => {
        const document = grown(advances);
        finish(document);
        expect(document.snapshotBytes()).toEqual(whole.snapshotBytes());
        expect(document.stateVector()).toEqual(whole.stateVector());
      }),
    );
  });

  test('[F10] partial documents that pull from each other end in the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (left, right) => {
        const [one, other] = [grown(left), grown(right)];
        await pull(one, other);
        await pull(other, one);
        expect(one.snapshotBytes()).toEqual(other.snapshotBytes());
        expect(one.updateFor(other.stateVector())).toBe(null);
        finish(one);
        expect(one.snapshotBytes()).toEqual(whole.snapshotBytes());
      }),
    );
  });
});

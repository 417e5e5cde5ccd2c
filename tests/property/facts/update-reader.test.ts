import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { createDocument, type CarrierDocument } from '../../../src/adapters/carrier/document.js';
import { readUpdate } from '../../../src/adapters/carrier/update-reader.js';
import type { BaseId, SessionId } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { carrierClientId } from '../../../src/core/facts/client-id.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import { encodeFact, parseFact, type Fact } from '../../../src/core/facts/codec.js';
import { peekPlace } from '../../../src/core/facts/place.js';
import type { CarriedRun } from '../../../src/ports/carrier.js';
import { alice, bob, idNamed, nextFields, note, sessionOf } from '../../unit/facts/fixtures.js';

const BASE = idNamed<BaseId>('base');
const SESSIONS = [
  sessionOf(alice, 'a', 7),
  sessionOf(bob, 'b', 4),
  sessionOf(bob, 'c', 1),
  sessionOf(alice, 'd', 3),
];
const sessionAt = (index: number): SessionId => SESSIONS[index]?.[0]?.envelope.session as SessionId;

const madeByLengths = new Map<string, CarrierDocument>();

/** A document that holds so many facts of each session. */
const documentOf = (lengths: readonly number[]): CarrierDocument => {
  const made = madeByLengths.get(lengths.join()) ?? makeDocument(lengths);
  madeByLengths.set(lengths.join(), made);
  return made;
};

const makeDocument = (lengths: readonly number[]): CarrierDocument => {
  const document = createDocument(BASE);
  const runs = lengths.flatMap((length, index): readonly CarriedRun[] => {
    const facts = SESSIONS[index]?.slice(0, length).map((fact) => fact.bytes) ?? [];
    return facts.length === 0 ? [] : [{ session: sessionAt(index), firstPlace: 0, facts }];
  });
  document.append(runs);
  return document;
};

const lengths = fc.tuple(fc.nat(7), fc.nat(4), fc.nat(1), fc.nat(3));

interface Entry {
  readonly client: number;
  readonly clock: number;
  /** Its bytes in hex. */
  readonly fact: string;
}

/** What Yjs finds in an update; throws where it throws. */
const entriesOfYjs = (update: Uint8Array): readonly Entry[] => {
  const { structs, ds } = Y.decodeUpdate(update);
  if (ds.clients.size > 0) throw new Error('a delete set');
  return structs.map((struct) => {
    const content = struct instanceof Y.Item ? struct.content : null;
    if (!(content instanceof Y.ContentBinary)) throw new Error('not binary');
    const { client, clock } = struct.id;
    return { client, clock, fact: bytesToHex(content.content) };
  });
};

/** What our reader found, in the words of Yjs. */
const entriesOfRuns = (runs: readonly CarriedRun[]): readonly Entry[] =>
  runs.flatMap(({ session, firstPlace, facts }) =>
    facts.map((fact, index) => ({
      client: carrierClientId(BASE, session),
      clock: firstPlace + index,
      fact: bytesToHex(fact),
    })),
  );

/** Changes of bytes, cuts, and pieces put in: what noise and simple attacks do. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(40) }),
  fc.record({
    kind: fc.constant('put' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ maxLength: 9 }),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), length: fc.nat(400) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

const mutated = (bytes: Uint8Array, change: Mutation): Uint8Array => {
  const at = change.at % (bytes.length + 1);
  const [before, behind] = [bytes.slice(0, at), bytes.slice(at)];
  switch (change.kind) {
    case 'set':
      return Uint8Array.from([...before, change.byte, ...behind.slice(1)]);
    case 'cut':
      return Uint8Array.from([...before, ...behind.slice(change.length)]);
    case 'put':
      return Uint8Array.from([...before, ...change.bytes, ...behind]);
    case 'repeat':
      return Uint8Array.from([...before, ...behind.slice(0, change.length), ...behind]);
  }
};

describe('the reader beside Yjs', () => {
  test('[F11] of an honest update both find the same entries', () => {
    fc.assert(
      fc.property(lengths, lengths, (theirs, ours) => {
        const update = Y.encodeStateAsUpdate(
          documentOf(theirs).doc(),
          documentOf(ours).stateVector(),
        );
        const read = readUpdate(BASE, update);
        if (!read.ok) throw new Error(read.error.kind);
        expect(entriesOfRuns(read.value)).toEqual(entriesOfYjs(update));
      }),
    );
  });

  test('[F11] what is accepted of a changed update Yjs decodes to the same entries', () => {
    let accepted = 0;
    const changes = fc.array(mutation, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(lengths, changes, (held, all) => {
        const update = all.reduce(mutated, documentOf(held).snapshotBytes());
        const read = readUpdate(BASE, update);
        if (!read.ok) return;
        accepted += 1;
        expect(entriesOfRuns(read.value)).toEqual(entriesOfYjs(update));
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test('[F11] any bytes at all are refused or agree with Yjs, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (update) => {
        const read = readUpdate(BASE, update);
        if (read.ok) expect(entriesOfRuns(read.value)).toEqual(entriesOfYjs(update));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('where a fact says that it stands', () => {
  const all = SESSIONS.flat();

  test('[F1, F11] is what its envelope says, for every well-formed fact', () => {
    const seqs = fc.oneof(
      fc.constantFrom(1, 23, 24, 255, 256, 0xffff, 0x1_0000, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    );
    fc.assert(
      fc.property(seqs, fc.integer({ min: 0, max: 5_000 }), (seq, length) => {
        const body = { ...note('long'), text: 'x'.repeat(length) } as Body;
        const { bytes, envelope } = encodeFact(nextFields(all[0] as Fact, { seq }), body);
        const place = peekPlace(bytes);
        expect(place && bytesToHex(place.session)).toBe(envelope.session);
        expect(place?.seq).toBe(seq);
      }),
    );
    for (const { bytes, envelope } of all) expect(peekPlace(bytes)?.seq).toBe(envelope.seq);
  });

  test('[F1, F11] is never read otherwise than parseFact reads it, whatever was changed', () => {
    const fact = fc.nat(all.length - 1).map((index) => all[index]?.bytes as Uint8Array);
    fc.assert(
      fc.property(fact, fc.array(mutation, { maxLength: 2 }), (bytes, changes) => {
        const changed = changes.reduce(mutated, bytes);
        const place = peekPlace(changed);
        const parsed = parseFact(changed);
        if (!parsed.ok) return;
        expect(place && bytesToHex(place.session)).toBe(parsed.value.envelope.session);
        expect(place?.seq).toBe(parsed.value.envelope.seq);
      }),
      { numRuns: 2_000 },
    );
  });
});

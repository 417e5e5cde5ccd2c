import { describe, expect, test } from 'vitest';
import { encodeCanonical, type CanonicalValue } from '../../../src/core/base/canonical.js';
import { bytesToHex, hexToBytes, sha256, sha256Hex } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { parseBody } from '../../../src/core/facts/bodies.js';
import {
  bodyOf,
  encodeFact,
  factSigningBytes,
  parseFact,
  sealFact,
} from '../../../src/core/facts/codec.js';
import { ACCOUNT, alice, note, opening, openingFields, ROSTER, sessionOf } from './fixtures.js';

const fact = encodeFact(openingFields(alice, 'home'), opening('home'));
const { session, author } = fact.envelope;

const BODY = encodeCanonical({});
const PLACES: readonly CanonicalValue[] = [
  1,
  hexToBytes(ACCOUNT),
  hexToBytes(session),
  hexToBytes(author),
  4,
  new Uint8Array(32),
  7,
  1_700_000_000_000,
  2,
  hexToBytes(ROSTER),
  'record.created',
  sha256(BODY),
];

const withPlace = (place: number, value: CanonicalValue): Uint8Array =>
  encodeCanonical([encodeCanonical(PLACES.with(place, value)), BODY]);

const errorOf = (bytes: Uint8Array): unknown => {
  const parsed = parseFact(bytes);
  return parsed.ok ? 'no error' : parsed.error;
};

describe('reading facts', () => {
  test('[F1] a fact comes back from its bytes; its id is the hash of its envelope', () => {
    const parsed = parseFact(fact.bytes);
    expect(parsed).toEqual({ ok: true, value: fact });
    expect(fact.id).toBe(sha256Hex(fact.envelopeBytes));
    expect(fact.envelope.body).toBe(sha256Hex(fact.bodyBytes));
    expect(errorOf(encodeCanonical([encodeCanonical(PLACES), BODY]))).toBe('no error');
  });

  test('[F1] what is signed is the id under its domain', () => {
    const expected = sha256(encodeCanonical(['upkeep/fact/1', hexToBytes(fact.id)]));
    expect(factSigningBytes(fact.id)).toEqual(expected);
  });

  test('[F2] a fact owns its bytes even when it is cut out of a larger buffer', () => {
    const large = new Uint8Array(fact.bytes.length + 20);
    large.set(fact.bytes, 10);
    const parsed = parseFact(large.subarray(10, 10 + fact.bytes.length));
    expect(parsed.ok && parsed.value.bytes.buffer.byteLength).toBe(fact.bytes.length);
    large.fill(0);
    expect(parsed).toEqual({ ok: true, value: fact });
  });

  test('[F2] bytes that are its own are kept as they are, and a subclass of bytes never', () => {
    const kept = parseFact(fact.bytes);
    expect(kept.ok && kept.value.bytes).toBe(fact.bytes);
    const foreign = parseFact(new (class extends Uint8Array {})(fact.bytes));
    expect(foreign.ok && foreign.value.bytes.constructor).toBe(Uint8Array);
  });

  test('[F1] an id reads the same whatever became of the bytes read before it', () => {
    const [one, other] = [sha256(BODY).fill(7, 0, 31), sha256(BODY).fill(7)];
    const bytes = withPlace(3, one);
    const at = Buffer.from(bytes).indexOf(one);
    expect(errorOf(bytes)).toBe('no error');
    bytes.set(other, at);
    const parsed = parseFact(withPlace(3, other));
    expect(parsed.ok && parsed.value.envelope.author).toBe(bytesToHex(other));
  });

  test('[F1] ids read the same whatever ids were read before them', () => {
    const ids = Array.from({ length: 40 }, (_, at) => sha256(Uint8Array.of(at)).fill(7, 0, 31));
    for (const id of [...ids, ...ids]) {
      const parsed = parseFact(withPlace(3, id));
      expect(parsed.ok && parsed.value.envelope.author).toBe(bytesToHex(id));
      id.fill(8, 31);
    }
  });

  test('[F3] a body reads the same whatever body was read before it', () => {
    const facts = sessionOf(alice, 'bodies', 3);
    for (const each of [...facts, ...facts.toReversed(), ...facts]) {
      const expected = parseBody(each.envelope.kind, each.bodyBytes);
      expect(bodyOf(each)).toEqual(expected);
      expect(bodyOf(each)).toEqual(expected);
    }
  });

  test('[F2] bytes beyond the limit of a fact are refused', () => {
    const bytesMax = LIMITS.factBytesMax;
    const room = bytesMax - fact.envelopeBytes.length;
    const filled = (length: number): Uint8Array => encodeCanonical(new Uint8Array(length));
    const large = sealFact(openingFields(alice, 'home'), 'blob.part', filled(room - 20));
    expect(large.bytes.length).toBeLessThanOrEqual(bytesMax);
    expect(() => sealFact(openingFields(alice, 'home'), 'blob.part', filled(room))).toThrow();
    const bytes = bytesMax + 1;
    expect(errorOf(new Uint8Array(bytes))).toEqual({ kind: 'too-large', bytes, bytesMax });
    expect(errorOf(new Uint8Array(bytesMax))).toMatchObject({ kind: 'not-canonical' });
  });

  test('[F2] the name of a kind has up to 64 characters', () => {
    expect(errorOf(withPlace(10, 'k'.repeat(64)))).toBe('no error');
  });

  test.each([
    ['version', 0, 'one'],
    ['account', 1, new Uint8Array(31)],
    ['session', 2, null],
    ['author', 3, 'alice'],
    ['seq', 4, -1],
    ['prev', 5, null],
    ['prev', 5, new Uint8Array(33)],
    ['lamport', 6, -1],
    ['wallMs', 7, -1],
    ['epoch', 8, null],
    ['roster', 9, new Uint8Array(0)],
    ['kind', 10, ''],
    ['kind', 10, 'k'.repeat(65)],
    ['kind', 10, ['record.created']],
    ['body', 11, new Uint8Array(16)],
  ] as const)('[F2] a wrong %s is named (place %i)', (field, place, value) => {
    expect(errorOf(withPlace(place, value))).toEqual({ kind: 'malformed', field });
  });

  test('[F1] seq 0 has no previous fact', () => {
    expect(errorOf(withPlace(4, 0))).toEqual({ kind: 'malformed', field: 'prev' });
  });

  test('[F2] other versions, lengths and shapes are refused', () => {
    const fail = (envelope: CanonicalValue): unknown =>
      errorOf(encodeCanonical([encodeCanonical(envelope), BODY]));
    expect(fail([2, 'whatever'])).toEqual({ kind: 'unsupported-version', version: 2 });
    expect(fail(PLACES.slice(0, 11))).toEqual({ kind: 'malformed', field: 'envelope' });
    expect(fail([...PLACES, 0])).toEqual({ kind: 'malformed', field: 'envelope' });
    expect(fail({})).toEqual({ kind: 'malformed', field: 'envelope' });
    expect(errorOf(encodeCanonical([BODY]))).toEqual({ kind: 'not-a-fact' });
    expect(errorOf(encodeCanonical([BODY, BODY, BODY]))).toEqual({ kind: 'not-a-fact' });
    expect(errorOf(encodeCanonical(['a', 'b']))).toEqual({ kind: 'not-a-fact' });
    expect(errorOf(encodeCanonical({}))).toEqual({ kind: 'not-a-fact' });
  });

  test('[F2] each part must be canonical', () => {
    const loose = Uint8Array.of(0x18, 0x00);
    const reason = { kind: 'not-shortest', at: 0 };
    expect(errorOf(loose)).toEqual({ kind: 'not-canonical', part: 'fact', reason });
    expect(errorOf(encodeCanonical([loose, BODY]))).toEqual({
      kind: 'not-canonical',
      part: 'envelope',
      reason,
    });
    const places = PLACES.with(11, sha256(loose));
    expect(errorOf(encodeCanonical([encodeCanonical(places), loose]))).toEqual({
      kind: 'not-canonical',
      part: 'body',
      reason,
    });
  });

  test('[F1] a body that the envelope does not name is refused', () => {
    const other = encodeCanonical([fact.envelopeBytes, BODY]);
    expect(errorOf(other)).toEqual({ kind: 'foreign-body', id: fact.id });
  });
});

describe('writing facts', () => {
  test('[F2] an unsound body of one’s own is a broken invariant', () => {
    const fields = openingFields(alice, 'home');
    const title = 't'.repeat(LIMITS.titleCharactersMax + 1);
    expect(() => encodeFact(fields, note(title))).toThrow('broken invariant');
    expect(() => encodeFact({ ...fields, seq: 3 }, note('x'))).toThrow('broken invariant');
  });

  test('[F1] the same content in the same place is the same fact', () => {
    const [one, other] = [sessionOf(alice, 'home', 3), sessionOf(alice, 'home', 3)];
    expect(one).toEqual(other);
  });
});

import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import { readUpdate } from '../../../src/adapters/carrier/update-reader.js';
import type { BaseId, SessionId } from '../../../src/core/base/brands.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { carrierClientId } from '../../../src/core/facts/client-id.js';
import { alice, idNamed, sessionOf } from '../facts/fixtures.js';
import { countLooks } from './counted-bytes.js';

const BASE = idNamed<BaseId>('base');
const facts = sessionOf(alice, 'home', 3);
const session = facts[0]?.envelope.session as SessionId;
const client = carrierClientId(BASE, session);

/** An update of bytes and numbers as lib0 writes them, which no document needs to have written. */
const written = (...parts: readonly (number | Uint8Array | string)[]): Uint8Array => {
  const encoder = encoding.createEncoder();
  for (const part of parts) {
    if (typeof part === 'number') encoding.writeVarUint(encoder, part);
    else if (typeof part === 'string') encoding.writeVarString(encoder, part);
    else encoding.writeUint8Array(encoder, part);
  }
  return encoding.toUint8Array(encoder);
};

const HUGE = 16 * 1024 * 1024;
const FIRST = 3;
const LATER = 0x83;

/** The same bytes again and again behind a beginning, as many as one update may have. */
const filledUp = (start: Uint8Array, filling: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(HUGE);
  bytes.set(start);
  for (let at = start.length; at + filling.length <= HUGE; at += filling.length) {
    bytes.set(filling, at);
  }
  return bytes;
};

/** The least that passes for a fact while it is carried: no body, an envelope cut after its seq. */
const stub = (seq: number): Uint8Array => {
  const head = Uint8Array.of(0x82, 0x58, 0x6d);
  const id = (byte: number): number[] => [0x58, 32, ...Array.from({ length: 32 }, () => byte)];
  const number = [0x1a, seq >>> 24, (seq >>> 16) & 0xff, (seq >>> 8) & 0xff, seq & 0xff];
  return Uint8Array.from([...head, 0x8c, 1, ...id(1), ...id(2), ...id(3), ...number, 0x40]);
};

const sized = (bytes: Uint8Array): readonly (number | Uint8Array)[] => [bytes.length, bytes];

const readCounted = (update: Uint8Array): { readonly kind: string; readonly looks: number } => {
  const counted = countLooks(update);
  const read = readUpdate(BASE, counted.bytes);
  return { kind: read.ok ? 'ok' : read.error.kind, looks: counted.looks() };
};

describe('a hostile update of 16 MiB is refused at its first bytes', () => {
  const { factsPerUpdateMax, sessionsPerUpdateMax, integerMax } = LIMITS;
  const gc = Uint8Array.of(0, 1);
  it.each<readonly [string, string, Uint8Array]>([
    ['collected entries', 'not-binary', filledUp(written(1, factsPerUpdateMax, client, 0), gc)],
    ['collected entries without number', 'too-many', filledUp(written(1, HUGE, client, 0), gc)],
    ['sessions without number', 'too-many', filledUp(written(HUGE), Uint8Array.of(1, 7, 0))],
    ['empty sessions', 'undecodable', filledUp(written(sessionsPerUpdateMax), Uint8Array.of(0))],
    ['deletions', 'delete-set', filledUp(written(0, 1, client, HUGE), Uint8Array.of(1, 1))],
    ['bytes behind its end', 'undecodable', filledUp(written(0, 0), Uint8Array.of(0))],
    ['one padded number', 'undecodable', filledUp(new Uint8Array(), Uint8Array.of(0x80))],
    ['one number too large', 'undecodable', filledUp(new Uint8Array(), Uint8Array.of(0xff))],
    [
      'one entry of nearly all of it',
      'undecodable',
      filledUp(
        written(1, 1, client, 0, Uint8Array.of(FIRST), 1, session, HUGE - 200),
        Uint8Array.of(7),
      ),
    ],
    [
      'one root of nearly all of it',
      'undecodable',
      filledUp(written(1, 1, client, 0, Uint8Array.of(FIRST), 1, HUGE - 200), Uint8Array.of(7)),
    ],
    [
      'a clock beyond all numbers',
      'undecodable',
      filledUp(written(1, 9, client, integerMax), Uint8Array.of(LATER)),
    ],
  ])('[F11] %s: %s', (_what, kind, update) => {
    expect(update.length).toBe(HUGE);
    const read = readCounted(update);
    expect(read.kind).toBe(kind);
    expect(read.looks).toBeLessThan(100);
  });
});

describe('what passes for facts', () => {
  it('[F11] takes a bounded number of looks each, and no more than are allowed at all', () => {
    const count = 2_000;
    const stubSession = '02'.repeat(32) as SessionId;
    const stubClient = carrierClientId(BASE, stubSession);
    const entries = Array.from({ length: count }, (_, at) =>
      at === 0
        ? written(Uint8Array.of(FIRST), 1, stubSession, ...sized(stub(at)))
        : written(Uint8Array.of(LATER), stubClient, at - 1, ...sized(stub(at))),
    );
    const update = written(1, count, stubClient, 0, ...entries, 0);
    const read = readCounted(update);
    expect(read.kind).toBe('ok');
    expect(read.looks).toBeLessThan(100 + 200 * count);
    const tooMany = LIMITS.factsPerUpdateMax + 1;
    const claimed = filledUp(written(1, tooMany, stubClient, 0), entries[1] as Uint8Array);
    expect(readCounted(claimed)).toEqual({ kind: 'too-many', looks: expect.any(Number) as number });
    expect(readCounted(claimed).looks).toBeLessThan(100);
  });

  it('[F11] the sum over all sessions is what is limited', () => {
    const half = LIMITS.factsPerUpdateMax;
    const entry = written(
      Uint8Array.of(FIRST),
      1,
      session,
      ...sized(facts[0]?.bytes as Uint8Array),
    );
    const update = written(2, 1, client, 0, entry, half, client + 1, 0);
    expect(readCounted(update).kind).toBe('too-many');
  });
});

describe('what only a crafted update does', () => {
  const entry = written(Uint8Array.of(FIRST), 1, session, ...sized(facts[0]?.bytes as Uint8Array));
  const next = (info: number): Uint8Array =>
    written(Uint8Array.of(info), client, 0, ...sized(facts[1]?.bytes as Uint8Array));
  const sound = written(1, 2, client, 0, entry, next(LATER), 0);

  it.each<readonly [string, string, Uint8Array]>([
    ['nothing of it', 'ok', sound],
    [
      'one client twice',
      'undecodable',
      written(2, 1, client, 0, entry, 1, client, 1, next(LATER), 0),
    ],
    ['a key behind an origin', 'foreign-root', written(1, 2, client, 0, entry, next(0xa3), 0)],
    ['an unknown content', 'undecodable', written(1, 2, client, 0, entry, next(0x9f), 0)],
    ['a skip with a flag', 'undecodable', written(1, 1, client, 0, Uint8Array.of(0x8a), 3, 0)],
    [
      'a root within an entry',
      'foreign-root',
      written(
        1,
        1,
        client,
        0,
        Uint8Array.of(FIRST),
        0,
        client,
        0,
        ...sized(facts[0]?.bytes as Uint8Array),
        0,
      ),
    ],
    [
      'a delete set of nothing',
      'delete-set',
      written(1, 2, client, 0, entry, next(LATER), 1, client, 0),
    ],
    ['a byte too many', 'undecodable', written(sound, 0)],
    [
      'a fact with a byte too many',
      'undecodable',
      written(
        1,
        1,
        client,
        0,
        Uint8Array.of(FIRST),
        1,
        session,
        (facts[0]?.bytes.length ?? 0) + 1,
        facts[0]?.bytes ?? '',
        0,
        0,
      ),
    ],
    ['a padded number', 'undecodable', Uint8Array.from([0x81, 0, ...sound.slice(1)])],
  ])('[F11] %s: %s', (_what, kind, update) => {
    expect(readCounted(update).kind).toBe(kind);
  });
});

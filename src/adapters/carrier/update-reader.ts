import type { BaseId, SessionId } from '../../core/base/brands.js';
import { bytesToHex, compareBytes } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok, type Result } from '../../core/base/result.js';
import { type Work, atOnce } from '../../core/base/work.js';
import { carrierClientId } from '../../core/facts/client-id.js';
import { peekPlace } from '../../core/facts/place.js';
import type { CarriedRun, CarrierError } from '../../ports/carrier.js';
import { type Cursor, readNumber, startCursor } from './update-cursor.js';
import { type Entry, readEntry } from './update-entry.js';

/** A run as offsets into the update that holds it. */
export interface RunSpans {
  readonly session: SessionId;
  readonly firstPlace: number;
  /** Two numbers a fact: where its bytes begin and end. */
  readonly spans: Uint32Array<ArrayBuffer>;
}

/**
 * Reads a foreign update without applying it to anything (rule F11).
 *
 * The facts are views of the update: who keeps one copies it.
 * Limits and errors: as scanUpdate.
 */
export const readUpdate = (
  base: BaseId,
  update: Uint8Array,
): Result<readonly CarriedRun[], CarrierError> => {
  const scanned = scanUpdate(base, update);
  return scanned.ok ? ok(cutRuns(update, scanned.value)) : scanned;
};

/** The runs that lie at these spans of an update. */
export const cutRuns = (update: Uint8Array, runs: readonly RunSpans[]): readonly CarriedRun[] =>
  runs.map(({ session, firstPlace, spans }) => ({
    session,
    firstPlace,
    facts: Array.from({ length: spans.length / 2 }, (_, index) =>
      update.subarray(spans[2 * index], spans[2 * index + 1]),
    ),
  }));

/**
 * Finds the facts of a foreign update in one pass that ends at the first thing that is not allowed.
 *
 * Only what our own documents write is allowed: each client once, with at least one entry, each
 * entry one fact under the client id that base and session give, at the place after the one before,
 * with exactly the origin or root of an appended one; no delete set, and nothing behind it. What
 * the facts say is not judged here. A run may start beyond what a document holds; admission sees
 * that.
 * Limits: LIMITS.updateBytesMax, sessionsPerUpdateMax and factsPerUpdateMax, each checked before
 * what it bounds is read; at most two numbers are kept a fact.
 * Errors: CarrierError, the first that is found; nothing of a faulty update is given back.
 * Source: Yjs 13.6, update format v1 (encoding.js, readClientsStructRefs).
 */
export const scanUpdate = (base: BaseId, update: Uint8Array): Scanned =>
  atOnce(scanning(base, update));

type Scanned = Result<readonly RunSpans[], CarrierError>;

/** The same as work that can be cut. */
export function* scanning(base: BaseId, update: Uint8Array): Work<Scanned> {
  const bytesMax = LIMITS.updateBytesMax;
  if (update.length > bytesMax) {
    return err({ kind: 'too-large', bytes: update.length, bytesMax });
  }
  const cursor = startCursor(update);
  const runs: OpenRun[] = [];
  const error = (yield* readRuns(base, cursor, runs)) ?? readEnd(cursor);
  if (error !== null) return err(error);
  return ok(
    runs.map(({ session, firstPlace, offsets }) => ({
      session,
      firstPlace,
      spans: Uint32Array.from(offsets),
    })),
  );
}

interface OpenRun {
  readonly session: SessionId;
  readonly sessionBytes: Uint8Array;
  readonly root: Uint8Array;
  readonly firstPlace: number;
  readonly offsets: number[];
  lastSeq: number;
}

const UNDECODABLE: CarrierError = { kind: 'undecodable' };

function* readRuns(base: BaseId, cursor: Cursor, runs: OpenRun[]): Work<CarrierError | null> {
  const sessions = readNumber(cursor);
  if (cursor.isBroken) return UNDECODABLE;
  if (sessions > LIMITS.sessionsPerUpdateMax) return { kind: 'too-many' };
  const clients = new Set<number>();
  let facts = 0;
  for (let index = 0; index < sessions; index += 1) {
    const count = readNumber(cursor);
    const client = readNumber(cursor);
    const clock = readNumber(cursor);
    if (cursor.isBroken || clients.has(client)) return UNDECODABLE;
    facts += count;
    if (facts > LIMITS.factsPerUpdateMax) return { kind: 'too-many' };
    if (clock > LIMITS.integerMax - count) return UNDECODABLE;
    clients.add(client);
    const run = yield* readRun(base, cursor, { client, clock, count });
    if ('kind' in run) return run;
    runs.push(run);
  }
  return null;
}

interface Block {
  readonly client: number;
  readonly clock: number;
  readonly count: number;
}

/** So many entries are read before others may have a turn. */
const ENTRIES_AT_ONCE = 256;

function* readRun(
  base: BaseId,
  cursor: Cursor,
  { client, clock, count }: Block,
): Work<OpenRun | CarrierError> {
  let run: OpenRun | null = null;
  for (let index = 0; index < count; index += 1) {
    if (index % ENTRIES_AT_ONCE === ENTRIES_AT_ONCE - 1) yield;
    const entry = readEntry(cursor);
    if ('kind' in entry) return entry;
    const place = peekPlace(cursor.bytes.subarray(entry.start, entry.end));
    if (place === null) return UNDECODABLE;
    const { session, seq } = place;
    if (run === null) {
      run = openRun(session, seq, clock);
      if (carrierClientId(base, run.session) !== client) return { kind: 'foreign-client', client };
    } else {
      if (compareBytes(session, run.sessionBytes) !== 0) return { kind: 'foreign-client', client };
      if (seq !== run.lastSeq + 1) return { kind: 'gap' };
    }
    const error = checkPosition(cursor, entry, run.root, client, clock + index);
    if (error !== null) return error;
    run.offsets.push(entry.start, entry.end);
    run.lastSeq = seq;
  }
  return run ?? UNDECODABLE;
}

const text = new TextEncoder();

const openRun = (sessionBytes: Uint8Array, seq: number, firstPlace: number): OpenRun => {
  const session = bytesToHex(sessionBytes) as SessionId;
  const root = text.encode(session);
  return { session, sessionBytes, root, firstPlace, offsets: [], lastSeq: seq };
};

/** The first entry of a session names its root; each later one names the entry before as origin. */
const checkPosition = (
  cursor: Cursor,
  entry: Entry,
  root: Uint8Array,
  client: number,
  clock: number,
): CarrierError | null => {
  const { origin } = entry;
  if (entry.hasRightOrigin) return { kind: 'wrong-origin' };
  if (clock > 0) {
    const isAfterLast = origin?.client === client && origin.clock === clock - 1;
    if (!isAfterLast) return { kind: 'wrong-origin' };
    return entry.isInMap ? { kind: 'foreign-root' } : null;
  }
  if (origin !== null) return { kind: 'wrong-origin' };
  if (entry.root === null || entry.isInMap) return { kind: 'foreign-root' };
  const named = cursor.bytes.subarray(entry.root.start, entry.root.end);
  return compareBytes(named, root) === 0 ? null : { kind: 'foreign-root' };
};

/** An empty delete set, and then nothing. */
const readEnd = (cursor: Cursor): CarrierError | null => {
  const deleting = readNumber(cursor);
  if (cursor.isBroken) return UNDECODABLE;
  if (deleting > 0) return { kind: 'delete-set' };
  return cursor.at === cursor.bytes.length ? null : UNDECODABLE;
};

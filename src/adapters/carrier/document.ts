import * as Y from 'yjs';
import type { BaseId, SessionId } from '../../core/base/brands.js';
import { compareBytes } from '../../core/base/hash.js';
import { assert, type Result } from '../../core/base/result.js';
import { carrierClientId } from '../../core/facts/client-id.js';
import type { CarriedRun, Carrier, CarrierError } from '../../ports/carrier.js';
import { readUpdate } from './update-reader.js';

/** The part of a carrier that lives in memory. */
export interface CarrierDocument extends Omit<Carrier, 'close' | 'destroy'> {
  /** The document as it is now; another one after a rebuild. */
  readonly doc: () => Y.Doc;
  /** Calls back after the document was replaced: it held something else than was appended. */
  readonly onRebuilt: (listener: (doc: Y.Doc) => void) => void;
}

/** Reads foreign updates in the order of asking, wherever it does so. Never rejects. */
export type ReadUpdate = (
  base: BaseId,
  update: Uint8Array,
) => Promise<Result<readonly CarriedRun[], CarrierError>>;

const readHere: ReadUpdate = async (base, update) => readUpdate(base, update);

/**
 * A document over an empty or a loaded Y.Doc (rule F10).
 *
 * Facts that are appended win over what a loaded document claims: it is a cache, and where it
 * differs it is rebuilt. Where two sessions get one client id the smaller session id owns it, and
 * the other is not carried.
 */
export const createDocument = (
  base: BaseId,
  loaded: Y.Doc = new Y.Doc(),
  read: ReadUpdate = readHere,
): CarrierDocument => {
  let doc = loaded;
  const listeners: ((doc: Y.Doc) => void)[] = [];

  const append = (runs: readonly CarriedRun[]): void => {
    const held = lengthsOf(doc);
    const { carried, ousted } = ownersOnly(base, [...held.keys()], runs);
    const differing = differingRuns(doc, held, carried);
    if (ousted.size > 0 || differing.size > 0) {
      doc = remaining(base, doc, ousted, differing);
      for (const listener of listeners) listener(doc);
    }
    push(base, doc, carried);
  };

  return {
    base,
    append,
    doc: () => doc,
    onRebuilt: (listener) => void listeners.push(listener),
    lengths: () => lengthsOf(doc),
    stateVector: () => Y.encodeStateVector(doc),
    updateFor: (peerStateVector) => updateFor(base, doc, peerStateVector),
    updateBeyond: (held) => updateFor(base, doc, vectorOf(base, held)),
    snapshotBytes: () => Y.encodeStateAsUpdate(doc),
    decodeUpdate: (update) => read(base, update),
  };
};

const lengthsOf = (doc: Y.Doc): Map<SessionId, number> => {
  const lengths = new Map<SessionId, number>();
  for (const name of doc.share.keys()) {
    const { length } = doc.getArray(name);
    if (length > 0) lengths.set(name as SessionId, length);
  }
  return lengths;
};

const factsOf = (doc: Y.Doc, session: SessionId): readonly Uint8Array[] =>
  doc.getArray<Uint8Array>(session).toArray();

interface Owned {
  readonly carried: readonly CarriedRun[];
  /** Held sessions that have to give their client id to a smaller session id. */
  readonly ousted: ReadonlySet<SessionId>;
}

const ownersOnly = (
  base: BaseId,
  held: readonly SessionId[],
  runs: readonly CarriedRun[],
): Owned => {
  const ownerByClient = new Map<number, SessionId>();
  for (const session of [...held, ...runs.map((run) => run.session)]) {
    const client = carrierClientId(base, session);
    const owner = ownerByClient.get(client);
    if (owner === undefined || session < owner) ownerByClient.set(client, session);
  }
  const isOwner = (session: SessionId): boolean =>
    ownerByClient.get(carrierClientId(base, session)) === session;
  return {
    carried: runs.filter((run) => isOwner(run.session)),
    ousted: new Set(held.filter((session) => !isOwner(session))),
  };
};

/** The places of the sessions that hold other bytes than a run gives for the same places. */
const differingRuns = (
  doc: Y.Doc,
  held: ReadonlyMap<SessionId, number>,
  runs: readonly CarriedRun[],
): ReadonlyMap<SessionId, number> => {
  const firstPlaceBySession = new Map<SessionId, number>();
  for (const { session, firstPlace, facts } of runs) {
    if ((held.get(session) ?? 0) <= firstPlace) continue;
    const others = doc.getArray<Uint8Array>(session).slice(firstPlace, firstPlace + facts.length);
    const isDifferent = facts.some((fact, index) => {
      const other = others[index];
      return other !== undefined && compareBytes(other, fact) !== 0;
    });
    if (isDifferent) firstPlaceBySession.set(session, firstPlace);
  }
  return firstPlaceBySession;
};

/** A new document without the ousted sessions and without what lies beyond the places. */
const remaining = (
  base: BaseId,
  doc: Y.Doc,
  ousted: ReadonlySet<SessionId>,
  placeBySession: ReadonlyMap<SessionId, number>,
): Y.Doc => {
  const kept: CarriedRun[] = [];
  for (const session of lengthsOf(doc).keys()) {
    const facts = factsOf(doc, session).slice(0, placeBySession.get(session));
    if (facts.length > 0 && !ousted.has(session)) kept.push({ session, firstPlace: 0, facts });
  }
  const fresh = new Y.Doc();
  push(base, fresh, kept);
  return fresh;
};

/** One transaction, whatever the number of sessions: single pushes take a hundred times as long. */
export const push = (base: BaseId, doc: Y.Doc, runs: readonly CarriedRun[]): void => {
  doc.transact(() => {
    for (const { session, firstPlace, facts } of runs) {
      const array = doc.getArray<Uint8Array>(session);
      assert(firstPlace <= array.length, 'a run joins on to what the document holds');
      const fresh = facts.slice(array.length - firstPlace);
      if (fresh.length === 0) continue;
      doc.clientID = carrierClientId(base, session);
      array.push(fresh);
    }
  });
};

const updateFor = (base: BaseId, doc: Y.Doc, peerStateVector: Uint8Array): Uint8Array | null => {
  const clocks = readStateVector(peerStateVector);
  if (clocks === null) return null;
  const isLacking = [...lengthsOf(doc)].some(
    ([session, length]) => (clocks.get(carrierClientId(base, session)) ?? 0) < length,
  );
  return isLacking ? Y.encodeStateAsUpdate(doc, peerStateVector) : null;
};

/** The state vector of a document that holds so many facts of each session. */
const vectorOf = (base: BaseId, held: ReadonlyMap<SessionId, number>): Uint8Array =>
  Y.encodeStateVector(
    new Map([...held].map(([session, length]) => [carrierClientId(base, session), length])),
  );

const readStateVector = (bytes: Uint8Array): ReadonlyMap<number, number> | null => {
  try {
    return Y.decodeStateVector(bytes);
  } catch {
    return null;
  }
};

import * as Y from 'yjs';
import type { BaseId, SessionId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok, type Result } from '../../core/base/result.js';
import { carrierClientId } from '../../core/facts/client-id.js';
import { peekEnvelope } from '../../core/facts/codec.js';
import type { CarriedRun, CarrierError } from '../../ports/carrier.js';

type Decoded = ReturnType<typeof Y.decodeUpdate>;
type Struct = Decoded['structs'][number];

interface OpenRun {
  readonly session: SessionId;
  readonly firstPlace: number;
  readonly facts: Uint8Array[];
  seq: number;
}

/**
 * Reads a foreign update without applying it to anything (rule F11).
 *
 * Each entry must be one fact under the client id that base and session give, at the place after
 * the one before, with exactly the origin or root that our own appending writes. What the facts say
 * is not judged here. A run may start beyond what a document holds; admission sees that.
 * Limits: LIMITS.updateBytesMax before anything is decoded.
 * Errors: CarrierError, the first that is found; nothing of a faulty update is given back.
 */
export const readUpdate = (
  base: BaseId,
  update: Uint8Array,
): Result<readonly CarriedRun[], CarrierError> => {
  const bytesMax = LIMITS.updateBytesMax;
  if (update.length > bytesMax) {
    return err({ kind: 'too-large', bytes: update.length, bytesMax });
  }
  const decoded = decode(update);
  if (decoded === null) return err({ kind: 'undecodable' });
  if (decoded.ds.clients.size > 0) return err({ kind: 'delete-set' });
  const runByClient = new Map<number, OpenRun>();
  for (const struct of decoded.structs) {
    const error = readEntry(base, runByClient, struct);
    if (error !== null) return err(error);
  }
  return ok([...runByClient.values()].map(({ seq: _seq, ...run }) => run));
};

/** Whatever the decoder throws on foreign bytes, the bytes are at fault. */
const decode = (update: Uint8Array): Decoded | null => {
  try {
    return Y.decodeUpdate(update);
  } catch {
    return null;
  }
};

const readEntry = (
  base: BaseId,
  runByClient: Map<number, OpenRun>,
  struct: Struct,
): CarrierError | null => {
  if (!(struct instanceof Y.Item)) {
    return { kind: struct instanceof Y.GC ? 'not-binary' : 'gap' };
  }
  const { client, clock } = struct.id;
  if (!(struct.content instanceof Y.ContentBinary)) return { kind: 'not-binary' };
  const fact = struct.content.content;
  const envelope = peekEnvelope(fact);
  if (!envelope.ok) return { kind: 'undecodable' };
  const { session, seq } = envelope.value;
  const run = runByClient.get(client);
  if (run === undefined) {
    if (carrierClientId(base, session) !== client) return { kind: 'foreign-client', client };
    runByClient.set(client, { session, firstPlace: clock, facts: [fact], seq });
  } else {
    if (run.session !== session) return { kind: 'foreign-client', client };
    const isNext = clock === run.firstPlace + run.facts.length && seq === run.seq + 1;
    if (!isNext) return { kind: 'gap' };
    run.facts.push(fact);
    run.seq = seq;
  }
  return checkPosition(struct, session);
};

/** The first entry of a session names its root; each later one names the entry before as origin. */
const checkPosition = (item: Y.Item, session: SessionId): CarrierError | null => {
  const { client, clock } = item.id;
  if (item.rightOrigin !== null) return { kind: 'wrong-origin' };
  if (clock > 0) {
    const isAfterLast = item.origin?.client === client && item.origin.clock === clock - 1;
    return isAfterLast ? null : { kind: 'wrong-origin' };
  }
  if (item.origin !== null) return { kind: 'wrong-origin' };
  const isRoot = (item.parent as unknown) === session && item.parentSub === null;
  return isRoot ? null : { kind: 'foreign-root' };
};

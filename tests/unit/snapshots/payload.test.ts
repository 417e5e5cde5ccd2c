import { describe, expect, it } from 'vitest';
import type { RosterHash } from '../../../src/core/base/brands.js';
import { encodeCanonical, type CanonicalMap } from '../../../src/core/base/canonical.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { createDigestTree, digestOf } from '../../../src/core/journal/digest-tree.js';
import { FIRST_FOLD_VERSION } from '../../../src/core/journal/fold-version.js';
import { itemKeyOf, type Act, type State } from '../../../src/core/journal/state.js';
import { stateToCanonical } from '../../../src/core/journal/state-codec.js';
import {
  captureState,
  encodePayload,
  parsePayload,
  payloadIdOf,
  readStoredPayload,
  settledState,
} from '../../../src/core/snapshots/payload.js';
import { sampleStates } from '../../vectors/journal-vectors.js';
import { ROSTER, idNamed } from '../facts/fixtures.js';

const STATE = Object.values(sampleStates()).at(-1) as State;
const DIGEST = digestOf(STATE);

/** As a head with the right id for these bytes would have it read. */
const read = (bytes: Uint8Array, digest = DIGEST) =>
  parsePayload(bytes, { payload: payloadIdOf(bytes), digest });

const errorOf = (result: ReturnType<typeof read>) => (result.ok ? null : result.error);
const MALFORMED = { kind: 'malformed-payload' };

const wire = stateToCanonical(STATE) as Record<string, readonly never[]>;
const written = (state: CanonicalMap): Uint8Array => encodeCanonical({ v: 1, fold: 1, state });

describe('a payload', () => {
  it('[S7] is read back as the state that it was made of', () => {
    const parsed = read(encodePayload(STATE));
    expect(parsed).toEqual({ ok: true, value: STATE });
  });

  it('[F9] from the own store is read by its form alone', () => {
    expect(readStoredPayload(encodePayload(STATE))).toEqual({ ok: true, value: STATE });
    const kindOf = (bytes: Uint8Array) => errorOf(readStoredPayload(bytes))?.kind;
    expect(kindOf(encodeCanonical({ v: 2, fold: 3, state: 0 }))).toBe('newer-fold');
    expect(kindOf(encodeCanonical({ v: 1, fold: 1, state: 0 }))).toBe('malformed-payload');
    expect(kindOf(encodePayload(STATE).slice(0, -1))).toBe('malformed-payload');
    const spoilt = { ...wire, items: [...(wire['items'] ?? []), [1, 2, 3]] };
    expect(kindOf(written(spoilt))).toBe('malformed-payload');
  });

  it('[S5] with another id is refused', () => {
    const bytes = encodePayload(STATE);
    const named = parsePayload(bytes, { payload: idNamed('payload'), digest: DIGEST });
    expect(errorOf(named)).toEqual({ kind: 'other-payload' });
  });

  it('[S7] whose state has another digest is refused', () => {
    expect(errorOf(read(encodePayload(STATE), idNamed('digest')))).toEqual({
      kind: 'other-digest',
    });
  });

  it('[F13] beyond the limit is refused before it is read', () => {
    const bytes = new Uint8Array(LIMITS.payloadBytesMax + 1);
    const refused = parsePayload(bytes, { payload: idNamed('payload'), digest: DIGEST });
    expect(errorOf(refused)).toEqual({
      kind: 'too-large',
      bytes: bytes.length,
      bytesMax: LIMITS.payloadBytesMax,
    });
  });

  it('[S13] of a newer fold says so, whatever else it holds', () => {
    const newer = encodeCanonical({ v: 2, fold: 3, state: 'in a form of its own' });
    expect(errorOf(read(newer))).toEqual({ kind: 'newer-fold', fold: 3 });
  });

  it.each<readonly [string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no map', encodeCanonical([1])],
    ['bytes', encodeCanonical(Uint8Array.of(1))],
    ['another version', encodeCanonical({ v: 2, fold: 1, state: wire })],
    ['an older fold', encodeCanonical({ v: 1, fold: 0, state: wire })],
    ['no state', encodeCanonical({ v: 1, fold: 1 })],
    ['a key too many', encodeCanonical({ v: 1, fold: 1, state: wire, more: 1 })],
    ['a byte too many', Uint8Array.of(...encodePayload(STATE), 0)],
    ['a missing list', written({ ...wire, acts: null })],
    ['a list too many', written({ ...wire, more: [] })],
    ['items in another order', written({ ...wire, items: [...(wire['items'] ?? [])].reverse() })],
    ['an item twice', written({ ...wire, items: (wire['items'] ?? []).flatMap((i) => [i, i]) })],
    ['sessions in another order', written({ ...wire, sessions: wire['sessions']!.toReversed() })],
    ['items that no session covers', written({ ...wire, sessions: [] })],
    ['waiting changes of what is covered', written({ ...wire, pending: waitingFor(1) })],
    ['a waiting removal with fields', written({ ...wire, pending: waitingFor(99) })],
    ['an item of a negative seq', written({ ...wire, items: [itemAt(-1)] })],
  ])('[S7] of %s is malformed', (_name, bytes) => {
    expect(errorOf(read(bytes))).toEqual(MALFORMED);
  });

  it.each<readonly [string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no map', encodeCanonical([1])],
    ['null', encodeCanonical(null)],
    ['another version', encodeCanonical({ v: 2, fold: 1, state: wire })],
    ['an older fold', encodeCanonical({ v: 1, fold: 0, state: wire })],
    ['a fold in words', encodeCanonical({ v: 1, fold: '2', state: wire })],
    ['no state', encodeCanonical({ v: 1, fold: 1 })],
  ])('[F9] of %s in the own store is malformed', (_name, bytes) => {
    expect(errorOf(readStoredPayload(bytes))).toEqual(MALFORMED);
  });
});

function waitingFor(seq: number): CanonicalMap[string] {
  const [session] = wire['sessions']?.[0] as unknown as [Uint8Array];
  const fields = (wire['items']?.[0] as unknown as never[])[2] as never;
  return [[session, seq, true, fields]];
}

function itemAt(seq: number): CanonicalMap[string] {
  const [session] = wire['sessions']?.[0] as unknown as [Uint8Array];
  return [session, seq, []];
}

describe('capturing', () => {
  const act = (seq: number, roster: RosterHash): Act => ({
    dot: { session: idNamed('session'), seq },
    author: idNamed('author'),
    kind: 'roster.refused',
    roster,
    lamport: seq,
    wallMs: 1,
    body: Uint8Array.of(0xa0),
  });
  const acts = [act(1, idNamed('earlier')), act(2, ROSTER)];
  const state: State = { ...STATE, acts: new Map(acts.map((each) => [itemKeyOf(each.dot), each])) };

  it('[S13] leaves out acts on earlier rosters, and nothing else', () => {
    const settled = settledState(state, ROSTER);
    expect([...settled.acts.values()]).toEqual([acts[1]]);
    expect({ ...settled, acts: null }).toEqual({ ...state, acts: null });
    expect(state.acts.size).toBe(2);
  });

  it('[S4] gives the same with a tree that follows the state as without', () => {
    const plain = captureState(state, ROSTER);
    expect(plain.bytes).toEqual(encodePayload(settledState(state, ROSTER)));
    expect(plain.payload).toBe(payloadIdOf(plain.bytes));
    expect(plain.digest).toBe(digestOf(settledState(state, ROSTER)));
    const tree = createDigestTree();
    expect(captureState(state, ROSTER, FIRST_FOLD_VERSION, tree)).toEqual(plain);
  });
});

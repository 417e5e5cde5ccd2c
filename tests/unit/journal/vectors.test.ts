import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Digest, HeadId, PayloadId } from '../../../src/core/base/brands.js';
import { decodeCanonical, encodeCanonical } from '../../../src/core/base/canonical.js';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import { digestOf } from '../../../src/core/journal/digest-tree.js';
import { parseState, stateToCanonical } from '../../../src/core/journal/state-codec.js';
import { parsePayload, payloadIdOf } from '../../../src/core/snapshots/payload.js';
import { baseIdOf } from '../../../src/replica/journal/heads.js';
import { journalVectors } from '../../vectors/journal-vectors.js';

type Vectors = ReturnType<typeof journalVectors>;

const frozen = <K extends keyof Vectors>(name: K): Vectors[K] =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));

const digestNamed = (name: string): Digest =>
  frozen('digest').find((each) => each.name === name)?.digest as Digest;

describe('frozen bytes', () => {
  it('[F7] this version still makes the frozen bytes', () => {
    const made = journalVectors();
    for (const name of ['state', 'payload', 'digest', 'base-id'] as const) {
      expect(made[name]).toEqual(frozen(name));
    }
  });

  it.each(frozen('state'))('[F7] state: $name', ({ name, bytes }) => {
    const decoded = decodeCanonical(hexToBytes(bytes));
    if (!decoded.ok) throw new Error(decoded.error.kind);
    const state = parseState(decoded.value);
    if (!state.ok) throw new Error(state.error.kind);
    expect(bytesToHex(encodeCanonical(stateToCanonical(state.value)))).toBe(bytes);
    expect(digestOf(state.value)).toBe(digestNamed(name));
  });

  it.each(frozen('payload'))('[S7] payload: $name', ({ name, bytes, id }) => {
    expect(payloadIdOf(hexToBytes(bytes))).toBe(id);
    const expected = { payload: id as PayloadId, digest: digestNamed(name) };
    expect(parsePayload(hexToBytes(bytes), expected).ok).toBe(true);
  });

  it.each(frozen('base-id'))('[F10] base of $heads.length heads', ({ heads, id }) => {
    expect(baseIdOf(heads as HeadId[])).toBe(id);
  });
});

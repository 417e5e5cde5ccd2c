import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import {
  cpaceGenerator,
  cpaceGeneratorString,
  cpaceKey,
  cpaceMultiply,
  cpaceShare,
  cpaceTranscript,
} from '../../../src/core/links/cpace.js';
import vectors from '../../vectors/cpace.json' with { type: 'json' };
import { filled } from './samples.js';

const input = {
  password: hexToBytes(vectors.password),
  channel: hexToBytes(vectors.channel),
  session: hexToBytes(vectors.session),
};
const [scalarA, scalarB] = [hexToBytes(vectors.ya), hexToBytes(vectors.yb)];
const shareA = { point: hexToBytes(vectors.Ya), associated: hexToBytes(vectors.ada) };
const shareB = { point: hexToBytes(vectors.Yb), associated: hexToBytes(vectors.adb) };
const hexOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : bytesToHex(bytes);
const keyHex = (result: ReturnType<typeof cpaceKey>): string | null =>
  result.ok ? bytesToHex(result.value) : null;

describe('CPace over ristretto255 with SHA-512', () => {
  it('[N9] the generator string and the generator are those of the draft', () => {
    expect(hexOf(cpaceGeneratorString(input))).toBe(vectors.generatorString);
    expect(hexOf(cpaceGenerator(input).toBytes())).toBe(vectors.generator);
  });

  it('[N9] both shares, the transcript and the key are those of the draft', () => {
    expect(hexOf(cpaceShare(input, scalarA))).toBe(vectors.Ya);
    expect(hexOf(cpaceShare(input, scalarB))).toBe(vectors.Yb);
    expect(hexOf(cpaceMultiply(scalarA, shareB.point))).toBe(vectors.K);
    expect(hexOf(cpaceMultiply(scalarB, shareA.point))).toBe(vectors.K);
    expect(hexOf(cpaceTranscript(shareA, shareB))).toBe(vectors.transcript);
    expect(hexOf(cpaceTranscript(shareB, shareA))).toBe(vectors.transcript);
    expect(keyHex(cpaceKey(input, scalarA, shareA, shareB))).toBe(vectors.key);
    expect(keyHex(cpaceKey(input, scalarB, shareB, shareA))).toBe(vectors.key);
  });

  it('[N9] multiplying gives what the draft says, and nothing for what is no element', () => {
    const { scalar, point, product, invalid } = vectors.multiply;
    expect(hexOf(cpaceMultiply(hexToBytes(scalar), hexToBytes(point)))).toBe(product);
    for (const bad of invalid) {
      expect(cpaceMultiply(hexToBytes(scalar), hexToBytes(bad))).toBeNull();
      const peer = { point: hexToBytes(bad), associated: shareB.associated };
      expect(cpaceKey(input, scalarA, shareA, peer)).toEqual({
        ok: false,
        error: { kind: 'bad-share' },
      });
    }
    expect(cpaceMultiply(hexToBytes(scalar), filled(31, 1))).toBeNull();
  });

  it('[N9] a share of our own that comes back ends the run', () => {
    expect(cpaceKey(input, scalarA, shareA, shareA)).toEqual({
      ok: false,
      error: { kind: 'own-share' },
    });
  });

  it.each([
    ['password', { ...input, password: filled(8, 1) }],
    ['channel', { ...input, channel: filled(8, 1) }],
    ['run', { ...input, session: filled(16, 1) }],
  ])('[N9] with another %s the two ends come to different keys', (_, other) => {
    const [mine, theirs] = [cpaceShare(input, scalarA), cpaceShare(other, scalarB)];
    const own = { point: mine, associated: shareA.associated };
    const peer = { point: theirs, associated: shareB.associated };
    const left = keyHex(cpaceKey(input, scalarA, own, peer));
    const right = keyHex(cpaceKey(other, scalarB, peer, own));
    expect(left).toMatch(/^[0-9a-f]{128}$/);
    expect(right).toMatch(/^[0-9a-f]{128}$/);
    expect(left).not.toBe(right);
  });

  it('[N9] what an end binds to its share is part of the key', () => {
    const other = { ...shareB, associated: filled(3, 1) };
    expect(keyHex(cpaceKey(input, scalarA, shareA, other))).not.toBe(vectors.key);
  });

  it('[N9] a scalar of the wrong length, or none, is a broken invariant', () => {
    expect(() => cpaceShare(input, filled(31, 1))).toThrow();
    expect(() => cpaceShare(input, filled(32, 0))).toThrow();
  });
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalMap,
  type CanonicalValue,
} from '../../../src/core/base/canonical.js';
import { hexToBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import type { Fact } from '../../../src/core/facts/codec.js';
import {
  buildEquivocationProof,
  equivocationChecks,
  equivocationPoint,
  parseEquivocationProof,
  type EquivocationProof,
} from '../../../src/core/facts/equivocation.js';
import { ACCOUNT, after, alice, bob, branchOf, idNamed, note, sessionOf } from './fixtures.js';

// 0 - 1 - 2 - 3 - 4
//      \- 2'- 3'
const plain = sessionOf(alice, 'home', 5);
const branch = sessionOf(alice, 'home', 4, 2);
const at = (seq: number): Fact => plain[seq] as Fact;

const built = buildEquivocationProof(branchOf(alice, plain), branchOf(alice, branch));
const proofBytes = built.ok ? built.value : new Uint8Array();
const proof = (): EquivocationProof => {
  const parsed = parseEquivocationProof(proofBytes);
  if (!parsed.ok) throw new Error(parsed.error.kind);
  return parsed.value;
};

const wire = (): CanonicalMap => {
  const decoded = decodeCanonical(proofBytes);
  if (!decoded.ok) throw new Error(decoded.error.kind);
  return decoded.value as CanonicalMap;
};

const errorOf = (changes: Readonly<Record<string, CanonicalValue>>): unknown => {
  const parsed = parseEquivocationProof(encodeCanonical({ ...wire(), ...changes }));
  return parsed.ok ? 'no error' : parsed.error;
};

const entries = (facts: readonly Fact[], author = alice): CanonicalValue =>
  facts.map((fact, index) => [
    fact.envelopeBytes,
    index === facts.length - 1 ? author.sign(fact) : null,
  ]);

/** Two branches as the proof orders them. */
const sides = (one: readonly Fact[], other: readonly Fact[]): Record<string, CanonicalValue> => {
  const [left, right] = [one, other].sort((a, b) => ((a[0]?.id ?? '') < (b[0]?.id ?? '') ? -1 : 1));
  return { left: entries(left ?? []), right: entries(right ?? []) };
};

describe('a proof of equivocation', () => {
  test('[F6] holds both branches from their parting on, and says where they part', () => {
    const links = [proof().left, proof().right].map(({ links: all }) => all.map(({ id }) => id));
    const expected = [plain.slice(2), branch.slice(2)].map((facts) => facts.map(({ id }) => id));
    expect(links.sort()).toEqual(expected.sort());
    const { session } = at(0).envelope;
    expect(equivocationPoint(proof())).toEqual({ session, seq: 2, author: alice.device });
  });

  test('[F6] asks for both branch ends to be verified with the author’s key', () => {
    const checks = equivocationChecks(proof());
    expect(checks.map(({ key }) => key)).toEqual([alice.device, alice.device]);
    const answers = checks.map(({ key, message, signature }) =>
      ed25519.verify(signature, message, hexToBytes(key)),
    );
    expect(answers).toEqual([true, true]);
  });

  test('[F6] has one form, whoever builds it and from however far back', () => {
    const swapped = buildEquivocationProof(branchOf(alice, branch), branchOf(alice, plain));
    const short = buildEquivocationProof(
      branchOf(alice, plain.slice(2)),
      branchOf(alice, branch.slice(1)),
    );
    expect(swapped).toEqual(built);
    expect(short).toEqual(built);
  });

  test('[F6] needs branches that part', () => {
    const noParting = { ok: false, error: { kind: 'no-parting' } };
    const whole = branchOf(alice, plain);
    expect(buildEquivocationProof(whole, whole)).toEqual(noParting);
    expect(buildEquivocationProof(whole, branchOf(alice, plain.slice(0, 3)))).toEqual(noParting);
    expect(buildEquivocationProof(whole, branchOf(bob, sessionOf(bob, 'b', 1)))).toMatchObject({
      error: { kind: 'unlinked', seq: 0 },
    });
    expect(errorOf(sides([at(2)], [at(2)]))).toEqual({ kind: 'no-parting' });
    // one place further on, as if it followed the same fact
    const further = after(at(1), note('further'), { seq: 3 });
    expect(errorOf(sides([at(2)], [further]))).toEqual({ kind: 'no-parting' });
    // parted before the pieces that are shown
    expect(errorOf(sides(plain.slice(3), branch.slice(3)))).toEqual({ kind: 'no-parting' });
    expect(errorOf(sides(plain.slice(2), branch.slice(3)))).toEqual({ kind: 'no-parting' });
    expect(errorOf({ left: wire().right as never, right: wire().left as never })).toEqual({
      kind: 'no-parting',
    });
  });

  test('[F6] is of one account, session and author', () => {
    const foreign = { kind: 'unlinked', seq: 2 };
    expect(errorOf({ account: hexToBytes(idNamed('another')) })).toEqual(foreign);
    expect(errorOf({ session: hexToBytes(idNamed('another')) })).toEqual(foreign);
    const bobs = after(at(1), note('by bob'), { author: bob.device });
    expect(errorOf(sides([at(2)], [bobs]))).toEqual(foreign);
    expect(ACCOUNT).toBe(proof().account);
  });

  test('[F6] is linked without gaps', () => {
    expect(errorOf(sides([at(2), at(4)], branch.slice(2)))).toEqual({ kind: 'unlinked', seq: 4 });
    const loose = after(at(2), note('loose'), { prev: at(1).id });
    expect(errorOf(sides([at(2), loose], branch.slice(2)))).toEqual({ kind: 'unlinked', seq: 3 });
    const ahead = after(at(2), note('ahead'), { seq: 4 });
    expect(errorOf(sides([at(2), ahead], branch.slice(2)))).toEqual({ kind: 'unlinked', seq: 4 });
  });

  test('[F6] is signed at each end and nowhere else', () => {
    const signature = new Uint8Array(64);
    const side = (...signatures: (Uint8Array | null)[]): CanonicalValue =>
      signatures.map((each, index) => [at(2 + index).envelopeBytes, each]);
    for (const left of [side(null), side(signature, null), side(signature, signature), []]) {
      expect(errorOf({ left })).toEqual({ kind: 'malformed', field: 'left' });
      expect(errorOf({ right: left })).toEqual({ kind: 'malformed', field: 'right' });
    }
    expect(errorOf({ left: side(new Uint8Array(63)) })).toEqual({
      kind: 'malformed',
      field: 'left',
    });
  });

  test('[F2] has a limit, and is canonical', () => {
    const long = sessionOf(alice, 'home', LIMITS.equivocationFactsMax + 1);
    const other = branchOf(alice, branch.slice(0, 3));
    const factsMax = LIMITS.equivocationFactsMax;
    const fitting = branchOf(alice, long.slice(0, factsMax + 1));
    expect(buildEquivocationProof(fitting, other).ok).toBe(true);
    const next = after(long.at(-1) as Fact, note('one more'));
    expect(buildEquivocationProof(branchOf(alice, [...long, next]), other)).toEqual({
      ok: false,
      error: { kind: 'too-long', facts: factsMax + 1, factsMax },
    });
    expect(parseEquivocationProof(Uint8Array.of(0x18, 0))).toMatchObject({
      ok: false,
      error: { kind: 'not-canonical' },
    });
    expect(errorOf({ left: [[Uint8Array.of(0x80), new Uint8Array(64)]] })).toEqual({
      kind: 'bad-envelope',
      reason: { kind: 'malformed', field: 'envelope' },
    });
  });
});

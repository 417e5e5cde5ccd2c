import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import type { AccountId, BaseId, DeviceId, FactId } from '../../src/core/base/brands.js';
import { encodeCanonical } from '../../src/core/base/canonical.js';
import { bytesToHex, hexToBytes, sha256 } from '../../src/core/base/hash.js';
import { parseBody } from '../../src/core/facts/bodies.js';
import { carrierClientId } from '../../src/core/facts/client-id.js';
import { encodeFact, factSigningBytes, parseFact } from '../../src/core/facts/codec.js';
import {
  buildEquivocationProof,
  equivocationChecks,
  equivocationPoint,
  parseEquivocationProof,
} from '../../src/core/facts/equivocation.js';
import { sessionIdOf } from '../../src/core/facts/session.js';
import {
  ACCOUNT,
  alice,
  branchOf,
  idNamed,
  nonceNamed,
  openingFields,
  sessionOf,
} from '../unit/facts/fixtures.js';
import { sampleBodies } from '../unit/facts/sample-bodies.js';

/**
 * Frozen bytes: a change here is a new format version. `written*` says what this version writes; on
 * purpose nothing writes the files, so a new vector is pasted in by hand from a failing comparison.
 */
const frozen = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));

/** A file of its own for each set of kinds that came later: what is frozen is not written again. */
const frozenFacts = (): { kind: string; id: string; bytes: string }[] =>
  ['facts', 'facts-upgrades', 'facts-declined', 'facts-tried', 'facts-policy'].flatMap((name) => frozen(name) as []);

const fields = { ...openingFields(alice, 'home'), seq: 1, prev: idNamed<FactId>('fact') };

export const writtenFacts = (): unknown =>
  sampleBodies().map((body) => {
    const fact = encodeFact(fields, body);
    const { envelope, id } = fact;
    return { kind: envelope.kind, id, body: bytesToHex(fact.bodyBytes), bytes: hex(fact.bytes) };
  });

const hex = bytesToHex;

/** Facts that are refused, or whose bodies are, each with its reason. */
export const writtenBadFacts = (): unknown => {
  const good = encodeFact(fields, { kind: 'record.removed', record: { session: SESSION, seq: 3 } });
  const changed = (at: number, byte: number): Uint8Array =>
    Uint8Array.from(good.bytes, (each, index) => (index === at ? byte : each));
  const last = good.bytes.length - 1;
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['cut short', good.bytes.slice(0, -1)],
    ['a byte too many', Uint8Array.of(...good.bytes, 0)],
    ['a body that the envelope does not name', changed(last, 4)],
    ['an envelope of version 2', changed(4, 2)],
    ['one part only', encodeCanonical([good.envelopeBytes])],
    ['an envelope that is text', encodeCanonical(['envelope', good.bodyBytes])],
    ['a length in a longer form', Uint8Array.of(0x98, 2, ...good.bytes.slice(1))],
    ['an indefinite array', Uint8Array.of(0x9f, ...good.bytes.slice(1), 0xff)],
  ];
  return bad.map(([title, bytes]) => {
    const parsed = parseFact(bytes);
    return { title, bytes: hex(bytes), error: parsed.ok ? null : parsed.error };
  });
};

const SESSION = sessionIdOf(ACCOUNT, alice.device, nonceNamed('home'));

export const writtenIds = (): unknown => {
  const opened = sessionOf(alice, 'home', 1)[0];
  if (opened === undefined) throw new Error('no fact');
  const base = idNamed<BaseId>('base');
  return {
    session: { account: ACCOUNT, author: alice.device, nonce: nonceNamed('home'), id: SESSION },
    client: { base, session: SESSION, id: carrierClientId(base, SESSION) },
    signature: {
      secret: hex(sha256(new TextEncoder().encode('alice'))),
      fact: opened.id,
      message: hex(factSigningBytes(opened.id)),
      signature: hex(alice.sign(opened)),
    },
  };
};

export const writtenProof = (): unknown => {
  const plain = branchOf(alice, sessionOf(alice, 'home', 4));
  const branch = branchOf(alice, sessionOf(alice, 'home', 3, 2));
  const proof = buildEquivocationProof(plain, branch);
  return { bytes: proof.ok ? hex(proof.value) : null, session: SESSION, seq: 2 };
};

describe('frozen bytes', () => {
  test('[F1] facts of every kind are written as ever', () => {
    expect(writtenFacts()).toEqual(frozenFacts());
  });

  test('[F1] facts of every kind are read as ever', () => {
    for (const vector of frozenFacts()) {
      const fact = parseFact(hexToBytes(vector.bytes));
      if (!fact.ok) throw new Error(`${vector.kind}: ${fact.error.kind}`);
      expect(fact.value.id).toBe(vector.id);
      const body = parseBody(vector.kind, fact.value.bodyBytes);
      expect(body.ok && body.value.kind).toBe(vector.kind);
    }
  });

  test('[F2] facts that are refused are refused for the same reason', () => {
    expect(writtenBadFacts()).toEqual(frozen('facts-refused'));
    for (const vector of frozen('facts-refused') as { bytes: string; error: unknown }[]) {
      expect(parseFact(hexToBytes(vector.bytes))).toEqual({ ok: false, error: vector.error });
    }
  });

  test('[F1] session ids, client ids and signatures are as ever', () => {
    expect(writtenIds()).toEqual(frozen('ids'));
    const { session, signature } = frozen('ids') as Record<string, Record<string, string>>;
    expect(
      sessionIdOf(session?.account as AccountId, session?.author as DeviceId, session?.nonce ?? ''),
    ).toBe(session?.id);
    const secret = hexToBytes(signature?.secret ?? '');
    expect(hex(ed25519.sign(factSigningBytes(signature?.fact as FactId), secret))).toBe(
      signature?.signature,
    );
  });

  test('[F6] a proof of equivocation is as ever', () => {
    expect(writtenProof()).toEqual(frozen('equivocation'));
    const vector = frozen('equivocation') as { bytes: string; session: string; seq: number };
    const proof = parseEquivocationProof(hexToBytes(vector.bytes));
    if (!proof.ok) throw new Error(proof.error.kind);
    const { session, seq } = equivocationPoint(proof.value);
    expect({ session, seq }).toEqual({ session: vector.session, seq: vector.seq });
    for (const { key, message, signature } of equivocationChecks(proof.value)) {
      expect(ed25519.verify(signature, message, hexToBytes(key))).toBe(true);
    }
  });
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import {
  brandHex,
  type DeviceId,
  type EncryptionKey,
  type StatementHash,
} from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import {
  isEncryptionKeyAcceptable,
  isSigningKeyAcceptable,
} from '../../../src/core/authority/enrolled-key.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import {
  rosterStatement,
  shareSigningBytes,
  shortCodeOf,
  snapshotStatement,
  statementHashOf,
} from '../../../src/core/authority/statement.js';
import {
  admitThreshold,
  joinShares,
  joinThresholds,
  thresholdChecks,
} from '../../../src/core/authority/threshold-signature.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  hexOf,
  shareOf,
  standaloneRecord,
  subjectOf,
  verdictsOf,
} from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const statement = hexOf<StatementHash>('a statement');
const message = shareSigningBytes(statement);
const signed = (people: (typeof alice)[]) =>
  joinShares(
    THREE,
    people.map((person) => shareOf(person, message)),
  );
const admit = (signature: ReturnType<typeof signed>, need = 2) =>
  admitThreshold(signature, THREE, verdictsOf(thresholdChecks(signature, statement, THREE)), need);

describe('threshold signatures', () => {
  it('[A6] distinct members of the roster reach the threshold', () => {
    expect(admit(signed([alice, bob])).ok).toBe(true);
    expect(admit(signed([alice, dave]))).toEqual({
      ok: false,
      error: { kind: 'below-threshold', have: 1, need: 2 },
    });
    expect(signed([bob, alice])).toEqual(signed([alice, bob, alice]));
  });

  it('[A6, C4] of several signatures of one member the least stays, in any order', () => {
    const of = (byte: number) => ({
      signer: alice.device,
      signature: new Uint8Array(64).fill(byte),
    });
    const least = joinShares(THREE, [of(3)]);
    expect(joinShares(THREE, [of(7), of(3), of(5)])).toEqual(least);
    expect(joinShares(THREE, [of(3), of(7)])).toEqual(least);
    const both = [joinShares(THREE, [of(7)]), least] as const;
    expect(joinThresholds(...both)).toEqual(least);
    expect(joinThresholds(both[1], both[0])).toEqual(least);
  });

  it('[A6] a bit beyond the roster refuses the whole', () => {
    const good = signed([alice, bob, carol]);
    const extra = {
      ...good,
      signers: Uint8Array.of((good.signers[0] as number) | 8),
      signatures: [...good.signatures, new Uint8Array(64)],
    };
    expect(admit(extra)).toEqual({ ok: false, error: { kind: 'bit-beyond-roster', bit: 3 } });
  });

  it('[A6] the bitmap and the list of signatures have exactly the roster’s lengths', () => {
    const good = signed([alice, bob]);
    const long = { ...good, signers: Uint8Array.of(good.signers[0] as number, 0) };
    expect(admit(long)).toMatchObject({ error: { kind: 'bitmap-length', bytes: 2 } });
    const empty = { ...good, signers: new Uint8Array(0) };
    expect(admit(empty)).toMatchObject({ error: { kind: 'bitmap-length', bytes: 0 } });
    const more = { ...good, signatures: [...good.signatures, good.signatures[0] as Uint8Array] };
    expect(admit(more)).toMatchObject({ error: { kind: 'signature-count', have: 3, need: 2 } });
  });

  it('[A6] shares of another purpose do not count', () => {
    const votes = rosterStatement({
      account: ACCOUNT,
      epoch: THREE.epoch,
      roster: rosterHashOf(THREE),
      record: rosterHashOf(THREE),
      round: 0,
      proposer: alice.device,
    });
    const snapshot = statementHashOf(snapshotStatement(subjectOf(THREE)));
    const shares = [alice, bob].map((each) =>
      shareOf(each, shareSigningBytes(statementHashOf(votes))),
    );
    const checks = thresholdChecks(joinShares(THREE, shares), snapshot, THREE);
    expect(verdictsOf(checks)).toEqual([false, false]);
    const bare = [alice, bob].map((each) => shareOf(each, Buffer.from(statement, 'hex')));
    expect(verdictsOf(thresholdChecks(joinShares(THREE, bare), statement, THREE))).toEqual([
      false,
      false,
    ]);
  });

  it('[A6] a suite that the record does not allow is refused', () => {
    const record = { ...THREE, suites: ['another'] };
    const judged = admitThreshold(signed([alice, bob]), record, [], 2);
    expect(judged).toMatchObject({ error: { kind: 'suite-not-allowed' } });
  });

  it('[C2] the short code is the first 80 bits in unmistakable letters', () => {
    const hash = `${'00'.repeat(4)}1f${'ff'.repeat(27)}`;
    expect(shortCodeOf(brandHex(hash))).toEqual(['0000', '000Z', 'ZZZZ', 'ZZZZ']);
    const lowest = `${'08421'.repeat(4)}${'00'.repeat(22)}`;
    expect(shortCodeOf(brandHex(lowest))).toEqual(['1111', '1111', '1111', '1111']);
  });
});

describe('enrolled keys', () => {
  const keyOf = (bytes: Uint8Array): DeviceId => brandHex<DeviceId>(bytesToHex(bytes));
  const torsion = ed25519.Point.fromHex(
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  );

  it('[A2] small-order, torsioned and oddly encoded signing keys are refused', () => {
    expect(isSigningKeyAcceptable(alice.device)).toBe(true);
    for (let times = 0n; times < 8n; times += 1n) {
      const small = times === 0n ? ed25519.Point.ZERO : torsion.multiply(times);
      expect(isSigningKeyAcceptable(keyOf(small.toBytes()))).toBe(false);
      const mixed = ed25519.Point.fromHex(alice.device).add(small);
      expect(isSigningKeyAcceptable(keyOf(mixed.toBytes()))).toBe(times === 0n);
    }
    const primePlusOne = `ee${'ff'.repeat(30)}7f`;
    const minusZero = `01${'00'.repeat(30)}80`;
    const offCurve = `02${'00'.repeat(31)}`;
    for (const odd of [primePlusOne, minusZero, offCurve]) {
      expect(isSigningKeyAcceptable(brandHex(odd))).toBe(false);
    }
  });

  it('[A2] low-order and oddly encoded encryption keys are refused', () => {
    expect(isEncryptionKeyAcceptable(alice.encryptionKey)).toBe(true);
    const bad = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      `09${'00'.repeat(30)}80`,
    ];
    for (const key of bad) expect(isEncryptionKeyAcceptable(key as EncryptionKey)).toBe(false);
    expect(isEncryptionKeyAcceptable(`09${'00'.repeat(31)}` as EncryptionKey)).toBe(true);
  });
});

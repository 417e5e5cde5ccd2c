import { describe, expect, it } from 'vitest';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { bytesToHex, hashOf, hexToBytes, sha256 } from '../../../src/core/base/hash.js';
import {
  accountRoom,
  contentKey,
  pairingKey,
  pairingRoom,
  pairwiseRoom,
  secretCommitment,
} from '../../../src/core/links/rooms.js';
import vectors from '../../vectors/handshake.json' with { type: 'json' };
import { SAS_EMOJI, SAS_WORDS } from '../../../src/core/links/sas-words.js';
import { shortString } from '../../../src/core/links/short-string.js';
import pairing from '../../vectors/pairing.json' with { type: 'json' };
import { ACCOUNT, filled, id } from './samples.js';

const secret = filled(32, 5);
const HEX_64 = /^[0-9a-f]{64}$/;

describe('rooms', () => {
  it('[N3] names, passwords and keys keep their frozen values', () => {
    expect({
      account: accountRoom(secret, ACCOUNT),
      pairwise: pairwiseRoom(secret, ACCOUNT, 3),
      pairing: pairingRoom(filled(16, 6)),
      contentKey: bytesToHex(contentKey(secret, ACCOUNT, 'relay')),
      pairingKey: bytesToHex(pairingKey(filled(16, 6))),
      commitment: secretCommitment(secret),
    }).toEqual(vectors.rooms);
  });

  it('[N3] nothing that is derived equals anything else that is', () => {
    const rooms = [
      accountRoom(secret, ACCOUNT),
      accountRoom(filled(32, 6), ACCOUNT),
      accountRoom(secret, id(0xad)),
      pairwiseRoom(secret, ACCOUNT, 0),
      pairwiseRoom(secret, ACCOUNT, 1),
      pairingRoom(filled(16, 5)),
      pairingRoom(filled(16, 6)),
    ];
    const derived = [
      ...rooms.flatMap(({ name, password }) => [name, password]),
      bytesToHex(contentKey(secret, ACCOUNT, 'relay')),
      bytesToHex(contentKey(secret, ACCOUNT, 'blob')),
      bytesToHex(pairingKey(filled(16, 5))),
      secretCommitment(secret),
    ];
    expect(new Set(derived).size).toBe(derived.length);
    expect(derived.every((one) => HEX_64.test(one))).toBe(true);
  });

  it('[N3] the commitment is the hash that a roster record states', () => {
    expect(secretCommitment(secret)).toBe(hashOf('upkeep/secret/1', secret));
    expect(hexToBytes(secretCommitment(secret))).toHaveLength(32);
  });

  it('[N3] a secret of the wrong length is a broken invariant', () => {
    expect(() => accountRoom(filled(31, 1), ACCOUNT)).toThrow();
    expect(() => contentKey(filled(33, 1), ACCOUNT, 'relay')).toThrow();
    expect(() => pairwiseRoom(filled(16, 1), ACCOUNT, 0)).toThrow();
    expect(() => pairwiseRoom(secret, ACCOUNT, -1)).toThrow();
    expect(() => pairingRoom(filled(32, 1))).toThrow();
    expect(() => pairingKey(filled(32, 1))).toThrow();
    expect(() => secretCommitment(filled(16, 1))).toThrow();
  });
});

describe('words to compare', () => {
  it('[N9] stand in their frozen order: two versions of the app show the same', () => {
    const pictures = SAS_EMOJI.map(({ symbol, name }) => [symbol, name]);
    expect(bytesToHex(sha256(encodeCanonical([SAS_WORDS, pictures])))).toBe(
      '3f439c86b614e9d3240ce5dc7b28db616ad208093842fdf00c193e81e8c9ef61',
    );
    expect(shortString(id(0))).toEqual(pairing.shownForZero);
  });
});

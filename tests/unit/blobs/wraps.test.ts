import { describe, expect, test } from 'vitest';
import type { AccountId, BlobId, SessionId } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { WRAPS_PER_FACT_MAX } from '../../../src/core/blobs/wraps.js';
import { planRewrapping, unwrapKey, wrapKey, wrappedKeyOf } from '../../../src/core/blobs/wraps.js';
import { encodeBody } from '../../../src/core/facts/bodies.js';
import { wrapMark } from '../../../src/core/journal/file-fields.js';
import type { Register } from '../../../src/core/journal/registers.js';

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const idOf = <T extends string>(byte: number): T => bytesToHex(filled(32, byte)) as T;
const account = idOf<AccountId>(9);
const key = filled(32, 7);

const mark = (value: Register['value']): Register => ({
  ...{ lamport: 1, session: idOf<SessionId>(1), seq: 1, wallMs: 0, value },
});

describe('wrapped keys', () => {
  test('[S10] open under the secret and the account that they were wrapped for alone', () => {
    const wrap = wrapKey(filled(32, 1), account, key);
    expect(wrap.length).toBe(40);
    expect(wrapKey(filled(32, 1), account, key)).toEqual(wrap);
    expect(unwrapKey(filled(32, 1), account, wrap)).toEqual(key);
    expect(unwrapKey(filled(32, 2), account, wrap)).toBeNull();
    expect(unwrapKey(filled(32, 1), idOf(8), wrap)).toBeNull();
    expect(unwrapKey(filled(32, 1), account, wrap.slice(8))).toBeNull();
    expect(unwrapKey(filled(32, 1), account, filled(40, 0))).toBeNull();
  });

  test('[S10] of an earlier epoch are to be wrapped again, others and unknown ones not', () => {
    const [old, present, none, odd] = [1, 2, 3, 4].map((byte) => idOf<BlobId>(byte)) as [
      ...BlobId[],
    ] as [BlobId, BlobId, BlobId, BlobId];
    const marks = new Map([
      [wrapMark(old), mark([3, filled(40, 1)])],
      [wrapMark(present), mark([4, filled(40, 1)])],
      [wrapMark(odd), mark('text')],
    ]);
    expect(wrappedKeyOf(marks, old)).toEqual({ epoch: 3, wrap: filled(40, 1) });
    expect(wrappedKeyOf(marks, odd)).toBeNull();
    expect(planRewrapping(marks, [present, old, none, odd, old], 4)).toEqual([old]);
  });

  test('[S10] of a whole batch fit one fact', () => {
    const wraps = Array.from({ length: WRAPS_PER_FACT_MAX }, (_, byte) => ({
      blob: idOf<BlobId>(byte),
      wrap: filled(40, 255),
    }));
    const epoch = LIMITS.integerMax;
    expect(encodeBody({ kind: 'blobs.wrapped', epoch, wraps }).ok).toBe(true);
  });
});

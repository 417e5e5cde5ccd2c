import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../../src/adapters/memory/memory-keys.js';
import { createNobleVerifier } from '../../../src/adapters/noble-verifier.js';
import {
  type AccountId,
  type DeviceId,
  type SessionId,
  brandHex,
} from '../../../src/core/base/brands.js';
import type { SignedValue } from '../../../src/core/base/signed-value.js';
import {
  checkShared,
  sharedStamp,
  sharedToSign,
  stampToShare,
} from '../../../src/core/cache/shared-value.js';
import { isSameStamp, isServable, readFloors } from '../../../src/core/cache/validity.js';
import { floorMark, invalidationMark } from '../../../src/core/journal/floors.js';

const id = <T extends string>(byte: string): T => brandHex<T>(byte.repeat(32));
const [account, other] = [id<AccountId>('ac'), id<AccountId>('ad')];
const sessions = ['51', '52', '53'].map((byte) => id<SessionId>(byte));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const key = fc.constantFrom('thumb:a', 'thumb:b', 'other');
const known = fc
  .uniqueArray(fc.constantFrom(...sessions))
  .chain((of) =>
    fc.tuple(
      ...of.sort().map((session) => fc.record({ session: fc.constant(session), seq: fc.nat(5) })),
    ),
  );
const said = fc.record({ epoch: fc.nat(6), known, bytes });
const marks = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('thumb:*', 'thumb:a', '*').map(floorMark), fc.nat(6)),
    fc.tuple(
      fc
        .tuple(fc.constantFrom(...sessions), fc.constantFrom('thumb:*', 'thumb:a'))
        .map(([session, pattern]) => invalidationMark(session, pattern)),
      fc.nat(5),
    ),
  ),
);
const floorsOf = (list: readonly (readonly [string, number])[]) =>
  readFloors(
    new Map(
      list.map(([name, value]) => [
        name,
        { lamport: 1, session: sessions[0] as SessionId, seq: 0, wallMs: 0, value },
      ]),
    ),
  );
const keys = createMemoryKeys('maker');
const verifier = createNobleVerifier();
const maker = keys.signer.device;
const signed = async (
  of: string,
  value: Omit<SignedValue, 'signature' | 'maker'>,
): Promise<SignedValue> => {
  const made = { ...value, maker };
  return { ...made, signature: await keys.signer.sign(sharedToSign(account, of, made)) };
};
const believing = { account, epoch: 6, floors: floorsOf([]), isBelieved: () => true };
const holds = async (
  ground: typeof believing,
  of: string,
  value: SignedValue,
): Promise<boolean> => {
  const check = checkShared(ground, of, value);
  return check.ok && (await verifier.verify([check.value]))[0] === true;
};

describe('a value that another device worked out', () => {
  test('[K4] is taken for the key, account and bytes that its maker signed, and for no other', async () => {
    await fc.assert(
      fc.asyncProperty(key, key, said, said, async (of, another, value, else_) => {
        const made = await signed(of, value);
        expect(await holds(believing, of, made)).toBe(true);
        expect(await holds({ ...believing, account: other }, of, made)).toBe(false);
        expect(await holds(believing, another, made)).toBe(another === of);
        const moved = { ...made, maker: id<DeviceId>('dd') };
        expect(await holds(believing, of, moved)).toBe(false);
        for (const field of ['epoch', 'known', 'bytes'] as const) {
          const twisted = { ...made, [field]: else_[field] };
          const isSame = JSON.stringify(twisted) === JSON.stringify(made);
          expect(await holds(believing, of, twisted)).toBe(isSame);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('[K4, K1, K2] is never taken where a value with its stamp is not served', () => {
    fc.assert(
      fc.property(key, said, marks, fc.nat(6), (of, value, list, epoch) => {
        const floors = floorsOf(list);
        const made: SignedValue = { ...value, maker, signature: new Uint8Array(64) };
        const check = checkShared({ ...believing, floors, epoch }, of, made);
        const isKnown = value.epoch <= epoch;
        expect(check.ok).toBe(isKnown && isServable(floors, of, sharedStamp(value)));
        if (!isKnown) expect(check).toMatchObject({ error: { kind: 'future-epoch' } });
        expect(checkShared({ ...believing, isBelieved: () => false }, of, made)).toEqual({
          ok: false,
          error: { kind: 'not-believed' },
        });
      }),
    );
  });

  test('[K4] goes to others with what was known of it, however that was listed', () => {
    fc.assert(
      fc.property(said, (value) => {
        const stamp = sharedStamp({ ...value, known: [...value.known].reverse() });
        const again = stampToShare(stamp);
        expect(again).toEqual({ epoch: value.epoch, known: value.known });
        expect(isSameStamp(sharedStamp(again ?? value), stamp)).toBe(true);
      }),
    );
    const many = new Map(
      Array.from({ length: 257 }, (_, at) => [
        brandHex<SessionId>(at.toString(16).padStart(64, '0')),
        1,
      ]),
    );
    expect(stampToShare({ epoch: 1, invalidations: many })).toBeNull();
  });
});

import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asWritten,
  canonicalFault,
  decodeCanonical,
  decodingCanonical,
  encodeCanonical,
  type CanonicalValue,
} from '../../../src/core/base/canonical.js';
import { compareBytes, hexToBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { atOnce } from '../../../src/core/base/work.js';

const leaf: fc.Arbitrary<CanonicalValue> = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.constantFrom(-1, -24, -25, -256, -257, -(2 ** 32), 1 - 2 ** 53),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }),
);

const { value: anyValue } = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(fc.string({ maxLength: 3 }), fc.constant('__proto__')), tie('value'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
}));

/** The definition that the reader must equal: strict decoding, then the same bytes again. */
const isCanonicalByReencoding = (bytes: Uint8Array): boolean => {
  try {
    const value: unknown = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
      useMaps: true,
      ignoreBOM: true,
      fatal: true,
    } as Parameters<typeof decode>[1]);
    if (!isSayable(value, 0)) return false;
    return compareBytes(encode(value, rfc8949EncodeOptions), bytes) === 0;
  } catch {
    return false;
  }
};

const isSayable = (value: unknown, depth: number): boolean => {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (value instanceof Uint8Array || value === null) return true;
  if (typeof value !== 'object') return value !== undefined;
  if (depth >= LIMITS.cborDepthMax) return false;
  if (Array.isArray(value)) return value.every((item) => isSayable(item, depth + 1));
  const map = value as Map<unknown, unknown>;
  return [...map].every(([key, item]) => typeof key === 'string' && isSayable(item, depth + 1));
};

describe('canonical bytes', () => {
  test('[F2] the writer writes what cborg writes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(compareBytes(encodeCanonical(value), encode(value, rfc8949EncodeOptions))).toBe(0);
      }),
    );
  });

  test('[F2] every value comes back from its bytes, and its bytes from it', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeCanonical(value);
        const back = decodeCanonical(bytes);
        if (!back.ok) throw new Error(JSON.stringify(back.error));
        expect(encodeCanonical(back.value)).toEqual(bytes);
        expect(back.value).toEqual(value);
        expect(bytes.constructor).toBe(Uint8Array);
        expect(bytes.buffer.byteLength).toBe(bytes.length);
      }),
    );
  });

  test('[F2] the reader accepts exactly what re-encodes to the same bytes', () => {
    const mutated = fc
      .tuple(anyValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }))
      .map(([value, changes]) => {
        const bytes = Uint8Array.from(encodeCanonical(value));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const initial = fc.constantFrom(0x18, 0x19, 0x1a, 0x38, 0x58, 0x78, 0x81, 0xa1, 0xa2, 0xf9);
    const headed = fc
      .tuple(initial, fc.uint8Array({ maxLength: 12 }))
      .map(([first, rest]) => Uint8Array.of(first, ...rest));
    const candidates = fc.oneof(mutated, headed, fc.uint8Array({ maxLength: 6 }));
    fc.assert(
      fc.property(candidates, (bytes) => {
        const decoded = decodeCanonical(bytes);
        expect(decoded.ok).toBe(isCanonicalByReencoding(bytes));
        expect(canonicalFault(bytes)).toEqual(decoded.ok ? null : decoded.error);
        expect(atOnce(decodingCanonical(bytes, bytes.length))).toEqual(decoded);
      }),
      { numRuns: 20_000 },
    );
  });

  test('[F2] what is taken while bytes are read is left out, and nothing else', () => {
    const lists = fc.dictionary(fc.constantFrom('a', 'b'), fc.array(leaf, { maxLength: 5 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(lists, leaf, (inner, outer) => {
        const taken: CanonicalValue[] = [];
        const take = (key: string, item: CanonicalValue): boolean => {
          const isIt = key === 'a' && typeof item !== 'string';
          if (isIt) taken.push(item);
          return isIt;
        };
        const bytes = encodeCanonical({ outer, inner });
        const { a = [], ...others } = inner;
        const left = a.filter((each) => typeof each === 'string');
        const kept = 'a' in inner ? { ...others, a: left } : others;
        const value = { outer, inner: kept };
        expect(atOnce(decodingCanonical(bytes, bytes.length, take))).toEqual({ ok: true, value });
        expect(taken).toEqual(a.filter((each) => typeof each !== 'string'));
      }),
    );
  });

  test('[F2] cutting bytes short or adding one is always refused', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(255), (value, at, extra) => {
        const bytes = encodeCanonical(value);
        expect(decodeCanonical(bytes.subarray(0, at % bytes.length)).ok).toBe(false);
        expect(decodeCanonical(Uint8Array.of(...bytes, extra))).toEqual({
          ok: false,
          error: { kind: 'trailing-bytes', at: bytes.length },
        });
      }),
    );
  });
});

describe('faults have a kind and a place', () => {
  test.each([
    ['1800', 'not-shortest', 0],
    ['811817', 'not-shortest', 1],
    ['190001', 'not-shortest', 0],
    ['1b00000000ffffffff', 'not-shortest', 0],
    ['780161', 'not-shortest', 0],
    ['1b0020000000000000', 'integer-range', 0],
    ['3b001fffffffffffff', 'integer-range', 0],
    ['1c', 'unsupported', 0],
    ['9fff', 'unsupported', 0],
    ['5f4100ff', 'unsupported', 0],
    ['f93c00', 'unsupported', 0],
    ['fb3ff8000000000000', 'unsupported', 0],
    ['f7', 'unsupported', 0],
    ['f820', 'unsupported', 0],
    ['c100', 'unsupported', 0],
    ['62c328', 'ill-formed-text', 0],
    ['63eda080', 'ill-formed-text', 0],
    ['a10000', 'key-not-text', 1],
    ['a2616100616100', 'key-order', 4],
    ['a2616200616100', 'key-order', 4],
    ['a262616100616200', 'key-order', 5],
    ['8100f6', 'trailing-bytes', 2],
    ['', 'truncated', 0],
    ['82', 'truncated', 1],
    ['5bffffffffffffffff', 'integer-range', 0],
    ['9b001fffffffffffff', 'truncated', 9],
    ['5b001fffffffffffff', 'truncated', 0],
    ['4401', 'truncated', 0],
  ] as const)('[F2] %s is %s', (hex, kind, at) => {
    expect(decodeCanonical(hexToBytes(hex))).toEqual({ ok: false, error: { kind, at } });
  });

  test('[F2] depth is counted in nested arrays and maps', () => {
    const nested = (depth: number): Uint8Array =>
      Uint8Array.of(...new Array<number>(depth - 1).fill(0x81), 0x80);
    expect(decodeCanonical(nested(LIMITS.cborDepthMax)).ok).toBe(true);
    expect(decodeCanonical(nested(LIMITS.cborDepthMax + 1))).toEqual({
      ok: false,
      error: { kind: 'too-deep', at: LIMITS.cborDepthMax },
    });
    expect(decodeCanonical(nested(100_000)).ok).toBe(false);
  });

  test('[F2, N8] items are counted as they are announced, in arrays and maps together', () => {
    const bytes = encodeCanonical([[1, 2], { a: 3 }]);
    expect(decodeCanonical(bytes, bytes.length, 6).ok).toBe(true);
    expect(decodeCanonical(bytes, bytes.length, 5)).toEqual({
      ok: false,
      error: { kind: 'too-many', at: 4 },
    });
    const announced = Uint8Array.of(0x9a, 0x00, 0xff, 0xff, 0xff);
    expect(decodeCanonical(announced, 5, 1_000)).toEqual({
      ok: false,
      error: { kind: 'too-many', at: 0 },
    });
  });

  test('[F2] bytes beyond the limit are not even read', () => {
    expect(decodeCanonical(new Uint8Array(9), 8)).toEqual({
      ok: false,
      error: { kind: 'too-large', bytes: 9, bytesMax: 8 },
    });
  });

  test('[F1] what is written already stands among other values as if it were written there', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (value, other) => {
        const written = encodeCanonical([asWritten(encodeCanonical(value)), { of: other }]);
        expect(written).toEqual(encodeCanonical([value, { of: other }]));
        const within = encodeCanonical({ of: asWritten(encodeCanonical(other)) });
        expect(within).toEqual(encodeCanonical({ of: other }));
      }),
    );
  });

  test('[F2] a word reads the same whatever words were read before it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 300 }), (words) => {
        expect(decodeCanonical(encodeCanonical(words))).toEqual({ ok: true, value: words });
      }),
    );
  });

  test('[F2] a byte order mark is text like any other', () => {
    const bytes = encodeCanonical(`\ufeff${'x'.repeat(80)}`);
    expect(decodeCanonical(bytes)).toEqual({ ok: true, value: `\ufeff${'x'.repeat(80)}` });
  });

  test.each([
    ['a fraction', 1.5],
    ['a number too large', 2 ** 53],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['undefined', { a: undefined }],
    ['a bigint', 1n],
    ['a Map', new Map()],
  ])('[F2] writing %s is a broken invariant', (_name, value) => {
    expect(() => encodeCanonical(value as CanonicalValue)).toThrow('broken invariant');
  });
});

import { describe, expect, test } from 'vitest';
import type { BlobId, SessionId } from '../../../src/core/base/brands.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { attachmentsOf, checkFile } from '../../../src/core/blobs/attachments.js';
import { areRanges, chunksIn, rangesOf } from '../../../src/core/blobs/chunk-ranges.js';
import { blobOfField, fileField } from '../../../src/core/journal/file-fields.js';
import type { Register } from '../../../src/core/journal/registers.js';

const idOf = <T extends string>(byte: number): T =>
  byte.toString(16).padStart(2, '0').repeat(32) as T;
const field = (value: Register['value']): Register => ({
  ...{ lamport: 1, session: idOf<SessionId>(1), seq: 1, wallMs: 5, value },
});
const a = idOf<BlobId>(0xa);
const b = idOf<BlobId>(0xb);
const c = idOf<BlobId>(0xc);

describe('attachments', () => {
  test('[F7] are what the fields of an item still name, by name and then by blob', () => {
    const fields = new Map([
      ['title', field('Boiler')],
      [fileField(b), field(['manual.pdf', 'application/pdf', 10])],
      [fileField(c), field(null)],
      [fileField(a), field(['manual.pdf', '', 11])],
      ['file:nonsense', field(['x', '', 1])],
    ]);
    expect(attachmentsOf(fields).map(({ blob, bytes }) => [blob, bytes])).toEqual([
      [a, 11],
      [b, 10],
    ]);
    expect(blobOfField('title')).toBeNull();
  });

  test('[F13] are checked where they are written: name, size, a type that fits or none', () => {
    const draft = { name: ' a.txt ', type: 'text/plain', bytes: 3 };
    expect(checkFile(draft)).toEqual({ ok: true, value: { ...draft, name: 'a.txt' } });
    const errorOf = (changed: object): unknown => {
      const checked = checkFile({ ...draft, ...changed });
      return checked.ok ? checked.value : checked.error;
    };
    const max = LIMITS.fileNameCharactersMax;
    expect(errorOf({ name: ' ' })).toEqual({ kind: 'empty', field: 'name' });
    expect(errorOf({ name: 'x'.repeat(max + 1) })).toEqual({
      kind: 'too-long',
      field: 'name',
      max,
    });
    expect(errorOf({ name: '\ud800' })).toEqual({ kind: 'ill-formed', field: 'name' });
    const bytes = LIMITS.blobBytesMax + 1;
    expect(errorOf({ bytes })).toEqual({ kind: 'too-large', bytes, max: LIMITS.blobBytesMax });
    expect(errorOf({ type: 'x'.repeat(101) })).toMatchObject({ type: '' });
    expect(errorOf({ type: '\ud800' })).toMatchObject({ type: '' });
  });
});

describe('ranges of chunks', () => {
  test('[N7] name a set in one form, and give it back', () => {
    const ranges = rangesOf([5, 1, 2, 2, 0, 7]);
    expect(ranges).toEqual([
      { from: 0, count: 3 },
      { from: 5, count: 1 },
      { from: 7, count: 1 },
    ]);
    expect(chunksIn(ranges)).toEqual([0, 1, 2, 5, 7]);
    expect(areRanges(ranges, 8)).toBe(true);
    expect(areRanges([], 1)).toBe(true);
    expect(areRanges(ranges, 7)).toBe(false);
    const bad = [
      [{ from: 0, count: 0 }],
      [
        { from: 0, count: 2 },
        { from: 2, count: 1 },
      ],
      [
        { from: 3, count: 1 },
        { from: 0, count: 1 },
      ],
    ];
    expect(bad.map((each) => areRanges(each, 10))).toEqual([false, false, false]);
  });
});

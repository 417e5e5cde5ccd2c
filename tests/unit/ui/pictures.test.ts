import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jpegSize, mayBePicture, sniffPicture } from '../../../src/ui/screens/files/pictures.js';
import { isThumbnail } from '../../../src/ui/screens/files/thumbnail.js';

const bytesOf = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((character) => character.charCodeAt(0)) : [...part],
    ),
  );
const box = (...brands: readonly string[]): Uint8Array =>
  bytesOf(
    [0, 0, 0, 16 + 4 * (brands.length - 1)],
    'ftyp',
    brands[0] ?? '',
    [0, 0, 0, 0],
    ...brands.slice(1),
  );

describe('[P1] which attached files are drawn', () => {
  it.each([
    ['image/png', bytesOf([0x89], 'PNG\r\n', [0x1a, 0x0a], 'IHDR')],
    ['image/jpeg', bytesOf([0xff, 0xd8, 0xff, 0xe0], 'JFIF')],
    ['image/gif', bytesOf('GIF89a', [1, 0])],
    ['image/webp', bytesOf('RIFF', [9, 0, 0, 0], 'WEBPVP8 ')],
    ['image/avif', box('avif', 'mif1')],
    ['image/avif', box('mif1', 'miaf', 'avis')],
  ] as const)('[P1] %s is told by its first bytes', (type, bytes) => {
    expect(sniffPicture(bytes)).toBe(type);
  });

  it.each([
    ['a drawing with scripts', bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['a page', bytesOf('<!doctype html><img src=x onerror=alert(1)>')],
    ['a document', bytesOf('%PDF-1.7')],
    ['a sound in the same box as a picture', bytesOf('RIFF', [9, 0, 0, 0], 'WAVEfmt ')],
    ['a film in the same box as a picture', box('isom', 'mp42')],
    ['a brand beyond the end of its box', bytesOf([0, 0, 0, 16], 'ftypisom', [0, 0, 0, 0], 'avif')],
    ['a box that ends within a brand', bytesOf([0, 0, 0, 24], 'ftypmif1', [0, 0, 0, 0], 'av')],
    ['half a beginning', bytesOf([0x89], 'PNG')],
    ['nothing', bytesOf()],
  ])('[P1] %s is not drawn', (_what, bytes) => {
    expect(sniffPicture(bytes)).toBeNull();
  });

  it('[P1] bytes that lie within others are read where they lie', () => {
    const avif = box('avif');
    const within = new Uint8Array(40).fill(0xff);
    within.set(avif, 5);
    expect(sniffPicture(within.subarray(5, 5 + avif.length))).toBe('image/avif');
  });

  it('[P1] it is worth looking by name or type, and never for a drawing with scripts', () => {
    expect(mayBePicture('IMG_2041.JPG', '')).toBe(true);
    expect(mayBePicture('scan', 'image/webp')).toBe(true);
    expect(mayBePicture('plan.svg', 'image/svg+xml')).toBe(false);
    expect(mayBePicture('bill.pdf', 'application/pdf')).toBe(false);
  });
});

describe('[K4] a small picture of another device', () => {
  /** A picture of that size as far as its headers go. */
  const jpeg = (width: number, height: number, frame = 0xc0): Uint8Array =>
    Uint8Array.from([
      ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff, frame, 0, 11, 8],
      ...[height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
    ]);

  it('[K4] is told by its headers, before anything of it is decoded', () => {
    expect(jpegSize(jpeg(144, 100))).toEqual([144, 100]);
    expect(jpegSize(jpeg(65_535, 1, 0xc2))).toEqual([65_535, 1]);
    expect(jpegSize(jpeg(144, 144, 0xda))).toBeNull();
    expect([144, 143, 1_440].map((edge) => isThumbnail(jpeg(edge, 144)))).toEqual([
      ...[true, false, false],
    ]);
    expect(isThumbnail(jpeg(144, 144, 0xc2))).toBe(true);
    expect(isThumbnail(new Uint8Array())).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        for (const bytes of [tail, Uint8Array.from([0xff, 0xd8, 0xff, ...tail])]) {
          expect(() => isThumbnail(bytes)).not.toThrow();
        }
      }),
    );
  });
});

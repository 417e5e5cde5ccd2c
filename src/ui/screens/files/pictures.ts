/** The kinds of pictures that are drawn; anything else is only handed out as a file. */
export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/avif';

const ENDINGS = /\.(?:png|jpe?g|webp|gif|avif)$/iu;
/** A larger one is drawn only when a person opens it, bytes. */
export const THUMBNAIL_BYTES_MAX = 16 * 1024 * 1024;

const startsWith = (bytes: Uint8Array, start: readonly number[], at = 0): boolean =>
  start.every((byte, index) => bytes[at + index] === byte);

const textAt = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

/**
 * What kind of picture these bytes begin like; null for everything that is not drawn.
 *
 * Neither the name nor the type that somebody gave counts: a drawing with scripts in it, or a page,
 * is never shown, whatever it is called. Errors: none; too few bytes are no picture.
 * Source: PNG 5.2, JPEG B.1.1, WebP container, GIF89a 17, AVIF 1.1 section 6 (ISO BMFF `ftyp`).
 */
export const sniffPicture = (bytes: Uint8Array): PictureType | null => {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  const head = textAt(bytes, 0, 6);
  if (head === 'GIF87a' || head === 'GIF89a') return 'image/gif';
  if (textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 12) === 'WEBP') return 'image/webp';
  return textAt(bytes, 4, 8) === 'ftyp' && hasAvifBrand(bytes) ? 'image/avif' : null;
};

/** The first box names the brands that the file is made for: one, its version, then others. */
const hasAvifBrand = (bytes: Uint8Array): boolean => {
  const boxBytes = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const end = Math.min(boxBytes, bytes.length, 256);
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) {
    const brand = textAt(bytes, at, at + 4);
    if (brand === 'avif' || brand === 'avis') return true;
  }
  return false;
};

/** Width and height that a JPEG says of itself; null where it says nothing that can be read. */
export const jpegSize = (bytes: Uint8Array): readonly [number, number] | null => {
  if (!startsWith(bytes, [0xff, 0xd8, 0xff])) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 9 <= bytes.length && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return null;
};

/** Whether it is worth looking if these bytes are a picture. */
export const mayBePicture = (name: string, type: string): boolean =>
  ENDINGS.test(name) || (type.startsWith('image/') && !type.startsWith('image/svg'));

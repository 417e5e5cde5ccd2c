import { jpegSize, sniffPicture } from './pictures.js';

/** As large as a row shows it, on a screen with three dots where others have one. */
export const THUMBNAIL_PX = 144;
const TYPE = 'image/jpeg';
const QUALITY = 0.72;
/** As its camera was held: said, since not every browser turns a picture unasked. */
const UPRIGHT: ImageBitmapOptions = { imageOrientation: 'from-image' };

/**
 * A small picture of a picture: its middle, square, as every browser draws it.
 *
 * Empty where the bytes begin like no picture that is drawn, or cannot be drawn.
 */
export const makeThumbnail = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const type = sniffPicture(bytes);
  if (type === null) return new Uint8Array();
  const whole = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const drawn = await createImageBitmap(whole, UPRIGHT).catch(() => null);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = THUMBNAIL_PX;
  const paper = canvas.getContext('2d');
  if (drawn === null || paper === null) return new Uint8Array();
  const edge = Math.min(drawn.width, drawn.height);
  const [left, top] = [(drawn.width - edge) / 2, (drawn.height - edge) / 2];
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  paper.imageSmoothingQuality = 'high';
  paper.drawImage(drawn, left, top, edge, edge, 0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  drawn.close();
  const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, TYPE, QUALITY));
  return small === null ? new Uint8Array() : new Uint8Array(await small.arrayBuffer());
};

/** Whether bytes of another device are a small picture at all: before any of it is decoded. */
export const isThumbnail = (bytes: Uint8Array): boolean =>
  jpegSize(bytes)?.every((edge) => edge === THUMBNAIL_PX) === true;

/** Pictures are compared by the mean colours of so many squares by so many. */
const SQUARES = 8;
/** Browsers draw and pack alike up to this much, of 255. */
const DIFFERENCE_MAX = 32;

/**
 * Whether two small pictures show the same, as far as pictures drawn and packed apart can.
 *
 * Where this device could not draw its own, as with a format that its browser lacks, nobody is
 * accused of what it cannot judge.
 */
export const isSamePicture = async (own: Uint8Array, theirs: Uint8Array): Promise<boolean> => {
  if (own.length === 0) return true;
  const [left, right] = await Promise.all([meanColours(own), meanColours(theirs)]);
  if (left === null || right === null) return false;
  return left.every((value, at) => Math.abs(value - (right[at] ?? 0)) <= DIFFERENCE_MAX);
};

/** The picture shrunk to a few squares, four bytes each; null where it cannot be drawn. */
const meanColours = async (bytes: Uint8Array): Promise<Uint8ClampedArray | null> => {
  const whole = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: TYPE });
  const drawn = await createImageBitmap(whole).catch(() => null);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SQUARES;
  const paper = canvas.getContext('2d');
  if (drawn === null || paper === null) return null;
  paper.imageSmoothingQuality = 'high';
  paper.drawImage(drawn, 0, 0, SQUARES, SQUARES);
  drawn.close();
  return paper.getImageData(0, 0, SQUARES, SQUARES).data;
};

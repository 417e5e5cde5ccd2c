import { sniffPicture } from './pictures.js';

/** As large as a row shows it, on a screen with three dots where others have one. */
export const THUMBNAIL_PX = 144;
const TYPE = 'image/jpeg';
const QUALITY = 0.72;

/**
 * A small picture of a picture: its middle, square, as every browser draws it.
 *
 * Empty where the bytes begin like no picture that is drawn, or cannot be drawn.
 */
export const makeThumbnail = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const type = sniffPicture(bytes);
  if (type === null) return new Uint8Array();
  const whole = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const drawn = await createImageBitmap(whole).catch(() => null);
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

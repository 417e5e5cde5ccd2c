/** What a code is looked for in: the present picture of a video, or a photo. */
export type QrSource = HTMLVideoElement | ImageBitmap;
/** Finds a QR code in a picture; null where there is none. */
export type QrReader = (source: QrSource) => Promise<string | null>;

/** The browser's own detector, as far as it is used here. */
interface Detector {
  readonly detect: (source: QrSource) => Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { readonly formats: readonly string[] }): Detector;
  readonly getSupportedFormats: () => Promise<readonly string[]>;
}

/** Longer edge of the picture that is searched: enough for a code that fills a third of it. */
const SEARCHED_PX = 720;
/** A photo may show the code small, and is searched once. */
const PHOTO_PX = 1_600;

/**
 * Chooses the browser's own reader where it knows QR codes, else loads ours.
 *
 * Errors: none thrown by the reader; a picture without a code gives null.
 */
export const createQrReader = async (): Promise<QrReader> => (await nativeReader()) ?? ownReader();

/** Reads a code out of a photo; null where none is found, or the file is no picture. */
export const readPhoto = async (file: Blob): Promise<string | null> => {
  const photo = await createImageBitmap(file).catch(() => null);
  if (photo === null) return null;
  const native = await nativeReader();
  const found = (await native?.(photo)) ?? (await (await ownReader(PHOTO_PX))(photo));
  photo.close();
  return found;
};

const nativeReader = async (): Promise<QrReader | null> => {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorMaker };
  if (BarcodeDetector === undefined) return null;
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (!formats.includes('qr_code')) return null;
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (source) => {
      try {
        return (await detector.detect(source))[0]?.rawValue ?? null;
      } catch {
        return null;
      }
    };
  } catch {
    return null;
  }
};

const ownReader = async (edgePx = SEARCHED_PX): Promise<QrReader> => {
  const { default: decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (source) => {
    const [fullWidth, fullHeight] =
      source instanceof HTMLVideoElement
        ? [source.videoWidth, source.videoHeight]
        : [source.width, source.height];
    const scale = Math.min(1, edgePx / Math.max(fullWidth, fullHeight, 1));
    const width = Math.round(fullWidth * scale);
    const height = Math.round(fullHeight * scale);
    if (context === null || width === 0 || height === 0) return Promise.resolve(null);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.drawImage(source, 0, 0, width, height);
    try {
      return Promise.resolve(decodeQR(context.getImageData(0, 0, width, height)));
    } catch {
      return Promise.resolve(null);
    }
  };
};

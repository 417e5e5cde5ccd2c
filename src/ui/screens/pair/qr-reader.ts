/** Finds a QR code in what a video shows now; null where there is none. */
export type QrReader = (video: HTMLVideoElement) => Promise<string | null>;

/** The browser's own detector, as far as it is used here. */
interface Detector {
  readonly detect: (source: HTMLVideoElement) => Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { readonly formats: readonly string[] }): Detector;
  readonly getSupportedFormats: () => Promise<readonly string[]>;
}

/** Longer edge of the picture that is searched: enough for a code that fills a third of it. */
const SEARCHED_PX = 720;

/**
 * Chooses the browser's own reader where it knows QR codes, else loads ours.
 *
 * Errors: none thrown by the reader; a picture without a code gives null.
 */
export const createQrReader = async (): Promise<QrReader> => (await nativeReader()) ?? ownReader();

const nativeReader = async (): Promise<QrReader | null> => {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorMaker };
  if (BarcodeDetector === undefined) return null;
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (!formats.includes('qr_code')) return null;
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => {
      try {
        return (await detector.detect(video))[0]?.rawValue ?? null;
      } catch {
        return null;
      }
    };
  } catch {
    return null;
  }
};

const ownReader = async (): Promise<QrReader> => {
  const { default: decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, SEARCHED_PX / Math.max(video.videoWidth, video.videoHeight, 1));
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (context === null || width === 0 || height === 0) return Promise.resolve(null);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.drawImage(video, 0, 0, width, height);
    try {
      return Promise.resolve(decodeQR(context.getImageData(0, 0, width, height)));
    } catch {
      return Promise.resolve(null);
    }
  };
};

import { nameToSave } from './file-names.js';
import { sniffPicture } from './pictures.js';

/** How long the browser may take to fetch what it was handed, ms. */
const KEPT_MS = 60_000;
/** What other apps take by its type; anything else goes as plain bytes. */
const SHARED_TYPES: readonly string[] = [
  'application/pdf',
  'text/plain',
  'text/csv',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'video/mp4',
  'video/webm',
];

/** Bytes as a browser's own parts take them. */
const blobOf = (bytes: Uint8Array, type: string): Blob =>
  new Blob([bytes as Uint8Array<ArrayBuffer>], { type });

/** An address for a picture that was found to be one; the caller lets go of it. */
export const pictureUrl = (bytes: Uint8Array): string | null => {
  const type = sniffPicture(bytes);
  return type === null ? null : URL.createObjectURL(blobOf(bytes, type));
};

/** Saves a copy where the browser saves downloads: as mere bytes, never opened by it. */
export const saveFile = (name: string, bytes: Uint8Array): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blobOf(bytes, 'application/octet-stream'));
  link.download = nameToSave(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
};

const toFile = (name: string, type: string, bytes: Uint8Array): File => {
  const known = sniffPicture(bytes) ?? SHARED_TYPES.find((each) => each === type);
  return new File([blobOf(bytes, '')], nameToSave(name), {
    type: known ?? 'application/octet-stream',
  });
};

/** Whether this browser can hand files to other apps at all. */
export const canShareFiles = (): boolean => {
  const { canShare } = navigator as Partial<Navigator>;
  const sample = new File([], 'picture.png', { type: 'image/png' });
  return canShare?.call(navigator, { files: [sample] }) === true;
};

/**
 * Hands a file to another app. `late`: the touch that asked for it is too long ago, as after a
 * large file was read; asked again, it goes at once.
 */
export const shareFile = async (
  name: string,
  type: string,
  bytes: Uint8Array,
): Promise<'done' | 'late' | 'refused'> => {
  const files = [toFile(name, type, bytes)];
  if (!navigator.canShare({ files })) return 'refused';
  try {
    await navigator.share({ files });
    return 'done';
  } catch (cause) {
    const named = cause instanceof DOMException ? cause.name : '';
    // The person closed the sheet: nothing more is wanted.
    if (named === 'AbortError') return 'done';
    return named === 'NotAllowedError' ? 'late' : 'refused';
  }
};

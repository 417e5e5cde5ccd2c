import { LIMITS } from '../../../core/base/limits.js';
import { plainName } from '../../names.js';

const ENDING_CHARACTERS_MAX = 12;
/** What no file system takes in a name, and what would lead out of a folder. */
const FORBIDDEN = /[\u0000-\u001f\u007f/\\:*?"<>|]/gu;

/** Halves of characters, which no text may hold. */
const HALVES = /\p{Cs}/gu;

/** What people call a file, by its name alone. */
export type FileKind = 'picture' | 'sound' | 'film' | 'paper' | 'other';

const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['picture', /\.(?:png|jpe?g|webp|gif|avif|heic|svg|bmp|tiff?)$/iu],
  ['sound', /\.(?:mp3|m4a|ogg|opus|wav|flac|aac)$/iu],
  ['film', /\.(?:mp4|mov|webm|mkv|avi|m4v)$/iu],
  ['paper', /\.(?:pdf|docx?|odt|rtf|txt|md|xlsx?|ods|csv|pptx?|odp|pages|numbers)$/iu],
];

export const nameToKind = (name: string): FileKind =>
  KINDS.find(([, endings]) => endings.test(name))?.[0] ?? 'other';

/** `.pdf` with its point; empty where there is none worth keeping. */
const endingOf = (name: string): string => {
  const at = name.lastIndexOf('.');
  const ending = at > 0 ? name.slice(at) : '';
  return ending.length <= ENDING_CHARACTERS_MAX ? ending : '';
};

/**
 * The name under which a file is attached: without tricks, cut to what may be kept, its ending
 * left on. `otherwise` stands for a name of which nothing is left.
 */
export const fileToName = (given: string, otherwise: string): string => {
  const plain = plainName(
    given.replace(HALVES, '\ufffd').normalize('NFC').replace(FORBIDDEN, ' '),
  ).trim();
  if (plain === '') return otherwise;
  const characters = [...plain];
  if (characters.length <= LIMITS.fileNameCharactersMax) return plain;
  const ending = endingOf(plain);
  const stem = characters.slice(0, LIMITS.fileNameCharactersMax - [...ending].length).join('');
  return `${stem}${ending}`;
};

/** The name that a file is handed out under: another device wrote it, so it is cleaned again. */
export const nameToSave = (name: string): string =>
  fileToName(name, 'file').replace(/^\.+/u, '') || 'file';

import type { IconName } from '../../components/icons.js';
import type { FileKind } from './file-names.js';

/** The drawing that stands for each kind of file. */
export const FILE_ICONS = {
  picture: 'picture',
  sound: 'sound',
  film: 'film',
  paper: 'paper',
  other: 'clip',
} as const satisfies Record<FileKind, IconName>;

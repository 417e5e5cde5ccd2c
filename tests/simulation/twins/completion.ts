import { parseSnapshotCompletion as read } from '../../../src/core/authority/completion.js';
import { rememberEqual } from './remembered.js';

export * from '../../../src/core/authority/completion.js';

/** The parseSnapshotCompletion of the app, asked once for equal bytes. */
export const parseSnapshotCompletion: typeof read = rememberEqual(read);

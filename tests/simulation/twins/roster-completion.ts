import { parseRosterCompletion as read } from '../../../src/core/authority/roster-completion.js';
import { rememberEqual } from './remembered.js';

export * from '../../../src/core/authority/roster-completion.js';

/** The parseRosterCompletion of the app, asked once for equal bytes. */
export const parseRosterCompletion: typeof read = rememberEqual(read);

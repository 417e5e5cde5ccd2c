import { parseFact as read } from '../../../src/core/facts/codec.js';
import { rememberEqual } from './remembered.js';

export * from '../../../src/core/facts/codec.js';

/** The parseFact of the app, asked once for equal bytes. */
export const parseFact: typeof read = rememberEqual(read);

import { common, format } from './en/common.js';

/** English: the first language, and the shape of every other. */
export const en = { format, common };

import { LIMITS } from '../../core/base/limits.js';

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** What a person typed, cut to a length in UTF-16 units, without the halves of characters. */
const wellFormedText = (text: string, charactersMax: number): string =>
  text.slice(0, charactersMax).replace(LONE_SURROGATE, '');

/** A comment or reason as a fact holds it. */
export const remarkOf = (text: string): string => wellFormedText(text, LIMITS.reasonCharactersMax);

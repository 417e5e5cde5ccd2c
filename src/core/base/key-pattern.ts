/**
 * Keys of cached values, and patterns over them.
 *
 * A pattern that ends with `*` covers every key that begins with what stands before it; `*` alone
 * covers all. An asterisk stands nowhere else, so that every text is one of the two.
 */
export const isKeyPattern = (text: string): boolean => {
  const at = text.indexOf('*');
  return text !== '' && (at < 0 || at === text.length - 1);
};

/** Whether a text names many keys and not one. */
export const isPrefix = (pattern: string): boolean => pattern.endsWith('*');

/** Whether a pattern speaks of that key. */
export const isMatch = (pattern: string, key: string): boolean =>
  isPrefix(pattern) ? key.startsWith(pattern.slice(0, -1)) : pattern === key;

/** The other patterns that speak of all that a pattern speaks of, the longest first. */
export const patternsOver = (pattern: string): readonly string[] => {
  const longest = isPrefix(pattern) ? pattern.length - 2 : pattern.length;
  return Array.from({ length: longest + 1 }, (_, at) => `${pattern.slice(0, longest - at)}*`);
};

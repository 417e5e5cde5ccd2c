import type { SessionId } from '../base/brands.js';
import { isMatch, isPrefix, patternsOver } from '../base/key-pattern.js';
import type { Fields, Register } from './registers.js';

const FLOOR = 'max/floor/';
const INVALIDATED = 'max/inval/';
/** A session's id and a slash. */
const SESSION_UNITS = 65;

/** The mark of the epoch below which nothing is served that a pattern covers (rule K1). */
export const floorMark = (pattern: string): string => FLOOR + pattern;

/** The mark of the last fact of a session that invalidated what a pattern covers (rule K2). */
export const invalidationMark = (session: SessionId, pattern: string): string =>
  `${INVALIDATED}${session}/${pattern}`;

/** What a mark says of cached values; null for one that says nothing of them. */
export type CacheMark =
  | { readonly kind: 'floor'; readonly pattern: string }
  | { readonly kind: 'invalidated'; readonly session: SessionId; readonly pattern: string };

export const cacheMarkOf = (name: string): CacheMark | null => {
  if (name.startsWith(FLOOR)) return { kind: 'floor', pattern: name.slice(FLOOR.length) };
  if (!name.startsWith(INVALIDATED)) return null;
  const rest = name.slice(INVALIDATED.length);
  const session = rest.slice(0, SESSION_UNITS - 1) as SessionId;
  return { kind: 'invalidated', session, pattern: rest.slice(SESSION_UNITS) };
};

/** The part of a name before its pattern; null where no mark of that name is ever swept. */
const groupOf = (name: string): string | null => {
  if (name.startsWith(FLOOR)) return FLOOR;
  return name.startsWith(INVALIDATED) ? name.slice(0, INVALIDATED.length + SESSION_UNITS) : null;
};

/**
 * Whether a mark says nothing that a mark of the same group with a wider pattern does not say.
 *
 * A floor is below that of a wider pattern, or not above it; an invalidation came, in its session,
 * before one of a wider pattern: whoever does not know the earlier cannot know the later.
 */
const isNeedless = (marks: Fields, name: string, { value }: Register): boolean => {
  const group = groupOf(name);
  if (group === null) return false;
  return patternsOver(name.slice(group.length)).some(
    (pattern) => Number(marks.get(group + pattern)?.value ?? -1) >= Number(value),
  );
};

/**
 * Takes out of marks what one of them made needless, after it was put there; itself too.
 *
 * What is left is the marks that no wider one outdoes. That set follows from the greatest value of
 * each name alone, so sweeping before or after a join comes to the same (rule F7).
 */
export const sweepAfter = (marks: Map<string, Register>, name: string): void => {
  const group = groupOf(name);
  const mark = marks.get(name);
  if (group === null || mark === undefined) return;
  if (isNeedless(marks, name, mark)) {
    marks.delete(name);
    return;
  }
  const pattern = name.slice(group.length);
  if (!isPrefix(pattern)) return;
  for (const [other, { value }] of marks) {
    const isCovered =
      other !== name && other.startsWith(group) && isMatch(pattern, other.slice(group.length));
    if (isCovered && Number(value) <= Number(mark.value)) marks.delete(other);
  }
};

/** The marks without those that a wider one outdoes; the same map where there are none. */
export const swept = (marks: Fields): Fields => {
  const needless = [...marks].filter(([name, mark]) => isNeedless(marks, name, mark));
  if (needless.length === 0) return marks;
  const left = new Map(marks);
  for (const [name] of needless) left.delete(name);
  return left;
};

/** A released version: three whole numbers, and nothing after them. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const FORM = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/**
 * Reads a version such as `1.4.0`; null for anything else.
 *
 * Each number has at most six digits: nobody can publish a version that none could follow.
 * Source: Semantic Versioning 2.0, section 2; rule U10 (fast-forward).
 */
export const parseVersion = (text: string): Version | null => {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [major, minor, patch] = parts.slice(1).map(Number) as [number, number, number];
  return { major, minor, patch };
};

/** Below 0 where the left one is the older. Source: Semantic Versioning 2.0, section 11. */
export const compareVersions = (left: Version, right: Version): number =>
  left.major - right.major || left.minor - right.minor || left.patch - right.patch;

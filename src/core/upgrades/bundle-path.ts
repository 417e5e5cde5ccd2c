/** The page that a bundle opens with. */
export const ENTRY_PATH = 'index.html';
/** The script with which a bundle is tried on a copy of a state before it runs (rule U12). */
export const MIGRATION_PATH = 'migration.js';
/** Scripts of loaders, which lie beside bundles: none may hold a file of such a name (rule U6). */
const OF_LOADERS = /^sw(?:-.*)?\.js$/i;

/** UTF-16 units of a path. */
export const PATH_UNITS_MAX = 200;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Whether a file may stand under this path in a bundle.
 *
 * Segments of ASCII letters, digits, dots, dashes and underscores with single slashes between, none
 * of which begins with a dot: so no path leaves its bundle, means the same as another one, or needs
 * decoding. A loader's script is not a path, in whatever case.
 * Source: rules U6 and U10.
 */
export const isBundlePath = (path: string): boolean =>
  path.length <= PATH_UNITS_MAX &&
  !OF_LOADERS.test(path) &&
  path.split('/').every((segment) => SEGMENT.test(segment));

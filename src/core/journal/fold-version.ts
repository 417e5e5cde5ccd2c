/**
 * The highest fold version that this code implements: kinds, their versions and the state's format.
 *
 * An account is at the highest version that a standing snapshot names; until a snapshot raised it,
 * it is at the first. What each version brought is said in `migrations.ts`.
 * Source: rule S13.
 */
export const FOLD_VERSION = 2;

/** The fold version of an account without a snapshot. */
export const FIRST_FOLD_VERSION = 1;

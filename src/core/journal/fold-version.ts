/**
 * The fold version that this code implements: kinds, their versions and the state's format.
 *
 * Source: rule S13.
 */
export const FOLD_VERSION = 1;

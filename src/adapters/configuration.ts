import { type Result, err, ok } from '../core/base/result.js';

/**
 * Why a browser's replica cannot be opened as asked; nothing was opened or kept.
 *
 * `message` is a sentence in English for whoever builds the app, naming what was wrong.
 */
export type ConfigurationError =
  /** A profile is 1 to 32 lowercase letters, digits and hyphens. */
  | { readonly kind: 'bad-profile'; readonly profile: string; readonly message: string }
  /** Not an absolute address of a web socket (`ws:` or `wss:`). */
  | { readonly kind: 'bad-rendezvous'; readonly url: string; readonly message: string }
  /** No such time, or not a whole number of ms from `min` to `max`. */
  | {
      readonly kind: 'bad-timing';
      readonly field: string;
      readonly min: number;
      readonly max: number;
      readonly message: string;
    }
  /** Keys, locks and storage are given to pages over https and on localhost alone. */
  | { readonly kind: 'insecure-page'; readonly message: string };

/** What is looked at before anything is opened. */
export interface Configuration {
  readonly profile: string;
  readonly rendezvousUrls: readonly string[];
  readonly timing?: Readonly<Partial<Record<string, number>>>;
}

/** The longest time that may be set, ms: a year. */
const MS_MAX = 366 * 24 * 3_600_000;

/** Whether a profile's name will do: databases are named by it. */
export const isProfileName = (name: string): boolean => /^[a-z0-9-]{1,32}$/.test(name);

/**
 * Looks whether a device can be opened as configured. `timingFields` are the times there are.
 *
 * Errors: the first of what is wrong.
 */
export const checkConfiguration = (
  { profile, rendezvousUrls, timing = {} }: Configuration,
  timingFields: readonly string[],
  isSecurePage: boolean,
): Result<void, ConfigurationError> => {
  if (!isSecurePage) {
    const message = 'The page is not secure: serve it over https, or from localhost.';
    return err({ kind: 'insecure-page', message });
  }
  if (!isProfileName(profile)) {
    const message = `"${profile}" names no profile: 1 to 32 lowercase letters, digits and hyphens.`;
    return err({ kind: 'bad-profile', profile, message });
  }
  const url = rendezvousUrls.find((each) => !isSocketUrl(each));
  if (url !== undefined) {
    const message = `"${url}" is no rendezvous: its address begins with wss:// (or ws://).`;
    return err({ kind: 'bad-rendezvous', url, message });
  }
  const wrong = Object.entries(timing).find(
    ([field, ms]) => !timingFields.includes(field) || !isTime(ms),
  );
  if (wrong === undefined) return ok(undefined);
  const [field] = wrong;
  const message = timingFields.includes(field)
    ? `timing.${field} is a whole number of milliseconds from 1 to ${MS_MAX}.`
    : `There is no timing.${field}; there are ${timingFields.join(', ')}.`;
  return err({ kind: 'bad-timing', field, min: 1, max: MS_MAX, message });
};

const isSocketUrl = (text: string): boolean =>
  URL.canParse(text) && ['ws:', 'wss:'].includes(new URL(text).protocol);

const isTime = (ms: number | undefined): boolean =>
  Number.isSafeInteger(ms) && ms !== undefined && ms >= 1 && ms <= MS_MAX;

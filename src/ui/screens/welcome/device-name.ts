/** What a device most likely is, told from what the browser says of itself. */
export type Platform =
  | 'iphone'
  | 'ipad'
  | 'android-phone'
  | 'android-tablet'
  | 'mac'
  | 'windows'
  | 'chromebook'
  | 'linux'
  | 'unknown';

/** What is read of the browser's `navigator`. */
export interface PlatformHints {
  readonly userAgent: string;
  /** Fingers that the screen feels at once; a Mac has none, an iPad posing as one has five. */
  readonly maxTouchPoints: number;
}

/** Errors: none; what is not recognised is `unknown`. */
export const platformOf = ({ userAgent, maxTouchPoints }: PlatformHints): Platform => {
  if (/iPhone|iPod/.test(userAgent)) return 'iphone';
  if (/iPad/.test(userAgent)) return 'ipad';
  if (/Macintosh/.test(userAgent)) return maxTouchPoints > 1 ? 'ipad' : 'mac';
  if (/Android/.test(userAgent))
    return /Mobile/.test(userAgent) ? 'android-phone' : 'android-tablet';
  if (/CrOS/.test(userAgent)) return 'chromebook';
  if (/Windows/.test(userAgent)) return 'windows';
  if (/Linux|X11/.test(userAgent)) return 'linux';
  return 'unknown';
};

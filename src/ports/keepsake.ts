/** What is remembered of a device apart from its store. */
export interface Remembered {
  /** The name that it had in its account, 1 to 64 characters; null: it was in none. */
  readonly name: string | null;
  /** False: the last time that its store was to be opened it could not be. */
  readonly opens: boolean;
}

/**
 * A note of a device that lies apart from its store, and so may outlive it (rules F5 and F9).
 *
 * Browsers let go of a device's store, and open an empty one in its place without a word. The note
 * tells such a device from one that was never here. Nothing needs it: it may be gone, or not to be
 * had, at any time. It holds no secret, and what it says proves nothing to anybody.
 * Errors: none; calls never throw.
 */
export interface Keepsake {
  /** Null: nothing was noted, or what lies there is not a note. */
  readonly read: () => Remembered | null;
  readonly write: (note: Remembered) => void;
  readonly forget: () => void;
}

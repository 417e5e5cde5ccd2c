/** Unpredictable bytes. */
export interface Randomness {
  /** Between 0 and 65,536 fresh bytes, safe for keys and nonces. */
  readonly bytes: (length: number) => Uint8Array;
}

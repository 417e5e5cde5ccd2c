/** Changes with a signature beside each, as a carrier would have to bring them. */
export interface Signed {
  readonly key: CryptoKey;
  readonly changes: readonly Uint8Array<ArrayBuffer>[];
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
}

/** So many at once: enough to keep the threads of the platform busy. */
const AT_ONCE = 256;

export const signAll = async (changes: readonly Uint8Array[]): Promise<Signed> => {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, [
    ...(['sign', 'verify'] as const),
  ])) as CryptoKeyPair;
  const own = changes.map((change) => new Uint8Array(change));
  const signatures = await inParts(own, async (change) => {
    const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, change);
    return new Uint8Array(signature);
  });
  return { key: pair.publicKey, changes: own, signatures };
};

/** Verifies each; throws when one does not verify. */
export const verifyAll = async ({ key, changes, signatures }: Signed): Promise<void> => {
  const verdicts = await inParts(changes, (change, at) =>
    crypto.subtle.verify('Ed25519', key, signatures[at] ?? new Uint8Array(64), change),
  );
  if (verdicts.includes(false)) throw new Error('every signature verifies');
};

const inParts = async <T, R>(
  values: readonly T[],
  run: (value: T, at: number) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  for (let from = 0; from < values.length; from += AT_ONCE) {
    const part = values.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(part.map((value, index) => run(value, from + index)))));
  }
  return results;
};

/** Bytes that count how often one of them is looked at, in any view of them. */
export interface CountedBytes {
  readonly bytes: Uint8Array;
  readonly looks: () => number;
}

export const countLooks = (original: Uint8Array): CountedBytes => {
  let looks = 0;
  const counted = (target: Uint8Array): Uint8Array =>
    new Proxy(target, {
      get: (of, name) => {
        if (name === 'subarray') {
          return (from?: number, to?: number) => counted(of.subarray(from, to));
        }
        if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1;
        const member: unknown = Reflect.get(of, name, of);
        // Any other method could look at every byte.
        if (typeof member === 'function') throw new Error(`not counted: ${String(name)}`);
        return member;
      },
    });
  return { bytes: counted(original), looks: () => looks };
};

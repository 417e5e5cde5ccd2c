/**
 * Reads something of an object once, however often it is asked for, as long as the object lives.
 *
 * For objects that never change, and for what is read of them alone.
 */
export const readOnce = <K extends object, V extends NonNullable<unknown> | null>(
  read: (of: K) => V,
): ((of: K) => V) => {
  const known = new WeakMap<K, V>();
  return (of) => {
    const held = known.get(of);
    if (held !== undefined) return held;
    const value = read(of);
    known.set(of, value);
    return value;
  };
};

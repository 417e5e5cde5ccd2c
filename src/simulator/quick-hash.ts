/**
 * A fast hash that takes in bytes and words one after the other: for traces and for signatures that
 * only a simulation believes. Nothing is safe from anyone who wants a collision.
 *
 * Four lanes of 32 bits after FNV-1a and the finalizer of MurmurHash3.
 */
export interface QuickHash {
  readonly addNumber: (value: number) => void;
  readonly addText: (text: string) => void;
  readonly addBytes: (bytes: Uint8Array) => void;
  /** 16 bytes; what was taken in stays. */
  readonly digest: () => Uint8Array;
  readonly hex: () => string;
}

export const createQuickHash = (): QuickHash => {
  let a = 0x811c9dc5 | 0;
  let b = 0x1b873593 | 0;
  let c = 0x2f0b4a27 | 0;
  let d = 0x38b34ae5 | 0;
  const add = (word: number): void => {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ (word + (a >>> 15)), 0x85ebca6b);
    c = Math.imul(c ^ (word ^ (b >>> 13)), 0xc2b2ae35);
    d = Math.imul(d ^ (word + (c >>> 16)), 0x27d4eb2f);
  };
  const digest = (): Uint8Array => {
    const out = new Uint8Array(16);
    const view = new DataView(out.buffer);
    view.setInt32(0, mixed(a ^ d));
    view.setInt32(4, mixed(b ^ a));
    view.setInt32(8, mixed(c ^ b));
    view.setInt32(12, mixed(d ^ c));
    return out;
  };
  return {
    addNumber: (value) => {
      add(value | 0);
      add(Math.floor(value / 2 ** 32) | 0);
    },
    addText: (text) => {
      for (let at = 0; at < text.length; at += 1) add(text.charCodeAt(at));
      add(0x10000 + text.length);
    },
    addBytes: (bytes) => {
      const { length } = bytes;
      let at = 0;
      for (; at + 3 < length; at += 4) {
        const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
        add(high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
      }
      for (; at < length; at += 1) add(bytes[at] as number);
      add(length);
    },
    digest,
    hex: () => [...digest()].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
};

const mixed = (word: number): number => {
  let value = word;
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
};

/** A copy in a buffer of its own, as the browser's interfaces ask for. */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** The bytes themselves, for an interface that copies them; a copy of those that are shared. */
export const plainBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  isPlain(bytes) ? bytes : ownBytes(bytes);

const isPlain = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer;

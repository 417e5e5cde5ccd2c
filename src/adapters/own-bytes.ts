/** A copy in a buffer of its own, as the browser's interfaces ask for. */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

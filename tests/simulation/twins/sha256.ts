import { hash } from 'node:crypto';

/** The sha256 of the app, by the platform: a simulation hashes thousands of small things. */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const { buffer, byteOffset, length } = hash('sha256', bytes, 'buffer');
  return new Uint8Array(buffer, byteOffset, length);
};

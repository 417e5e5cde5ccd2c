import { fromBase64 } from 'lib0/buffer';
import { createDecoder, readAny, readVarString, readVarUint8Array } from 'lib0/decoding';

/**
 * Opens what y-webrtc sealed with a room's key; undefined when it was sealed with another key,
 * changed on the way, or is no sealed value at all. Never rejects.
 *
 * Source: y-webrtc 10.3, src/crypto.js (`AES-GCM`, nonce, ciphertext; the plaintext is lib0 any).
 */
export const openSealed = async (text: string, key: CryptoKey): Promise<unknown> => {
  try {
    const sealed = createDecoder(fromBase64(text));
    if (readVarString(sealed) !== 'AES-GCM') return undefined;
    const iv = readVarUint8Array(sealed).slice();
    const cipher = readVarUint8Array(sealed).slice();
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, cipher);
    const value: unknown = readAny(createDecoder(new Uint8Array(plain)));
    return value;
  } catch {
    return undefined;
  }
};

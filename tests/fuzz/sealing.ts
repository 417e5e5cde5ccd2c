import { toBase64 } from 'lib0/buffer';
import {
  createEncoder,
  toUint8Array,
  writeAny,
  writeVarString,
  writeVarUint8Array,
} from 'lib0/encoding';

/**
 * Seals a value with a room's key, as y-webrtc 10.3 does (src/crypto.js).
 *
 * `iv` has 12 bytes. Errors: throws for a value that lib0 cannot write.
 */
export const sealValue = async (
  value: unknown,
  key: CryptoKey,
  iv: Uint8Array<ArrayBuffer>,
): Promise<string> => {
  const plain = createEncoder();
  writeAny(plain, value as never);
  const bytes = toUint8Array(plain).slice();
  const cipher = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes);
  const sealed = createEncoder();
  writeVarString(sealed, 'AES-GCM');
  writeVarUint8Array(sealed, iv);
  writeVarUint8Array(sealed, new Uint8Array(cipher));
  return toBase64(toUint8Array(sealed));
};

import { brandHex } from '../core/base/brands.js';
import type { DeviceId } from '../core/base/brands.js';
import { hexToBytes } from '../core/base/hash.js';
import type { Verifier } from '../ports/verifier.js';
import { createNobleVerifier } from './noble-verifier.js';
import { createWebCryptoVerifier } from './webcrypto-verifier.js';

const KEY = brandHex<DeviceId>('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c');
const MESSAGE = hexToBytes('75706b6565702073656c662d74657374');

/** Signatures of one key over one message; only the first is to be accepted. */
const VECTORS: readonly { readonly isGood: boolean; readonly signature: string }[] = [
  {
    isGood: true,
    signature:
      '862ed77b340d2f6db0fc8d354318c826b9a8964f79905e5273ebd64bbd8d2825' +
      '60c694a33a54547be8c4d55eaa7d07c9daad614b7d5908e7bf83c7493e9d5a0f',
  },
  // R = rB + a point of order 8: good with the cofactor only.
  {
    isGood: false,
    signature:
      '40a4cf5c611d737a2f1c6fcca84d9cabfed80987f186a5a6c57e629bff1af27f' +
      '2c5e8e5a800a71c212a03807cefb3852fd3642b6a31939e3d2cb13bbd802670c',
  },
  // R is the identity: good by the equation alone.
  {
    isGood: false,
    signature:
      '0100000000000000000000000000000000000000000000000000000000000000' +
      '60353cc1f1ed3fafd12aa262ebf5648f5fe8e10bca4e0a63bde4a3c9244f260e',
  },
  // The first with s + L.
  {
    isGood: false,
    signature:
      '862ed77b340d2f6db0fc8d354318c826b9a8964f79905e5273ebd64bbd8d2825' +
      '4d9a8a0055b766d3be61cd018977e6dddaad614b7d5908e7bf83c7493e9d5a1f',
  },
  // R is a point of order 8.
  {
    isGood: false,
    signature:
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a' +
      'ff403c80bec5050225c243da0364989ab369ae0b59bb6e6a4e7e6097d947fc07',
  },
];

/** Tells whether a verifier answers the self-test's vectors as every replica must. */
export const passesSelfTest = async (verifier: Verifier): Promise<boolean> => {
  const checks = VECTORS.map(({ signature }) => ({
    key: KEY,
    message: MESSAGE,
    signature: hexToBytes(signature),
  }));
  const answers = await verifier.verify(checks).catch(() => []);
  return VECTORS.every(({ isGood }, index) => answers[index] === isGood);
};

/**
 * Gives the browser's own verifier where it passes the self-test, else the one in JavaScript.
 *
 * Both accept exactly the same signatures; the choice is one of speed. Where there is no WebCrypto
 * (a page without https), `subtle` is undefined and the answer is the second.
 * Source: rule F4.
 */
export const createVerifier = async (
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<Verifier> => {
  if (subtle === undefined) return createNobleVerifier();
  const native = createWebCryptoVerifier(subtle);
  return (await passesSelfTest(native)) ? native : createNobleVerifier();
};

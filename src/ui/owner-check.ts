import type { OwnerCheck } from './app-lock.svelte.js';

/** How long a person has for finger, face or code, in ms. */
const PATIENCE_MS = 60_000;
/** The flag of authenticator data that says: the person was verified, not only present. */
const IS_VERIFIED = 0x04;
const FLAGS_AT = 32;
/** ES256, RS256, Ed25519. */
const ALGORITHMS = [-7, -257, -8];

const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

const toText = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Whatever goes wrong with a passkey means that nobody was verified. */
const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch {
    return null;
  }
};

/**
 * The lock of the device itself, by WebAuthn: the credential never leaves the device, and nothing
 * is sent anywhere.
 *
 * Source: Web Authentication Level 3, 5.1.3 and 5.1.4; flags in 6.1.
 */
export const ownerCheck: OwnerCheck = {
  isThere: async () => {
    const { PublicKeyCredential } = globalThis as Partial<typeof globalThis>;
    if (PublicKeyCredential === undefined) return false;
    const can = PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
    return (await orNull(can)) === true;
  },
  enrol: async (deviceName) => {
    const made = await orNull(
      navigator.credentials.create({
        publicKey: {
          challenge: random(32),
          rp: { name: 'Upkeep' },
          user: { id: random(16), name: deviceName, displayName: deviceName },
          pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
          authenticatorSelection: {
            authenticatorAttachment: 'platform',
            userVerification: 'required',
            residentKey: 'discouraged',
          },
          attestation: 'none',
          timeout: PATIENCE_MS,
        },
      }),
    );
    return made instanceof PublicKeyCredential ? toText(made.rawId) : null;
  },
  verify: async (id) => {
    const shown = await orNull(
      navigator.credentials.get({
        publicKey: {
          challenge: random(32),
          allowCredentials: [{ type: 'public-key', id: toBytes(id), transports: ['internal'] }],
          userVerification: 'required',
          timeout: PATIENCE_MS,
        },
      }),
    );
    if (!(shown instanceof PublicKeyCredential)) return false;
    const { response } = shown;
    if (!(response instanceof AuthenticatorAssertionResponse)) return false;
    const flags = new Uint8Array(response.authenticatorData)[FLAGS_AT] ?? 0;
    return (flags & IS_VERIFIED) !== 0;
  },
};

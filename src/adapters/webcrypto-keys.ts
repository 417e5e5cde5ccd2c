import { x25519 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { brandHex } from '../core/base/brands.js';
import type { DeviceId } from '../core/base/brands.js';
import { bytesToHex, compareBytes } from '../core/base/hash.js';
import { assert } from '../core/base/result.js';
import type { DeviceKeys, KeyVault } from '../ports/keys.js';
import type { Randomness } from '../ports/randomness.js';
import { createBrowserRandomness } from './browser-randomness.js';
import { createKeyDatabase } from './key-database.js';
import type { KeyDatabase, KeyRow } from './key-database.js';
import { createNobleVerifier } from './noble-verifier.js';
import { ownBytes } from './own-bytes.js';
import { createSealer } from './sealing.js';
import type { Agreement } from './sealing.js';
import { createSeededKeys } from './seeded-keys.js';
import { createWebCryptoAes } from './webcrypto-aes.js';

type NativeRow = Extract<KeyRow, { form: 'native' }>;
type WrappedRow = Extract<KeyRow, { form: 'wrapped' }>;

/**
 * The vault of one profile in a browser.
 *
 * Ed25519 and X25519 keys that the browser does not let out, where it can make, store, reload and
 * use them: create tries exactly that before it relies on it. Elsewhere the secrets are made in
 * JavaScript and kept wrapped by an AES-GCM key that the browser does not let out. Both are called
 * 'soft': no browser says whether hardware holds a key.
 * Errors: calls reject when the database cannot be used; create also when there are keys already,
 * which stay.
 * Source: rules F9 and A1 (README.md beside this file).
 */
export const createWebCryptoVault = (
  profile: string,
  subtle: SubtleCrypto = crypto.subtle,
): KeyVault => {
  const database = createKeyDatabase(profile);
  const randomness = createBrowserRandomness();
  return {
    load: async () => {
      const row = await database.device();
      return row === null ? null : keysOf(row, subtle, randomness);
    },
    create: async () => {
      assert((await database.device()) === null, 'keys are never replaced');
      const row =
        (await nativeRow(database, subtle, randomness).catch(() => null)) ??
        (await wrappedRow(subtle, randomness));
      await database.adopt(row);
      return keysOf(row, subtle, randomness);
    },
    erase: database.erase,
  };
};

const keysOf = (row: KeyRow, subtle: SubtleCrypto, randomness: Randomness): Promise<DeviceKeys> =>
  row.form === 'native'
    ? Promise.resolve(nativeKeys(row, subtle, randomness))
    : unwrappedKeys(row, subtle, randomness);

const nativeKeys = (row: NativeRow, subtle: SubtleCrypto, randomness: Randomness): DeviceKeys => ({
  signer: {
    device: brandHex<DeviceId>(bytesToHex(row.signingPublic)),
    storage: 'soft',
    sign: async (message) =>
      new Uint8Array(await subtle.sign('Ed25519', row.signing, ownBytes(message))),
  },
  sealer: createSealer({
    own: nativeAgreement(subtle, row.agreement, row.agreementPublic),
    ephemeral: async () => {
      const pair = await agreementPair(subtle);
      return nativeAgreement(subtle, pair.privateKey, await rawKey(subtle, pair.publicKey));
    },
    randomness,
    aes: createWebCryptoAes(subtle),
  }),
});

const nativeAgreement = (
  subtle: SubtleCrypto,
  secret: CryptoKey,
  publicKey: Uint8Array,
): Agreement => ({
  publicKey,
  agree: async (other) => {
    const key = await subtle.importKey('raw', ownBytes(other), { name: 'X25519' }, false, []);
    return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: key }, secret, 256));
  },
});

/** Makes native keys and uses them once after a round through the database; null when they fail. */
const nativeRow = async (
  database: KeyDatabase,
  subtle: SubtleCrypto,
  randomness: Randomness,
): Promise<NativeRow | null> => {
  const signing = (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  const agreement = await agreementPair(subtle);
  const kept = await database.keptCandidate({
    form: 'native',
    signing: signing.privateKey,
    signingPublic: await rawKey(subtle, signing.publicKey),
    agreement: agreement.privateKey,
    agreementPublic: await rawKey(subtle, agreement.publicKey),
  });
  if (kept?.form !== 'native') return null;
  return (await signsAndAgrees(kept, subtle, randomness)) ? kept : null;
};

/** Tries reloaded keys against an implementation that is not the browser's. */
const signsAndAgrees = async (
  row: NativeRow,
  subtle: SubtleCrypto,
  randomness: Randomness,
): Promise<boolean> => {
  const { signer } = nativeKeys(row, subtle, randomness);
  const message = randomness.bytes(32);
  const check = { key: signer.device, message, signature: await signer.sign(message) };
  const [isGenuine] = await createNobleVerifier().verify([check]);
  const other = randomness.bytes(32);
  const own = nativeAgreement(subtle, row.agreement, row.agreementPublic);
  const ours = await own.agree(x25519.getPublicKey(other));
  const theirs = x25519.getSharedSecret(other, row.agreementPublic);
  return isGenuine === true && compareBytes(ours, theirs) === 0;
};

const agreementPair = async (subtle: SubtleCrypto): Promise<CryptoKeyPair> =>
  (await subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])) as CryptoKeyPair;

const rawKey = async (subtle: SubtleCrypto, key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array(await subtle.exportKey('raw', key));

const wrappedRow = async (subtle: SubtleCrypto, randomness: Randomness): Promise<WrappedRow> => {
  const algorithm = { name: 'AES-GCM', length: 256 };
  const wrapping = await subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']);
  const nonce = randomness.bytes(12);
  const secrets = concatBytes(randomness.bytes(32), randomness.bytes(32));
  const parameters = { name: 'AES-GCM', iv: ownBytes(nonce) };
  const wrapped = new Uint8Array(await subtle.encrypt(parameters, wrapping, ownBytes(secrets)));
  return { form: 'wrapped', wrapping, nonce, wrapped };
};

const unwrappedKeys = async (
  row: WrappedRow,
  subtle: SubtleCrypto,
  randomness: Randomness,
): Promise<DeviceKeys> => {
  const parameters = { name: 'AES-GCM', iv: ownBytes(row.nonce) };
  const plain = await subtle.decrypt(parameters, row.wrapping, ownBytes(row.wrapped));
  const secrets = new Uint8Array(plain);
  return createSeededKeys(
    { signing: secrets.slice(0, 32), agreement: secrets.slice(32) },
    { storage: 'soft', randomness, aes: createWebCryptoAes(subtle) },
  );
};

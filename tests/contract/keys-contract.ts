import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { brandHex, isHex32 } from '../../src/core/base/brands.js';
import type { EncryptionKey } from '../../src/core/base/brands.js';
import type { DeviceKeys, KeyVault } from '../../src/ports/keys.js';
import { expectEqual, expectRejects, expectTrue, kindOf, valueOf } from './expectation.js';
import type { ContractCase } from './expectation.js';

/** One profile of one device. */
export interface KeysBench {
  /** Its vault, as after a restart. */
  readonly open: () => KeyVault;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const context = text('epoch 7');

/** u coordinates of small order: any secret agrees to zero with them. Source: cr.yp.to/ecdh. */
const SMALL_ORDER_KEYS = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
].map((hex) => brandHex<EncryptionKey>(hex));

const isSignedBy = async (keys: DeviceKeys, message: Uint8Array): Promise<boolean> => {
  const signature = await keys.signer.sign(message);
  expectEqual(signature.length, 64, 'bytes of a signature');
  const check = { key: keys.signer.device, message, signature };
  return (await createNobleVerifier().verify([check]))[0] === true;
};

/** What every KeyVault and its keys do. */
export const keysContract: readonly ContractCase<KeysBench>[] = [
  {
    title: '[F9] an empty vault has no keys, and what it creates is what it loads after a restart',
    run: async (bench) => {
      expectEqual(await bench.open().load(), null);
      const made = await bench.open().create();
      const loaded = await bench.open().load();
      expectTrue(isHex32(made.signer.device), 'a device is named by 32 bytes');
      expectEqual(loaded?.signer.device, made.signer.device);
      expectEqual(loaded?.sealer.encryptionKey, made.sealer.encryptionKey);
      expectTrue(made.signer.device !== String(made.sealer.encryptionKey), 'two key pairs');
      expectTrue(loaded !== null && (await isSignedBy(loaded, text('hello'))), 'it signs');
    },
  },
  {
    title: '[F9] keys are never replaced: creating again throws and keeps them',
    run: async (bench) => {
      const made = await bench.open().create();
      await expectRejects(bench.open().create(), 'creating again');
      expectEqual((await bench.open().load())?.signer.device, made.signer.device);
    },
  },
  {
    title: '[F5] erased keys are gone, and the next ones are others',
    run: async (bench) => {
      const before = await bench.open().create();
      await bench.open().erase();
      expectEqual(await bench.open().load(), null);
      const after = await bench.open().create();
      expectTrue(before.signer.device !== after.signer.device, 'a new device');
      expectTrue(before.sealer.encryptionKey !== after.sealer.encryptionKey, 'a new key');
    },
  },
  {
    title: '[F4] its signatures pass for its device, over messages of any length',
    run: async (bench) => {
      const keys = await bench.open().create();
      for (const length of [0, 1, 32, 8192]) {
        expectTrue(await isSignedBy(keys, new Uint8Array(length)), `${length} bytes`);
      }
      expectTrue(keys.signer.storage !== 'hardware', 'hardware is not claimed');
    },
  },
  {
    title: '[N3] what is sealed opens for its recipient alone, whatever provides the primitives',
    run: async (bench) => {
      const here = (await bench.open().create()).sealer;
      const there = createMemoryKeys('there').sealer;
      const other = createMemoryKeys('other').sealer;
      for (const plaintext of [text('the secret of an epoch'), new Uint8Array(0)]) {
        const out = await here.seal(there.encryptionKey, plaintext, context);
        expectEqual(out.length, 32 + 12 + plaintext.length + 16, 'bytes of the envelope');
        expectEqual(valueOf(await there.open(out, context)), plaintext);
        expectEqual(kindOf(await other.open(out, context)), 'unopenable');
        const back = await there.seal(here.encryptionKey, plaintext, context);
        expectEqual(valueOf(await here.open(back, context)), plaintext);
        const self = await here.seal(here.encryptionKey, plaintext, context);
        expectEqual(valueOf(await here.open(self, context)), plaintext);
      }
    },
  },
  {
    title: '[N3] an envelope opens under its own context only, and unchanged only',
    run: async (bench) => {
      const here = (await bench.open().create()).sealer;
      const sealed = await here.seal(here.encryptionKey, text('secret'), context);
      expectEqual(kindOf(await here.open(sealed, text('epoch 8'))), 'unopenable');
      expectEqual(kindOf(await here.open(sealed, new Uint8Array(0))), 'unopenable');
      for (const at of [0, 31, 32, 43, 44, sealed.length - 1]) {
        const changed = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
        expectEqual(kindOf(await here.open(changed, context)), 'unopenable', `byte ${at}`);
      }
      for (const length of [0, 31, 44, 59, sealed.length - 1]) {
        expectEqual(kindOf(await here.open(sealed.slice(0, length), context)), 'unopenable');
      }
      expectEqual(kindOf(await here.open(new Uint8Array(4096), context)), 'unopenable');
    },
  },
  {
    title: '[N3] sealing twice gives different envelopes, and more than 1 KiB is refused',
    run: async (bench) => {
      const here = (await bench.open().create()).sealer;
      const first = await here.seal(here.encryptionKey, text('secret'), context);
      const second = await here.seal(here.encryptionKey, text('secret'), context);
      expectTrue(first.slice(0, 32).join() !== second.slice(0, 32).join(), 'fresh ephemeral keys');
      const full = await here.seal(here.encryptionKey, new Uint8Array(1024), context);
      expectEqual(valueOf(await here.open(full, context)).length, 1024);
      const tooLong = here.seal(here.encryptionKey, new Uint8Array(1025), context);
      await expectRejects(tooLong, '1,025 bytes');
    },
  },
  {
    title: '[N3] two devices derive the same pair secret, others another',
    run: async (bench) => {
      const here = (await bench.open().create()).sealer;
      const there = createMemoryKeys('there').sealer;
      const other = createMemoryKeys('other').sealer;
      const secret = await here.pairSecret(there.encryptionKey);
      expectEqual(secret.length, 32);
      expectEqual(await there.pairSecret(here.encryptionKey), secret);
      const foreign = await here.pairSecret(other.encryptionKey);
      expectTrue(foreign.join() !== secret.join(), 'another pair has another secret');
    },
  },
  {
    title: '[N3] keys of small order are refused: anybody would know what they agree to',
    run: async (bench) => {
      const here = (await bench.open().create()).sealer;
      const sealed = await here.seal(here.encryptionKey, text('secret'), context);
      for (const key of SMALL_ORDER_KEYS) {
        await expectRejects(here.seal(key, text('secret'), context), `sealing to ${key}`);
        await expectRejects(here.pairSecret(key), `pairing with ${key}`);
        const point = (key.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
        const forged = Uint8Array.from([...point, ...sealed.slice(32)]);
        expectEqual(kindOf(await here.open(forged, context)), 'unopenable');
      }
    },
  },
];

import {
  createMemoryBundles,
  createMemoryCodeDisk,
  createMemoryHosts,
} from '../../src/adapters/memory/memory-bundles.js';
import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import type { BaseId, Hash } from '../../src/core/base/brands.js';
import { loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { contentRootOf, manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { createFakeKit, type Kit, type Mode } from '../../src/simulator/kit.js';
import {
  type BroughtLoader,
  type SimHost,
  releaseBytes,
} from '../../src/simulator/ports/sim-code.js';

const HOME = 'https://host.example/';

const createHost = (): SimHost => {
  const hosts = createMemoryHosts();
  const brought = new Map<Hash, BroughtLoader>();
  return {
    url: HOME,
    publish: (manifest, bytesOf) => {
      const bytes = hosts.publish(HOME, manifest, bytesOf);
      // An older release stays where a device that knows its name finds it.
      const name = manifestHashOf(manifest);
      hosts.answer(`${HOME}releases/${name}.cbor`, bytes);
      const { brings: loader } = manifest;
      if (loader !== undefined) brought.set(name, { loader, content: contentRootOf(manifest) });
      return bytes;
    },
    putLoader: (sha256, script) =>
      hosts.answer(`${HOME}${loaderPath(sha256)}`, script ?? 'missing'),
    cut: (isCut) => hosts.cut(HOME, isCut),
    createDisk: (first) => {
      const disk = createMemoryCodeDisk();
      return {
        slots: () => disk.slots,
        loaders: () => disk.loaders,
        brings: (manifest) => brought.get(manifest) ?? null,
        setRoom: (bytes) => {
          disk.roomBytes = bytes;
        },
        open: ({ wallMs, wait }) =>
          createMemoryBundles({
            ...{ wallMs, first, firstBytes: releaseBytes('first'), disk, home: HOME },
            hosts: {
              fetchBytes: async (...asked) => {
                await wait();
                return hosts.fetchBytes(...asked);
              },
            },
          }),
      };
    },
  };
};

/** The kit of a mode: each puts more of what the app runs on in the place of its twin. */
export const kitOf = (mode: Mode): Kit => {
  const fake = createFakeKit(createHost);
  if (mode === 'fake') return fake;
  const carrier: Kit = {
    ...fake,
    mode,
    createShelves: () => {
      const disk = new Map<BaseId, Uint8Array>();
      return { open: () => createMemoryCarrierShelf(disk), lose: () => disk.clear() };
    },
  };
  if (mode === 'carrier') return carrier;
  return { ...carrier, keysOf: createMemoryKeys, verifier: createNobleVerifier() };
};

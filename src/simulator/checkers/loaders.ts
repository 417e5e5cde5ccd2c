import type { Hash } from '../../core/base/brands.js';
import { FIRST_LOADER, type LoaderPin } from '../../core/upgrades/loader-pin.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { BroughtLoader } from '../ports/sim-code.js';
import type { CreateChecker } from './checker.js';
import { bookOf, lineageOf } from './roster-book.js';

/**
 * U13: a script that no record on its disk made binding is never put in place on a device, nor the
 * one of a version that failed there; with the faults over the newest bound one is.
 */
export const checkLoaders: CreateChecker = (scene) => {
  const seen = new Map<SimDevice, string>();

  return {
    step: (device) => {
      const loaders = device.code?.loaders();
      if (loaders === undefined) return;
      const found = [loaders.inPlace, loaders.coming].flatMap((pin) => pin ?? []);
      const name = found.map(({ sha256 }) => sha256).join();
      if (name === (seen.get(device) ?? '')) return;
      seen.set(device, name);
      const bound = broughtBy(device, [...bookOf(device.disk).values()]);
      for (const pin of found) {
        if (bound.some(({ loader }) => isSame(loader, pin))) continue;
        const what = `${device.name} has ${pin.version} ${pin.sha256.slice(0, 8)}`;
        scene.fail('U13 no loader comes that no record binds', what);
      }
    },
    end: () => {
      for (const device of scene.devices) {
        const view = device.isLiar ? undefined : replicaOf(device)?.view();
        const { code } = device;
        if (code === null || view?.stage !== 'member' || view.account === null) continue;
        const slots = code.slots();
        if (slots.trial !== null) continue;
        const lineage = [...lineageOf(bookOf(device.disk), view.account.rosterHash)].reverse();
        const newest = newestOf(broughtBy(device, lineage), slots.quarantined);
        const { inPlace, coming } = code.loaders();
        const has = Math.max(...[inPlace, coming].map((pin) => pin?.version ?? FIRST_LOADER));
        if (newest === null || has >= newest.version) continue;
        const what = `${device.name} has ${has}, ${newest.version} binds`;
        scene.fail('U13 the loader that binds comes', what);
      }
    },
  };
};

/** What records made binding, in their order, as their releases lay at the host. */
const broughtBy = (
  { code }: SimDevice,
  entries: readonly { readonly record: { readonly activation: { manifest: Hash } | null } }[],
): readonly BroughtLoader[] =>
  entries.flatMap(({ record }) => {
    const { manifest } = record.activation ?? {};
    return (manifest === undefined ? null : code?.brings(manifest)) ?? [];
  });

/** The newest of those that are each newer than all before, without what failed here. */
const newestOf = (all: readonly BroughtLoader[], failed: readonly Hash[]): LoaderPin | null => {
  let highest = FIRST_LOADER;
  let newest: LoaderPin | null = null;
  for (const { loader, content } of all) {
    if (loader.version <= highest) continue;
    highest = loader.version;
    if (!failed.includes(content)) newest = loader;
  }
  return newest;
};

const isSame = (left: LoaderPin, right: LoaderPin): boolean =>
  left.version === right.version && left.sha256 === right.sha256;

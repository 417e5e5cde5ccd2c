import { type Hash, brandHex } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import { FIRST_LOADER, type LoaderPin } from '../../core/upgrades/loader-pin.js';
import type { SimHost } from '../ports/sim-code.js';
import type { FaultScene } from './fault.js';

/** Loaders that hard forks bring, and what hosts give under their names. */
export interface NewLoaders {
  /** What the next hard fork brings; undefined: none. */
  readonly next: () => LoaderPin | undefined;
  readonly step: () => void;
  readonly end: () => void;
}

const NONE: NewLoaders = { next: () => undefined, step: () => undefined, end: () => undefined };

const UTF8 = new TextEncoder();

/**
 * Hard forks bring loaders (rule U13), which hosts give at once, late, or not at all, and now and
 * then another script or a part of one under the same name.
 */
export const armLoaders = ({ world, honest, ...scene }: FaultScene, host: SimHost): NewLoaders => {
  const chance = scene.chance.fork('loaders');
  if (!chance.happens(0.7)) return NONE;
  const scripts = new Map<Hash, Uint8Array>();

  const give = (sha256: Hash, isRight: boolean): void => {
    const script = scripts.get(sha256) ?? null;
    const other = UTF8.encode('// somebody else’s');
    const what = isRight ? script : chance.pick([null, other, script?.slice(1) ?? null]);
    host.putLoader(sha256, what);
    const told = isRight ? 'what it is' : what === null ? 'nothing' : 'something else';
    world.note(`the host gives ${told} as loader ${sha256.slice(0, 8)}`);
  };

  return {
    next: () => {
      if (!chance.happens(0.8)) return undefined;
      const version = FIRST_LOADER + scripts.size + 1;
      const script = UTF8.encode(`// loader ${version} of step ${world.step}`);
      const sha256 = brandHex<Hash>(sha256Hex(script));
      scripts.set(sha256, script);
      give(sha256, chance.happens(0.4));
      return { version, sha256 };
    },
    step: () => {
      if (scripts.size > 0 && chance.happens(0.05)) {
        give(chance.pick([...scripts.keys()]), chance.happens(0.6));
      }
    },
    end: () => {
      for (const sha256 of scripts.keys()) give(sha256, true);
      // Persons open their apps again: whoever was refused often waits for hours by itself.
      if (scripts.size > 0) for (const device of honest()) world.reload(device);
    },
  };
};

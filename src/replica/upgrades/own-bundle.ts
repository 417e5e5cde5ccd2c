import type { Hash } from '../../core/base/brands.js';
import { brandHex } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import { type Result, err, ok } from '../../core/base/result.js';
import { FOLD_VERSION } from '../../core/journal/fold-version.js';
import { type Manifest, parseManifest } from '../../core/upgrades/manifest.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type { Row } from '../../ports/store.js';
import type { Bundles, BundlesState, SwitchFault } from '../../ports/bundles.js';
import type { Done } from '../command-error.js';
import type { Context } from '../context.js';
import { KEYS, putBytes } from '../storage/rows.js';
import { type OwnPolicies, createOwnPolicies } from './own-policies.js';
import type { Change } from '../../ports/store.js';

export type UpgradeChannel = 'service-worker' | 'app-store';

/** How this device's code comes, and what it may speak at most (rule U8). */
export interface CodeSource {
  readonly channel: UpgradeChannel;
  /** What the installed binary was made to speak; null: whatever the bundle speaks. */
  readonly cap: readonly string[] | null;
}

/** The code of this very device, as its bundle store last told. */
export interface OwnBundle extends Omit<OwnPolicies, 'load'> {
  /** Null where there is no such store, or before it told. */
  readonly state: () => BundlesState | null;
  readonly cannotSwitch: () => 'no-loader' | 'app-store' | null;
  /** What this code speaks: of the bundle that runs, else what it was built to. */
  readonly protocols: () => readonly string[];
  /** The highest fold version that this code implements (rule S13). */
  readonly fold: () => number;
  /** Of these the ones that the installed binary allows. */
  readonly capped: (protocols: readonly string[]) => readonly string[];
  /** The root of the bundle that this page is of; null where no loader gave it. */
  readonly content: () => Hash | null;
  readonly channel: UpgradeChannel;
  /** Manifests that this device published, or had to ask for: it needs no host to know them. */
  readonly manifest: (hash: Hash) => Uint8Array | null;
  /** The same, read; null also for bytes that are none. */
  readonly told: (hash: Hash) => Manifest | null;
  readonly manifestCount: () => number;
  readonly keepManifest: (bytes: Uint8Array) => Change;
  /** Has the store do something, and asks it anew. Errors: `bundle`, `upgrade-blocked`. */
  readonly ask: (deed: (bundles: Bundles) => Promise<Result<unknown, SwitchFault>>) => Done;
  /** Asks the store anew; true when it told something else. */
  readonly refresh: () => Promise<boolean>;
  readonly load: (own: readonly Row[]) => void;
  readonly close: () => void;
}

/** Listens to the bundle store of this device and says when it changed. */
export const createOwnBundle = (
  context: Context,
  { channel, cap }: CodeSource,
  changed: () => void,
): OwnBundle => {
  const { bundles } = context.ports;
  const manifests = new Map<string, Uint8Array>();
  const read = new Map<Hash, Manifest | null>();
  let state: BundlesState | null = null;
  let askings = 0;
  let answered = 0;
  const { load: loadPolicy, ...policies } = createOwnPolicies(context);

  /** Of answers that overtake each other the one that was asked for last stands. */
  const refresh = async (): Promise<boolean> => {
    if (bundles === undefined) return false;
    const before = state;
    const asked = (askings += 1);
    const told = await bundles.state();
    if (asked > answered) [state, answered] = [told, asked];
    return JSON.stringify(before) !== JSON.stringify(state);
  };

  const cancel = bundles?.subscribe(() => {
    void refresh().then((isNew) => {
      if (isNew) changed();
    });
  });

  const capped = (spoken: readonly string[]): readonly string[] =>
    cap === null ? spoken : spoken.filter((each) => cap.includes(each));

  const running = () =>
    [state?.active, state?.idle].find((each) => each?.manifest === state?.running?.manifest);

  return {
    channel,
    state: () => state,
    cannotSwitch: () => {
      if (channel === 'app-store') return 'app-store';
      return state === null || state.active === null ? 'no-loader' : null;
    },
    capped,
    protocols: () => capped(running()?.protocols ?? THIS_BUILD.protocols),
    fold: () => Math.min(FOLD_VERSION, running()?.fold ?? FOLD_VERSION),
    content: () => running()?.content ?? null,
    ...policies,
    manifest: (hash) => manifests.get(hash) ?? null,
    told: (hash) => {
      const bytes = manifests.get(hash);
      if (bytes === undefined) return null;
      const parsed = read.has(hash) ? null : parseManifest(bytes);
      if (parsed !== null) read.set(hash, parsed.ok ? parsed.value : null);
      return read.get(hash) ?? null;
    },
    manifestCount: () => manifests.size,
    keepManifest: (bytes) => {
      const hash = brandHex<Hash>(sha256Hex(bytes));
      manifests.set(hash, bytes);
      return putBytes('own', KEYS.manifest(hash), bytes);
    },
    ask: async (deed) => {
      if (bundles === undefined) {
        return err({ kind: 'upgrade-blocked', blocker: { kind: 'no-loader' } });
      }
      const done = await deed(bundles);
      await refresh();
      return done.ok ? ok(undefined) : err({ kind: 'bundle', fault: done.error });
    },
    refresh,
    load: (own) => {
      for (const row of own) {
        const { key, value } = row;
        if (loadPolicy(row)) continue;
        if (key.startsWith('manifest:')) manifests.set(key.slice('manifest:'.length), value);
      }
    },
    close: () => cancel?.(),
  };
};

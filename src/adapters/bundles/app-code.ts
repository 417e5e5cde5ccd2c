import { PROBATION_MS, UPTIME_MS } from '../../core/health/checks.js';
import { contentRootOf, parseManifest } from '../../core/upgrades/manifest.js';
import type { Bundles, BundlesState } from '../../ports/bundles.js';
import type { BrowserBundles } from './browser-bundles.js';
import { registerLoader } from './loader-registration.js';

/** What judges the code, and the device that it runs on; null where nothing was ever kept here. */
export interface Judge {
  /** Takes down how the device is, before it switches. */
  readonly note: () => Promise<unknown>;
  /** Looks whether it is well; true: it went back, and the page is to load anew. */
  readonly prove: () => Promise<boolean>;
}

/** The code of the app as its page sees it. */
export interface AppCode {
  /** Another bundle than this page's lies here, whole, and waits for a person. */
  readonly isNewerHere: () => boolean;
  /** Moves to it: on trial, unless another page did so already. This page loads anew. */
  readonly useNewer: () => Promise<void>;
  /** Asks the host what it has; being offline is no error. */
  readonly check: () => Promise<void>;
}

/**
 * Opens the code of the app from a page that stands: judges it, keeps it, looks for more.
 *
 * The guards of loading are over once this has begun, so call it when the first screen is drawn and
 * the store is open; from then on `judge` says whether a bundle is well. `isAlone` says whether the
 * host's release, and the loader of what runs, may come here without anybody else: where several
 * devices share an account they agree on their code first. `onChange` is called when the answer of
 * `isNewerHere` may have changed.
 * Errors: none; what does not come now comes another time.
 * Source: rules U2, U6, U7 and H1.
 */
export const openAppCode = async (
  bundles: BrowserBundles,
  judge: () => Judge | null,
  isAlone: () => boolean,
  onChange: () => void,
): Promise<AppCode> => {
  await comeUp(bundles);
  let isNewer = false;
  const look = async (): Promise<void> => {
    isNewer = isAnotherHere(await bundles.state(), isAlone());
    onChange();
  };
  bundles.subscribe(() => void look().catch(() => undefined));
  const registered = registerLoader(bundles).catch(() => undefined);
  const check = async (): Promise<void> => {
    const loader = await registered;
    if (loader === undefined) return;
    await bundles.installFirst();
    const takingOffer = isAlone() ? takeOffer(bundles) : undefined;
    await Promise.all([loader.check(), bundles.loader.check(), takingOffer]);
    if (isAlone()) await placeOwn(bundles);
    await look();
  };
  const quietly = (): Promise<void> => check().catch(() => undefined);
  // What an earlier page went away from.
  void quietly().then(() => bundles.sweep().catch(() => undefined));
  // What waited for the trial to end, as the bundle's own loader does, has its turn then.
  void proveOn(bundles, judge, quietly).catch(() => undefined);
  return {
    isNewerHere: () => isNewer,
    useNewer: async () => {
      await judge()?.note();
      await bundles.tryStaged();
      location.reload();
    },
    check: quietly,
  };
};

/** A person who moved to this bundle alone agreed to its loader with it, once it is good. */
const placeOwn = async (bundles: BrowserBundles): Promise<void> => {
  const { active, running, trial } = await bundles.state();
  const isGood = trial === null && active?.manifest === running?.manifest;
  if (active !== null && isGood) await bundles.loader.placeOwn();
};

/** The page that is on trial came up: its first screen stands, its store is open. */
const comeUp = async (bundles: BrowserBundles): Promise<void> => {
  const { running } = await bundles.state();
  if (running !== null && running.trial !== null) await bundles.cameUp(running.trial);
};

/** On probation a device looks at itself so often, ms. */
const PROVING_MS = 3_600_000;

/** Judges what runs while it is on trial, and then for a day; `decided` is called after a trial. */
const proveOn = async (
  bundles: BrowserBundles,
  judge: () => Judge | null,
  decided: () => Promise<void>,
): Promise<void> => {
  for (;;) {
    const { running, active, trial, history } = await bundles.state();
    const switchedMs = history.at(-1)?.atMs ?? -Infinity;
    const isYoung = Math.abs(Date.now() - switchedMs) < PROBATION_MS && history.length > 1;
    if (running?.manifest !== active?.manifest || (trial === null && !isYoung)) return;
    const found = judge();
    if (found === null) {
      if (running !== null && running.trial !== null) {
        await pause(UPTIME_MS);
        // A person who began something meanwhile has a store now that can be looked at.
        if (judge() !== null) continue;
        await bundles.confirm(running.trial);
      }
    } else if (await found.prove()) return location.reload();
    if (trial !== null) await decided();
    await pause(PROVING_MS);
  }
};

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * A bundle of the host's that lies here whole, or one that another page has moved to. The first of
 * all, which is staged like any other and is this page's own, is none.
 */
const isAnotherHere = ({ active, idle, running }: BundlesState, isOfHost: boolean): boolean =>
  active !== null &&
  ((isOfHost && idle?.state === 'staged') ||
    (running !== null && running.manifest !== active.manifest));

/** Brings the host's release here when it is another one than runs; nobody is moved to it. */
const takeOffer = async (bundles: Bundles): Promise<void> => {
  const { active, trial, quarantined } = await bundles.state();
  if (active === null || trial !== null) return;
  const offer = await bundles.offered(null);
  const read = offer.ok ? parseManifest(offer.value.manifest) : offer;
  if (!offer.ok || !read.ok) return;
  const content = contentRootOf(read.value);
  if (content === active.content || quarantined.includes(content)) return;
  await bundles.stage(offer.value.manifest, offer.value.urls);
};

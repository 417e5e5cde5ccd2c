import { mount, unmount } from 'svelte';
import { createBrowserClock } from './adapters/browser-clock.js';
import { createBrowserKeepsake } from './adapters/browser-keepsake.js';
import { isDatabaseThere } from './adapters/idb-presence.js';
import { profileIn } from './adapters/profile.js';
import { THIS_BUILD } from './core/upgrades/this-build.js';
import { createIdleReplica } from './replica/idle-replica.js';
import type { AppCode, Judge } from './adapters/bundles/app-code.js';
import { storeShellIn } from './adapters/bundles/store-shell.js';
import { pageWithoutLoader, whyNoLoader } from './adapters/bundles/page-control.js';
import type { Replica } from './replica/commands.js';
import type { Stage } from './replica/view.js';
import { createVacantReplica } from './replica/vacant-replica.js';
import type { NewerBuild } from './ui/about.js';
import App from './ui/App.svelte';

const { version, protocols } = THIS_BUILD;
/** The device that this tab is (rule P4). */
const profile = profileIn(location.search);

/** The page's own host runs a rendezvous; others may be built in. */
const rendezvousUrls = ((): readonly string[] => {
  const own = new URL('rendezvous', location.href);
  own.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  own.search = '';
  own.hash = '';
  return [...new Set([own.href, ...__RENDEZVOUS__])];
})();

/** The build's own name, as its worker knows it too; none in development. */
const buildName = document.querySelector<HTMLMetaElement>('meta[name="upkeep-build"]')?.content;

const target = document.querySelector('#app');
if (target === null) throw new Error('broken invariant: the page has a place for the app');

let code: AppCode | undefined;
const newerListeners = new Set<() => void>();
const newer: NewerBuild = {
  isWaiting: () => code?.isNewerHere() ?? false,
  subscribe: (listener) => {
    newerListeners.add(listener);
    return () => void newerListeners.delete(listener);
  },
  use: () => void code?.useNewer(),
};

let shown: ReturnType<typeof mount> | null = null;
const clock = createBrowserClock();
const show = (replica: Replica, isLate = false): void => {
  if (shown !== null) void unmount(shown);
  shown = mount(App, {
    target,
    props: {
      replica,
      clock,
      isLate,
      about: { version, build: buildName || null, protocols, newer },
    },
  });
};

const reload = (): void => location.reload();
/** The folder of this page. */
const home = new URL('.', document.baseURI).href;

/** What this device runs and may run; undefined where there can be no loader. */
const openBundles = async () => {
  if (shell !== null || whyNoLoader() !== null) return undefined;
  const { openBrowserBundles } = await import('./adapters/bundles/browser-bundles.js');
  return openBrowserBundles(home);
};
/** The app-store wrapper in whose binary this page lies. */
const shell = storeShellIn(navigator.userAgent);

let opening: ReturnType<typeof openBundles> | undefined;
const bundlesHere = () => (opening ??= openBundles());

/** The one bundle that a store's binary holds. */
const shippedBundles = async () => {
  const { openShippedBundles } = await import('./adapters/bundles/shipped-bundles.js');
  return openShippedBundles(home);
};

/** Devices that share an account agree on their code; one alone follows its host. */
let isAlone = (): boolean => true;
/** A page that does not know its account knows nothing of who is in it. */
const KNOWS_NOBODY: readonly Stage[] = ['opening', 'elsewhere', 'lost', 'locked'];
/** Null as long as nothing was ever kept here: then there is nothing that code could harm. */
let judge: Judge | null = null;

/** Fetches the replica and opens it. */
const fetchReplica = async (): Promise<Replica> => {
  const [{ openBrowserReplica }, bundles] = await Promise.all([
    import('./index.js'),
    shell !== null ? shippedBundles() : bundlesHere(),
  ]);
  const opened = await openBrowserReplica({
    profile,
    rendezvousUrls,
    ...(bundles === undefined ? {} : { bundles }),
    ...(shell === null ? {} : { store: shell }),
    reload,
    onTakenOver: () => show(createIdleReplica('elsewhere', () => replica.takeOver())),
    onLocked: (locked) => show(locked),
    onPen: reload,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const replica = opened.value;
  // What was opened is drawn in a turn of its own.
  await clock.pause();
  isAlone = () => {
    const { stage, devices } = replica.view();
    return !KNOWS_NOBODY.includes(stage) && devices.length <= 1;
  };
  judge = {
    note: () => replica.upgrades.noteHealth(),
    prove: async () => {
      const proved = await replica.upgrades.prove();
      return proved.ok && proved.value.reload;
    },
  };
  const wake = (): void => {
    if (document.visibilityState === 'visible') replica.wake();
  };
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', wake);
  return replica;
};

const open = (): Promise<Replica> =>
  fetchReplica().catch((cause: unknown) => {
    show(createIdleReplica('opening', reload), true);
    throw cause;
  });

/** The first screen stands before the replica; a device that never kept anything needs none yet. */
const start = async (): Promise<void> => {
  show(createIdleReplica('opening', reload));
  // A page that came past its loader may be of any bundle: it must not open the store.
  const way = await pageWithoutLoader();
  if (way === 'reload') reload();
  if (way !== 'fine') return show(createIdleReplica('opening', reload), true);
  const vacant = () => createVacantReplica(open, createBrowserKeepsake(profile));
  show((await isDatabaseThere(profile)) ? await open() : vacant());
  await keepCode();
};

/** The code is kept for later, and judged, once the app stands: it must not take the line. */
const keepCode = async (): Promise<void> => {
  const bundles = await bundlesHere();
  if (bundles === undefined) return;
  const { openAppCode } = await import('./adapters/bundles/app-code.js');
  const changed = (): void => {
    for (const listener of [...newerListeners]) listener();
  };
  code = await openAppCode(
    bundles,
    () => judge,
    () => isAlone(),
    changed,
  );
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void code?.check();
  });
};

// Reading all of that code was one turn; the first screen is another.
void clock.pause().then(start);

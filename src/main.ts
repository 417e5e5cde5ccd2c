import { mount, unmount } from 'svelte';
import { createBrowserClock } from './adapters/browser-clock.js';
import { createIdleReplica } from './replica/idle-replica.js';
import type { Replica } from './replica/commands.js';
import App from './ui/App.svelte';

const VERSION = '0.1.0';
const PROTOCOLS = ['upkeep/1'];
const DEFAULT_PROFILE = 'main';

/** The device that this tab is: `?profile=NAME`, or the one that everybody has (rule P4). */
const profile = ((): string => {
  const asked = new URLSearchParams(location.search).get('profile') ?? DEFAULT_PROFILE;
  return /^[a-z0-9-]{1,32}$/.test(asked) ? asked : DEFAULT_PROFILE;
})();

/** The page's own host runs a rendezvous; others may be built in. */
const rendezvousUrls = ((): readonly string[] => {
  const own = new URL('rendezvous', location.href);
  own.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  own.search = '';
  own.hash = '';
  return [...new Set([own.href, ...__RENDEZVOUS__])];
})();

const target = document.querySelector('#app');
if (target === null) throw new Error('broken invariant: the page has a place for the app');

let shown: ReturnType<typeof mount> | null = null;
const show = (replica: Replica, isLate = false): void => {
  if (shown !== null) void unmount(shown);
  shown = mount(App, {
    target,
    props: {
      replica,
      clock: createBrowserClock(),
      isLate,
      about: { version: VERSION, build: null, protocols: PROTOCOLS },
    },
  });
};

const reload = (): void => location.reload();

/** The first screen stands before the replica is there, which is fetched and opened meanwhile. */
const start = async (): Promise<void> => {
  const door = import('./index.js');
  show(createIdleReplica('opening', reload));
  const { openBrowserReplica } = await door;
  const replica = await openBrowserReplica({
    profile,
    rendezvousUrls,
    onTakenOver: () => show(createIdleReplica('elsewhere', () => replica.takeOver())),
    onPen: reload,
  });
  show(replica);
  const wake = (): void => {
    if (document.visibilityState === 'visible') replica.wake();
  };
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', wake);
};

/** The worker keeps the whole build for later; its own part is fetched beside the replica. */
const keepOffline = async (): Promise<void> => {
  const { startAppWorker } = await import('./adapters/workbox-worker.js');
  await startAppWorker(() => undefined);
};

void start().catch((cause: unknown) => {
  show(createIdleReplica('opening', reload), true);
  throw cause;
});
void keepOffline();

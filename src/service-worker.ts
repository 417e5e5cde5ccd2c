/// <reference lib="webworker" />
import { createCodeCache } from './adapters/bundles/code-cache.js';
import { createKeptStore, createLoaderDatabase } from './adapters/bundles/loader-database.js';
import { BUNDLES_CHANNEL, STAGING_QUERY } from './adapters/bundles/loader-words.js';
import type { Hash } from './core/base/brands.js';
import { ENTRY_PATH } from './core/upgrades/bundle-path.js';
import { type Slots, activeOf } from './core/upgrades/slots.js';
import { RECOVERY_PATH, recoveryHtml } from './loader/recovery-html.js';
import { PAGE_SCRIPT, createServing } from './loader/serving.js';
import { watchSlots } from './loader/slot-watch.js';

/**
 * The loader: a service worker that names no bundle, so that its bytes stay while bundles change.
 *
 * It gives away the active bundle, whole and checked, online or offline, whatever the host serves
 * today, and goes back by itself when one on trial fails. Before the first bundle is here, and
 * after a person gave all up, it lets pages go to the host.
 * Source: rules U6 and U7.
 */
declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const database = createLoaderDatabase(createKeptStore());
const cache = createCodeCache(scope);
const serving = createServing(scope, database, cache);
const channel = new BroadcastChannel(BUNDLES_CHANNEL);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const watch = watchSlots(database, () => channel.postMessage(null), pause, Date.now);

/** What the host alone knows, and what is never run. */
const PASSED = /^(?:health$|release\.cbor$|(?:file|release)s\/)/;

/**
 * The bundle that a page, or a worker of one, was opened with. No two builds have an address of a
 * part in common, so what this worker forgets when it ends is found again.
 */
const bundleByClient = new Map<string, Hash>();

self.onactivate = (event) => event.waitUntil(takeOver());
self.onfetch = answer;
self.onmessage = (event) => event.waitUntil(hear(event));

/** Pages of a bundle wait for this worker; others come when their first one is here. */
async function takeOver(): Promise<void> {
  if ((await database.read()).active !== null) await self.clients.claim();
}

/** What a page may ask for, by the word's kind. */
const deeds = new Map<unknown, (word: Readonly<Record<string, unknown>>) => unknown>([
  ['claim', () => self.clients.claim()],
  ['failed', ({ trial, cause }) => watch.fail(Number(trial), String(cause))],
  ['go-back', watch.goBack],
  ['forget', watch.forget],
]);

async function hear({ data, ports }: ExtendableMessageEvent): Promise<void> {
  const done = await deeds.get(data?.kind)?.(data);
  ports[0]?.postMessage(done);
}

function answer(event: FetchEvent): void {
  const { request } = event;
  const url = new URL(request.url);
  if (!url.href.startsWith(scope)) return;
  const path = (url.origin + url.pathname).slice(scope.length);
  const isPassed =
    request.method !== 'GET' || PASSED.test(path) || url.search.startsWith(STAGING_QUERY);
  // Data alone goes past, to be checked: no page, script, style or worker has no destination.
  if (isPassed && request.destination === '') return;
  if (path === PAGE_SCRIPT) return event.respondWith(serving.own(__PAGE_SCRIPT__, path));
  event.respondWith(request.mode === 'navigate' ? open(event, path) : part(event, path));
}

async function open(event: FetchEvent, path: string): Promise<Response> {
  const { request, resultingClientId } = event;
  let slots: Slots | null = null;
  try {
    if (path === RECOVERY_PATH) return recovery(await database.read(), 200);
    slots = await watch.boot(request.destination === 'document');
    for (;;) {
      const slot = activeOf(slots);
      if (slot === null) return await fetch(request);
      if (path !== '' && path !== ENTRY_PATH) return Response.redirect(scope, 302);
      const trial = slots.trial?.number ?? null;
      const page = await serving.page({ manifest: slot.manifest, trial });
      if (page !== null) {
        bundleByClient.set(resultingClientId, slot.manifest);
        if (trial !== null) {
          const isOpen = async (): Promise<boolean> =>
            (await self.clients.get(resultingClientId)) !== undefined;
          event.waitUntil(watch.outwait(trial, isOpen));
        }
        return page;
      }
      if (trial === null || !(await watch.fail(trial, 'error: no entry page'))) break;
      slots = await database.read();
    }
  } catch {
    // What was kept cannot be read; a page that says so is better than one of anybody's.
  }
  return recovery(slots, 503);
}

const recovery = (slots: Slots | null, status: number): Response =>
  serving.own(recoveryHtml(slots), `${RECOVERY_PATH}.html`, status);

/** A file of the page's own bundle; of a page that this worker never saw, of any that has it. */
async function part({ clientId, resultingClientId, request }: FetchEvent, path: string) {
  const first = activeOf(await database.read());
  if (first === null) return fetch(request);
  const own = bundleByClient.get(clientId);
  if (own !== undefined && resultingClientId !== '') bundleByClient.set(resultingClientId, own);
  const tried = own === undefined ? [first.manifest, ...(await database.lists.keys())] : [own];
  for (const manifest of tried) {
    const found = await serving.file(manifest, path);
    if (found !== null) return found;
  }
  return serving.own('', path, 404);
}

/// <reference lib="webworker" />
import { createCodeCache } from './adapters/bundles/code-cache.js';
import { createLoaderDatabase } from './adapters/bundles/loader-database.js';
import { BUNDLES_CHANNEL, STAGING_QUERY } from './adapters/bundles/loader-words.js';
import type { Hash } from './core/base/brands.js';
import { ENTRY_PATH } from './core/upgrades/bundle-path.js';
import { type Slots, activeOf, idleOf } from './core/upgrades/slots.js';
import { RECOVERY_PATH, recoveryHtml } from './loader/recovery-html.js';
import { PAGE_SCRIPT, createServing } from './loader/serving.js';
import { watchSlots } from './loader/slot-watch.js';
import { sweep } from './loader/sweeping.js';

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
const database = createLoaderDatabase();
const cache = createCodeCache(scope);
const serving = createServing(scope, database, cache);
const channel = new BroadcastChannel(BUNDLES_CHANNEL);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const watch = watchSlots(database, () => channel.postMessage(null), pause, Date.now);

/** What the host alone knows, and what is never run. */
const PASSED = /^(?:health|release\.cbor|files\/.*|releases\/.*)$/;

/** The bundle that a page or worker of a page was opened with; kept beyond this worker's life. */
const bundleByClient = new Map<string, Hash>();
let isSwept = false;

self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', answer);
self.addEventListener('message', (event) => event.waitUntil(hear(event)));

/** Pages of a bundle wait for this worker; others come when their first one is here. */
async function takeOver(): Promise<void> {
  if ((await database.read()).active !== null) await self.clients.claim();
}

async function hear({ data, ports }: ExtendableMessageEvent): Promise<void> {
  const word = data as Readonly<Record<string, unknown>> | null;
  const reply = (done: boolean): void => ports[0]?.postMessage(done);
  switch (word?.['kind']) {
    case 'claim':
      return self.clients.claim();
    case 'sweep':
      return sweepOnce(true);
    case 'failed':
      return reply(await watch.fail(Number(word['trial']), String(word['cause'])));
    case 'go-back':
      return reply(await watch.goBack());
    case 'forget':
      return reply(await watch.forget());
  }
}

async function sweepOnce(isAsked = false): Promise<void> {
  if (isSwept && !isAsked) return;
  isSwept = true;
  isSwept = await sweep(database, cache, async () => {
    const open = await self.clients.matchAll({ type: 'all', includeUncontrolled: true });
    return new Set(open.map(({ id }) => id));
  });
}

function answer(event: FetchEvent): void {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(scope)) return;
  const path = (url.origin + url.pathname).slice(scope.length);
  if (PASSED.test(path)) return;
  // Data that a page stages and checks; no script, style or worker has an empty destination.
  if (request.destination === '' && url.search.startsWith(STAGING_QUERY)) return;
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
        event.waitUntil(remember(resultingClientId, slot.manifest));
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

async function remember(client: string, manifest: Hash): Promise<void> {
  bundleByClient.set(client, manifest);
  await database.clients.put(client, manifest);
  await sweepOnce();
}

/** A file of the page's own bundle; of a page that nobody remembers, by its path from any. */
async function part(event: FetchEvent, path: string): Promise<Response> {
  const { clientId, resultingClientId, request } = event;
  const slots = await database.read();
  const first = activeOf(slots);
  if (first === null) return fetch(request);
  const own = bundleByClient.get(clientId) ?? (await database.clients.get(clientId));
  if (own !== null && resultingClientId !== '') bundleByClient.set(resultingClientId, own);
  const tried = own === null ? [first.manifest, slots[idleOf(slots)]?.manifest] : [own];
  for (const manifest of tried) {
    const found = manifest === undefined ? null : await serving.file(manifest, path);
    if (found !== null) return found;
  }
  return serving.own('', path, 404);
}

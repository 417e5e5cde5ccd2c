/// <reference lib="webworker" />
import { contentTypeOf } from './server/content-types.js';
import { securityHeaders } from './server/security-headers.js';

/**
 * The service worker: keeps every file of one build and serves the app from them.
 *
 * A copy is always preferred to the network, online or offline, so that a page is of one build.
 * A new build waits until the page asks for it; older copies go once no page can need them.
 * Source: rule U6 (what it says of headers and of never falling through), UX.md section 3.
 */
declare const self: ServiceWorkerGlobalScope;

const CACHE_PREFIX = 'upkeep-build-';
const DOCUMENT_PATH = 'index.html';
const FILES = new Map(__PRECACHE__.map(({ path, sha256 }) => [path, sha256]));
const HEADERS = securityHeaders(self.location.host, __RENDEZVOUS__);
const CACHE_NAME = `${CACHE_PREFIX}${__BUILD__}`;

/** Pages that this worker opened in its present life; one that it forgot only delays a sweep. */
const openedHere = new Set<string>();
let isSwept = false;

self.addEventListener('install', (event) => event.waitUntil(precache()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', answer);
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const data: unknown = event.data;
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  if (type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});

/** Fetches every file; the browser checks each against its hash, and one mismatch fails all. */
async function precache(): Promise<void> {
  const cache = await caches.open(CACHE_NAME);
  const requests = [...FILES].map(
    ([path, sha256]) =>
      new Request(urlOf(path), { cache: 'no-cache', integrity: `sha256-${sha256}` }),
  );
  await cache.addAll(requests);
}

async function takeOver(): Promise<void> {
  await self.clients.claim();
  await sweep();
}

/** Removes older builds once every open page is known to have been opened with this one. */
async function sweep(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.some((page) => !openedHere.has(page.id))) return;
  const names = await caches.keys();
  // A build that is on its way in has a copy too, and would be left with nothing to serve.
  if (self.registration.installing !== null || self.registration.waiting !== null) return;
  const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE_NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  isSwept = true;
}

function answer(event: FetchEvent): void {
  const { request } = event;
  const url = new URL(request.url);
  const scope = new URL(self.registration.scope);
  if (request.method !== 'GET' || url.origin !== scope.origin) return;
  if (!url.pathname.startsWith(scope.pathname)) return;
  const path = decodePath(url.pathname.slice(scope.pathname.length));
  if (path === 'health' || path === 'sw.js') return;
  if (request.mode === 'navigate') {
    const isApp = path === '' || path === DOCUMENT_PATH;
    event.respondWith(isApp ? serveFile(DOCUMENT_PATH) : Promise.resolve(toStart()));
    if (isApp) openedHere.add(event.resultingClientId);
    return;
  }
  if (!isSwept) event.waitUntil(sweep());
  event.respondWith(serveFile(path));
}

/** The file as this build has it, else as an older build, whose page is still open, has it. */
async function serveFile(path: string): Promise<Response> {
  const current = await caches.open(CACHE_NAME);
  const hit = (await current.match(urlOf(path), { ignoreVary: true })) ?? (await matchOlder(path));
  if (hit !== undefined) return withHeaders(hit, path);
  if (FILES.has(path)) return refetch(current, path);
  return new Response('Not part of this app.\n', { status: 404, headers: HEADERS });
}

async function matchOlder(path: string): Promise<Response | undefined> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE_PREFIX) || name === CACHE_NAME) continue;
    const hit = await (await caches.open(name)).match(urlOf(path), { ignoreVary: true });
    if (hit !== undefined) return hit;
  }
  return undefined;
}

/** The browser dropped a single copy: fetch that file again, checked as at installation. */
async function refetch(cache: Cache, path: string): Promise<Response> {
  const integrity = `sha256-${FILES.get(path) ?? ''}`;
  const request = new Request(urlOf(path), { cache: 'no-cache', integrity });
  try {
    const response = await fetch(request);
    if (!response.ok) return Response.error();
    await cache.put(request, response.clone());
    return withHeaders(response, path);
  } catch {
    return Response.error();
  }
}

const withHeaders = (response: Response, path: string): Response =>
  new Response(response.body, {
    headers: { ...HEADERS, 'content-type': contentTypeOf(path), 'cache-control': 'no-cache' },
  });

const toStart = (): Response => Response.redirect(self.registration.scope, 302);

const urlOf = (path: string): string => new URL(path, self.registration.scope).href;

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

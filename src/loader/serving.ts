import { readAtMost } from '../adapters/bundles/bounded-fetch.js';
import { type CodeCache, sha256Of } from '../adapters/bundles/code-cache.js';
import type { LoaderDatabase } from '../adapters/bundles/loader-database.js';
import { BUNDLE_META, type PageNote, STAGING_QUERY } from '../adapters/bundles/loader-words.js';
import type { Hash } from '../core/base/brands.js';
import { ENTRY_PATH } from '../core/upgrades/bundle-path.js';
import type { BundleFile } from '../core/upgrades/manifest.js';
import { contentTypeOf } from '../server/content-types.js';
import { securityHeaders } from '../server/security-headers.js';

/** The loader's own script, for its own pages and pages on trial. No bundle's path is like it. */
export const PAGE_SCRIPT = '~page.js';
/** Names the rendezvous and release hosts that a bundle may connect to besides its own host. */
const CONNECTIONS_FILE = 'connect.json';
/** None holds a sign that ends an entry of a policy; what is no origin the browser passes over. */
const ORIGIN = /\w+:\/\/[\w.:[\]-]+/g;
/** Before anything that the page itself brings. */
const BEGINNING = /^(?:<!doctype html>)?(?:[^]*?<head\b[^>]*>)?/i;

/** Gives files of bundles away, each as its manifest says or not at all. */
export interface Serving {
  /** The entry page, marked with its bundle, and guarded where it is on trial; null: not here. */
  readonly page: (note: PageNote) => Promise<Response | null>;
  /** Null: the bundle has no such file. An error where it has, and the bytes are lost. */
  readonly file: (manifest: Hash, path: string) => Promise<Response | null>;
  /** A text of the loader's own, under the policy of no bundle. */
  readonly own: (text: string, path: string, status?: number) => Response;
}

type Headers = Readonly<Record<string, string>>;

/** Undefined: no such file; null: it is lost. */
type Found = Uint8Array<ArrayBuffer> | null | undefined;

/**
 * Serves bundles from what is kept here. Each file is hashed once more before it is given away.
 *
 * A copy that the browser dropped or harmed is fetched again by its hash, and only by that.
 * Source: rules U3 and U6.
 */
export const createServing = (
  scope: string,
  { lists }: Pick<LoaderDatabase, 'lists'>,
  cache: Pick<CodeCache, 'read' | 'write'>,
): Serving => {
  const { host } = new URL(scope);
  const filesBy = new Map<Hash, readonly BundleFile[]>();
  const headersBy = new Map<Hash, Headers>();

  const bytesAt = async (manifest: Hash, path: string): Promise<Found> => {
    const files = filesBy.get(manifest) ?? (await lists.get(manifest));
    if (files !== null) filesBy.set(manifest, files);
    const file = files?.find((each) => each.path === path);
    return file && bytesOf(file);
  };

  const bytesOf = async ({ path, sha256, bytes }: BundleFile): Promise<Found> => {
    const kept = await cache.read(sha256);
    if (kept !== null && (await sha256Of(kept)) === sha256) return kept;
    const address = `${scope}${path}${STAGING_QUERY}${sha256}`;
    const fetched = await fetch(address, { cache: 'no-cache' })
      .then((response) => readAtMost(response, bytes))
      .catch(() => null);
    if (fetched === null || (await sha256Of(fetched)) !== sha256) return null;
    await cache.write(sha256, fetched).catch(() => null);
    return fetched;
  };

  const answer = async (manifest: Hash, path: string, body: BodyInit): Promise<Response> => {
    let headers = headersBy.get(manifest);
    if (headers === undefined) {
      const named = await textOf((await bytesAt(manifest, CONNECTIONS_FILE)) ?? '');
      headers = securityHeaders(host, named.match(ORIGIN) ?? []);
      headersBy.set(manifest, headers);
    }
    return respond(body, path, headers);
  };

  return {
    page: async (note) => {
      const bytes = await bytesAt(note.manifest, ENTRY_PATH);
      return bytes ? answer(note.manifest, ENTRY_PATH, marked(await textOf(bytes), note)) : null;
    },
    file: async (manifest, path) => {
      const bytes = await bytesAt(manifest, path);
      if (bytes === undefined) return null;
      return bytes === null ? Response.error() : answer(manifest, path, bytes);
    },
    own: (text, path, status) => respond(text, path, securityHeaders(host, []), status),
  };
};

const respond = (body: BodyInit, path: string, security: Headers, status = 200): Response =>
  new Response(body, {
    status,
    headers: {
      ...security,
      'content-type': contentTypeOf(path),
      'cache-control': 'no-cache',
    },
  });

const marked = (html: string, { manifest, trial }: PageNote): string => {
  const meta = `<meta name=${BUNDLE_META} content=${manifest}`;
  const guarded = ` data-trial=${trial}><script src=${PAGE_SCRIPT}></script>`;
  return html.replace(BEGINNING, `$&${meta}${trial === null ? '>' : guarded}`);
};

const textOf = (bytes: BodyInit): Promise<string> => new Response(bytes).text();

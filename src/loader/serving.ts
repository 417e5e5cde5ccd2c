import { fetchAtMost } from '../adapters/bundles/bounded-fetch.js';
import { type CodeCache, sha256Of } from '../adapters/bundles/code-cache.js';
import type { LoaderDatabase } from '../adapters/bundles/loader-database.js';
import { BUNDLE_META, type PageNote, STAGING_QUERY } from '../adapters/bundles/loader-words.js';
import type { Hash } from '../core/base/brands.js';
import { ENTRY_PATH } from '../core/upgrades/bundle-path.js';
import type { BundleFile } from '../core/upgrades/manifest.js';
import { contentTypeOf } from '../server/content-types.js';
import { securityHeaders } from '../server/security-headers.js';

export const GUARD_SCRIPT = '~guard.js';
/** Names the rendezvous that a bundle may connect to besides its host's. */
const RENDEZVOUS_FILE = 'rendezvous.json';
const HEAD = /<head[^>]*>/i;

/** Gives files of bundles away, each as its manifest says or not at all. */
export interface Serving {
  /** The entry page, marked with its bundle, and guarded where it is on trial; null: not here. */
  readonly page: (note: PageNote) => Promise<Response | null>;
  /** Null: the bundle has no such file. An error where it has, and the bytes are lost. */
  readonly file: (manifest: Hash, path: string) => Promise<Response | null>;
  /** A text of the loader's own, under the policy of no bundle. */
  readonly own: (text: string, path: string, status?: number) => Response;
}

/**
 * Serves bundles from what is kept here. Each file is hashed once more before it is given away.
 *
 * A copy that the browser dropped or harmed is fetched again by its hash, and only by that.
 * Source: rules U3 and U6.
 */
export const createServing = (
  scope: string,
  database: Pick<LoaderDatabase, 'list'>,
  cache: Pick<CodeCache, 'read' | 'write'>,
): Serving => {
  const { host } = new URL(scope);
  const lists = new Map<Hash, readonly BundleFile[]>();
  const headersBy = new Map<Hash, Readonly<Record<string, string>>>();

  const listOf = async (manifest: Hash): Promise<readonly BundleFile[]> => {
    const known = lists.get(manifest) ?? (await database.list(manifest));
    if (known !== null) lists.set(manifest, known);
    return known ?? [];
  };

  const bytesOf = async ({ path, sha256, bytes }: BundleFile): Promise<BodyInit | null> => {
    const kept = await cache.read(sha256);
    if (kept !== null && (await sha256Of(kept)) === sha256) return kept;
    const fetched = await fetchAtMost(`${scope}${path}${STAGING_QUERY}${sha256}`, bytes);
    if (!fetched.ok || (await sha256Of(fetched.value)) !== sha256) return null;
    await cache.write(sha256, fetched.value).catch(() => undefined);
    return fetched.value as Uint8Array<ArrayBuffer>;
  };

  const headersOf = async (manifest: Hash): Promise<Readonly<Record<string, string>>> => {
    const known = headersBy.get(manifest);
    if (known !== undefined) return known;
    const named = (await listOf(manifest)).find(({ path }) => path === RENDEZVOUS_FILE);
    const bytes = named === undefined ? null : await bytesOf(named);
    const headers = securityHeaders(host, bytes === null ? [] : addressesIn(await textOf(bytes)));
    headersBy.set(manifest, headers);
    return headers;
  };

  const answer = async (manifest: Hash, path: string, body: BodyInit): Promise<Response> =>
    new Response(body, { headers: headersFor(await headersOf(manifest), path) });

  return {
    page: async (note) => {
      const entry = (await listOf(note.manifest)).find(({ path }) => path === ENTRY_PATH);
      const bytes = entry === undefined ? null : await bytesOf(entry);
      if (bytes === null) return null;
      return answer(note.manifest, ENTRY_PATH, marked(await textOf(bytes), note));
    },
    file: async (manifest, path) => {
      const file = (await listOf(manifest)).find((each) => each.path === path);
      if (file === undefined) return null;
      const bytes = await bytesOf(file);
      return bytes === null ? Response.error() : answer(manifest, path, bytes);
    },
    own: (text, path, status = 200) =>
      new Response(text, { status, headers: headersFor(securityHeaders(host, []), path) }),
  };
};

const headersFor = (
  security: Readonly<Record<string, string>>,
  path: string,
): Readonly<Record<string, string>> => ({
  ...security,
  'content-type': contentTypeOf(path),
  'cache-control': 'no-cache',
});

/** Before anything that the page itself brings. */
const marked = (html: string, { manifest, trial }: PageNote): string => {
  const number = trial === null ? '' : ` data-trial="${trial}"`;
  const meta = `<meta name="${BUNDLE_META}" content="${manifest}"${number}>`;
  const guard = trial === null ? '' : `<script src="${GUARD_SCRIPT}"${number}></script>`;
  const head = HEAD.exec(html)?.[0] ?? '<!doctype html>';
  return html.replace(HEAD.test(html) ? head : /^(?:<!doctype html>)?/i, head + guard + meta);
};

const textOf = (bytes: BodyInit): Promise<string> => new Response(bytes).text();

const addressesIn = (text: string): readonly string[] => {
  try {
    const read: unknown = JSON.parse(text);
    const isSocket = (each: unknown): each is string =>
      typeof each === 'string' && /^wss?:\/\/[\w.:[\]-]+(?:\/[^;,\s]*)?$/.test(each);
    return Array.isArray(read) ? read.filter(isSocket) : [];
  } catch {
    return [];
  }
};

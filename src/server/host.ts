import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { contentTypeOf, isCompressible } from './content-types.js';
import { isPlainHost, securityHeaders } from './security-headers.js';

/** What a host is made from. */
export interface HostOptions {
  /** The folder of a build. It is read when the host is created, and again by `reload`. */
  readonly root: string;
  /** Origins of other hosts that pages may connect to. */
  readonly origins: readonly string[];
  /** What `/health` answers, as JSON. */
  readonly health: () => Readonly<Record<string, unknown>>;
}

/** Serves one build over node:http or node:https. */
export interface Host {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Takes up the folder's present files. */
  readonly reload: () => void;
}

type Encoding = 'br' | 'gzip' | 'identity';

interface HostedFile {
  readonly type: string;
  readonly tag: string;
  readonly cacheControl: string;
  readonly bytesByEncoding: ReadonlyMap<Encoding, Buffer>;
}

const FILE_BYTES_MAX = 32 * 1024 * 1024;
const COMPRESS_BYTES_MIN = 1024;

/**
 * Creates a static host for one build.
 *
 * All files are held in memory and looked up by their exact path, so no path reaches the disk.
 * Files in a folder named by their build are cached for ever, the others asked for each time.
 * Answers: 400 wrong host or path, 404 no such file, 405 other methods than GET and HEAD.
 * Errors: throws when the folder holds no index.html or a file over 32 MiB.
 */
export const createHost = (options: HostOptions): Host => {
  let fileByPath = readBuild(options.root);
  return {
    handle: (request, response) => answer(options, fileByPath, request, response),
    reload: () => {
      fileByPath = readBuild(options.root);
    },
  };
};

const answer = (
  options: HostOptions,
  fileByPath: ReadonlyMap<string, HostedFile>,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const host = request.headers.host ?? '';
  const path = pathOf(request.url ?? '');
  if (!isPlainHost(host) || path === undefined) return refuse(response, 400, 'Bad request.\n');
  const headers = securityHeaders(host, options.origins);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return refuse(response, 405, 'Only GET and HEAD.\n');
  }
  if (path === '/health') return sendHealth(options, request, response);
  const file = fileByPath.get(path === '/' ? '/index.html' : path);
  if (file === undefined) return refuse(response, 404, 'Not found.\n');
  sendFile(file, request, response);
};

const sendHealth = (
  options: HostOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const body = Buffer.from(`${JSON.stringify(options.health())}\n`);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-type', contentTypeOf('health.json'));
  response.setHeader('content-length', body.length);
  response.writeHead(200).end(request.method === 'HEAD' ? undefined : body);
};

const sendFile = (file: HostedFile, request: IncomingMessage, response: ServerResponse): void => {
  const encoding = chooseEncoding(file, String(request.headers['accept-encoding'] ?? ''));
  const bytes = file.bytesByEncoding.get(encoding) ?? Buffer.alloc(0);
  response.setHeader('cache-control', file.cacheControl);
  response.setHeader('etag', file.tag);
  response.setHeader('vary', 'accept-encoding');
  // Nothing here is secret, and pages of another host may look for a release here (rule U2).
  response.setHeader('access-control-allow-origin', '*');
  if (request.headers['if-none-match'] === file.tag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('content-type', file.type);
  response.setHeader('content-length', bytes.length);
  if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
  response.writeHead(200).end(request.method === 'HEAD' ? undefined : bytes);
};

const refuse = (response: ServerResponse, status: number, text: string): void => {
  response.setHeader('content-type', contentTypeOf('refused.txt'));
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status).end(text);
};

const chooseEncoding = (file: HostedFile, accepted: string): Encoding => {
  const names = accepted.split(',').map((part) => part.trim().split(';')[0]);
  if (file.bytesByEncoding.has('br') && names.includes('br')) return 'br';
  if (file.bytesByEncoding.has('gzip') && names.includes('gzip')) return 'gzip';
  return 'identity';
};

const pathOf = (target: string): string | undefined => {
  const path = target.split(/[?#]/, 1)[0] ?? '';
  if (!path.startsWith('/')) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

const readBuild = (root: string): ReadonlyMap<string, HostedFile> => {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const fileByPath = new Map<string, HostedFile>();
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(root, path).split(sep).join('/')}`;
    fileByPath.set(name, readHosted(name, readFileSync(path)));
  }
  if (!fileByPath.has('/index.html')) throw new Error(`${root} holds no build: no index.html.`);
  return fileByPath;
};

const readHosted = (name: string, bytes: Buffer): HostedFile => {
  if (bytes.length > FILE_BYTES_MAX) throw new Error(`${name} is over ${FILE_BYTES_MAX} bytes.`);
  const bytesByEncoding = new Map<Encoding, Buffer>([['identity', bytes]]);
  if (isCompressible(name) && bytes.length >= COMPRESS_BYTES_MIN) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    bytesByEncoding.set('br', brotliCompressSync(bytes, { params }));
    bytesByEncoding.set('gzip', gzipSync(bytes));
  }
  const isOfOneBuild = /^\/assets\/[\da-f]{16}\//.test(name);
  return {
    type: contentTypeOf(name),
    tag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    cacheControl: isOfOneBuild ? 'public, max-age=31536000, immutable' : 'no-cache',
    bytesByEncoding,
  };
};

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost, type Host } from '../../../src/server/host.js';
import { isPlainHost } from '../../../src/server/security-headers.js';

/** The folder that a build puts its parts into. */
const BUILD = '0123456789abcdef';
const SCRIPT = 'export const quorum = 2;\n'.repeat(100);
let folder: string;
let host: Host;
let server: Server;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const ask = (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const body = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upkeep-host-'));
  await mkdir(join(folder, 'app', 'assets', BUILD), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await writeFile(join(folder, 'app', 'index.html'), '<!doctype html><title>Upkeep</title>');
  await writeFile(join(folder, 'app', 'sw.js'), 'self;');
  await writeFile(join(folder, 'app', 'manifest.webmanifest'), '{}');
  await writeFile(join(folder, 'app', 'assets', BUILD, 'index.js'), SCRIPT);
  await writeFile(join(folder, 'app', 'assets', 'more.js'), SCRIPT);
  host = createHost({
    root: join(folder, 'app'),
    origins: ['wss://meet.example'],
    health: () => ({ ok: true }),
  });
  server = createServer((incoming, response) => host.handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

describe('the static host', () => {
  it('[P3] serves each file with its type', async () => {
    const types = await Promise.all(
      ['/', '/index.html', '/sw.js', '/manifest.webmanifest'].map(async (path) => {
        const { status, headers } = await ask(path);
        return [status, headers['content-type']];
      }),
    );
    expect(types).toEqual([
      [200, 'text/html; charset=utf-8'],
      [200, 'text/html; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
      [200, 'application/manifest+json; charset=utf-8'],
    ]);
  });

  it('[P3] lets only files in a folder of their build be kept for ever', async () => {
    const part = await ask(`/assets/${BUILD}/index.js`);
    expect(part.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/sw.js', '/manifest.webmanifest', '/assets/more.js']) {
      expect((await ask(path)).headers['cache-control']).toBe('no-cache');
    }
  });

  it('[P3] answers a copy that is still right without its bytes', async () => {
    const first = await ask('/sw.js');
    const again = await ask('/sw.js', { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const other = await ask('/sw.js', { 'if-none-match': '"another"' });
    expect(other.status).toBe(200);
  });

  it('[P3] compresses text for whom takes it', async () => {
    const path = `/assets/${BUILD}/index.js`;
    const plain = await ask(path);
    const brotli = await ask(path, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await ask(path, { 'accept-encoding': 'gzip;q=0.8' });
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    expect(brotli.body.length).toBeLessThan(plain.body.length / 4);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets',
    '/assets/',
    '//secret.txt',
    '/index.html/',
    '/index.html%00',
    '/nowhere',
  ])('[P3] has nothing at %s', async (path) => {
    const { status, body } = await ask(path);
    expect([status, body.toString()]).toEqual([404, 'Not found.\n']);
  });

  it('[P3] refuses what is no request for a file', async () => {
    expect((await ask('/%zz')).status).toBe(400);
    expect((await ask('/', { host: 'evil.example; script-src *' })).status).toBe(400);
    expect((await ask('/', {}, 'POST')).status).toBe(405);
    const head = await ask('/sw.js', {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5', 0]);
  });

  it('[P3] tells its health', async () => {
    const { headers, body } = await ask('/health');
    expect(JSON.parse(body.toString())).toEqual({ ok: true });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('[P3] takes up a new build when it is told to', async () => {
    await writeFile(join(folder, 'app', 'later.txt'), 'later');
    expect((await ask('/later.txt')).status).toBe(404);
    host.reload();
    expect((await ask('/later.txt')).body.toString()).toBe('later');
  });

  it('[P6] lets a page connect to its own origin and what is configured, nowhere else', async () => {
    const { headers } = await ask('/', { host: 'upkeep.local:4173' });
    const directives = String(headers['content-security-policy']).split('; ');
    expect(directives.find((directive) => directive.startsWith('connect-src'))).toBe(
      "connect-src 'self' ws://upkeep.local:4173 wss://upkeep.local:4173 wss://meet.example",
    );
    expect(directives).toContain("default-src 'none'");
    expect(directives).toContain("script-src 'self'");
    expect(directives).toContain("require-trusted-types-for 'script'");
    expect(directives).toContain('trusted-types svelte-trusted-html upkeep-worker');
  });

  it('[P6] sends the security headers with every answer', async () => {
    for (const path of ['/', '/sw.js', '/nowhere', '/health']) {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'self'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    }
  });

  it('[U2] lets pages of other hosts read its files, and not its health', async () => {
    const allowed = async (path: string): Promise<unknown> =>
      (await ask(path)).headers['access-control-allow-origin'];
    expect(await allowed('/')).toBe('*');
    expect(await allowed('/health')).toBeUndefined();
  });

  it('[P6] knows a plain host from what would add to a policy', () => {
    expect(['localhost:1', '[::1]:4173', '10.0.0.2'].every(isPlainHost)).toBe(true);
    expect(['', '*', 'a b', "a'self'", 'a;b', 'a/b'].some(isPlainHost)).toBe(false);
  });
});

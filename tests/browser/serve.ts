import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LOADER_PIN, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { createHost } from '../../src/server/host.js';
import { attachRendezvous, type Rendezvous } from '../../src/server/rendezvous.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the build lies. */
export const APP_ROOT = join(ROOT, 'dist', 'app');
/** The loader's script in it, which is written last. */
export const LOADER_FILE = join(APP_ROOT, loaderPath(LOADER_PIN.sha256));
const BUILD_MS_MAX = 180_000;
const SOURCES = ['src', 'public', 'vite.config.ts', 'package-lock.json'];

/** A host and a rendezvous on one free port of this machine, for journeys in real browsers. */
export interface RunningApp {
  /** Ends in a slash; localhost, so that the browser treats it as secure. */
  readonly url: string;
  readonly port: number;
  /** Takes up the present files of the folder that is served. */
  readonly reload: () => void;
  /** Ends the rendezvous; the host goes on. */
  readonly stopRendezvous: () => Promise<void>;
  /** Ends both. Calling it again does nothing. */
  readonly close: () => Promise<void>;
}

/** Where to serve from, and what. */
export interface StartOptions {
  /** A port, to come back at the address of before; any free one otherwise. */
  readonly port?: number;
  /** The folder of a build; `dist/app`, built first when it is out of date, otherwise. */
  readonly root?: string;
  /** Awaited before a path is answered, so that a test can keep a file back. */
  readonly gate?: (path: string) => Promise<void>;
  /** Answers in place of the host, where it returns true. */
  readonly answer?: (path: string, response: ServerResponse) => boolean;
  /** Takes the place of the rendezvous. */
  readonly attach?: (server: Server) => Pick<Rendezvous, 'close'>;
}

/** Starts the app for a test or the demo. Errors: throws when it cannot be built or served. */
export const startApp = async (options: StartOptions = {}): Promise<RunningApp> => {
  if (options.root === undefined) await ensureBuild();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    await options.gate?.(path);
    if (options.answer?.(path.split('?', 1)[0] ?? '', response) === true) return;
    host.handle(request, response);
  });
  const rendezvous = (options.attach ?? attachRendezvous)(server);
  const host = createHost({
    root: options.root ?? APP_ROOT,
    origins: [],
    health: () => ({ ok: true }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const stopRendezvous = (): Promise<void> => (stopped ??= Promise.resolve(rendezvous.close()));
  const close = async (): Promise<void> => {
    await stopRendezvous();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return {
    url: `http://localhost:${port}/`,
    port,
    reload: host.reload,
    stopRendezvous,
    close: () => (closed ??= close()),
  };
};

let built: Promise<void> | undefined;

/** Builds the app unless the build is newer than everything that it is made from. */
export const ensureBuild = (): Promise<void> => (built ??= buildIfOld());

const buildIfOld = async (): Promise<void> => {
  const builtMs = await timeOf(LOADER_FILE);
  const newestMs = Math.max(
    ...(await Promise.all(SOURCES.map((path) => newest(join(ROOT, path))))),
  );
  if (builtMs > newestMs) return;
  await buildApp({});
};

/**
 * Builds the app in a process of its own, since a test's process has an environment of tests.
 *
 * `environment` is what the build is configured with (UPKEEP_OUT_DIR, UPKEEP_RENDEZVOUS).
 * Errors: rejects with the build's own output.
 */
export const buildApp = async (environment: Readonly<Record<string, string>>): Promise<void> => {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
  await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: ROOT, env: { ...inherited, ...environment }, timeout: BUILD_MS_MAX },
  );
};

/** The latest change below a path, in milliseconds since 1970; a missing path is never new. */
const newest = async (path: string): Promise<number> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = [path, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  return Math.max(...(await Promise.all(paths.map(timeOf))));
};

const timeOf = (path: string): Promise<number> =>
  stat(path).then(
    (entry) => entry.mtimeMs,
    () => 0,
  );

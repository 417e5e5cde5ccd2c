import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { NATIVE_PEER } from '../native-peer.js';
import { contentTypeOf } from '../../src/server/content-types.js';
import { attachRendezvous } from '../../src/server/rendezvous.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page of the figures, with a rendezvous beside it. */
export interface FiguresServer {
  readonly url: string;
  readonly rendezvousUrl: string;
  readonly close: () => Promise<void>;
}

/** Builds the page as the app is built, and serves it on a free port of this machine. */
export const serveFigures = async (isReadable: boolean): Promise<FiguresServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-figures-'));
  await buildFigures(folder, isReadable);
  return serveFolder(folder);
};

/** Builds the page into a folder; it can be served from anywhere. */
export const buildFigures = async (folder: string, isReadable: boolean): Promise<void> => {
  await build({
    configFile: false,
    base: './',
    root: pathTo('./page'),
    logLevel: 'error',
    define: { __RENDEZVOUS__: '[]' },
    resolve: { alias: [NATIVE_PEER] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: !isReadable,
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
    },
  });
};

/** Serves a folder on a free port of this machine, with a rendezvous; closing removes the folder. */
export const serveFolder = async (folder: string): Promise<FiguresServer> => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (bytes) =>
        response.setHeader('content-type', contentTypeOf(extname(path) || '.html')).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  const rendezvous = attachRendezvous(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    rendezvousUrl: `ws://localhost:${port}/rendezvous`,
    close: async () => {
      await rendezvous.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
};

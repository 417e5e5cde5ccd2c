import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { NATIVE_PEER } from '../../native-peer.js';

/** The page of the contract suites, served on a free port of this machine. */
export interface ContractPage {
  /** http://localhost:PORT, without a slash: the origin that holds the page's storage. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Where the page learns which paths this host was asked for. */
export const ASKED_PATH = '/asked';

/** Bundles the page and serves it, at the same port again where one is given. */
export const serveContractPage = async (port = 0): Promise<ContractPage> => {
  const scripts = await bundle();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === ASKED_PATH) return void response.end(JSON.stringify(asked));
    const script = scripts.get(request.url ?? '');
    const isLost = script === undefined && request.url !== '/';
    response.statusCode = isLost ? 404 : 200;
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ?? PAGE);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const PAGE =
  '<!doctype html><html lang="en"><title>Contracts</title>' +
  '<link rel="icon" href="data:,"><script type="module" src="/page.js"></script></html>';

/** The page's script in one file, and the workers that it starts, by their paths. */
const bundle = async (): Promise<ReadonlyMap<string, string>> => {
  const built = await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    resolve: { alias: [NATIVE_PEER] },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      rolldownOptions: {
        input: fileURLToPath(new URL('./page.ts', import.meta.url)),
        output: { format: 'es', codeSplitting: false, entryFileNames: 'page.js' },
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return new Map([
    ...output.output.map(
      (file) =>
        [
          `/${file.fileName}`,
          file.type === 'chunk' ? file.code : Buffer.from(file.source).toString(),
        ] as const,
    ),
    ['/migration.js', await migrationScript()],
  ]);
};

/** The script with which a bundle is tried, as a build makes it. */
const migrationScript = async (): Promise<string> => {
  const path = '../../../src/adapters/bundles/migration-script.ts';
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(path, import.meta.url)),
        output: { format: 'iife', entryFileNames: 'migration.js' },
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return output.output[0].code;
};

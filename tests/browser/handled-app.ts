import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { NATIVE_PEER } from '../native-peer.js';
import { ensureBuild, startApp, type RunningApp, type StartOptions } from './serve.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const HANDLE_HTML = [
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Handle</title>',
  '<link rel="icon" href="/favicon.svg"><script type="module" src="/handle.js"></script></head>',
  '<body></body></html>',
].join('');

/** The built app as it is, with one page more: `handle.html`, the library without its screens. */
export interface HandledApp extends RunningApp {
  /** Starts again on the same port after `close`, from the same files. */
  readonly again: () => Promise<RunningApp>;
  /** Ends everything and removes the files. */
  readonly discard: () => Promise<void>;
}

/** Starts the app with the handle beside it. Errors: throws when either cannot be built. */
export const startHandledApp = async (
  options: Pick<StartOptions, 'attach'> = {},
): Promise<HandledApp> => {
  const root = await mkdtemp(join(tmpdir(), 'upkeep-handled-'));
  await ensureBuild();
  await cp(pathTo('../../dist/app'), root, { recursive: true });
  await writeFile(join(root, 'handle.html'), HANDLE_HTML);
  await writeFile(join(root, 'handle.js'), await bundleHandle());
  const app = await startApp({ ...options, root });
  const running: RunningApp[] = [app];
  return {
    ...app,
    again: async () => {
      const next = await startApp({ ...options, root, port: app.port });
      running.push(next);
      return next;
    },
    discard: async () => {
      await Promise.all(running.map((each) => each.close()));
      await rm(root, { recursive: true, force: true });
    },
  };
};

/** The handle's script in one file, with the peer module that the app has. */
const bundleHandle = async (): Promise<string> => {
  const built = await build({
    configFile: false,
    root: pathTo('./pages'),
    logLevel: 'error',
    define: { __RENDEZVOUS__: '[]' },
    resolve: { alias: [NATIVE_PEER] },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: {
        input: pathTo('./pages/handle.ts'),
        output: { format: 'es', codeSplitting: false },
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return output.output[0].code;
};

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { listBundle } from './src/server/release.js';
import { parseRendezvousList } from './src/server/security-headers.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const OUT_DIR = process.env['UPKEEP_OUT_DIR'] ?? pathTo('./dist/app');
const TARGET = ['chrome123', 'firefox121', 'safari17.5'];
const rendezvous = parseRendezvousList(process.env['UPKEEP_RENDEZVOUS'] ?? '');

/** Where the page bears the name of its build; empty in development. */
const BUILD_PLACE = '<meta name="upkeep-build" content="" />';

/**
 * Names the build, and builds its service worker after it, with the list of what it keeps offline.
 *
 * The list names each file of the build by path and SHA-256, so the worker changes when, and only
 * when, the build does. The name is made from that list before the page bears it.
 */
const serviceWorker = (): Plugin => ({
  name: 'upkeep-service-worker',
  apply: 'build',
  async writeBundle() {
    const name = createHash('sha256')
      .update(JSON.stringify(await listFiles(OUT_DIR)) + rendezvous.join())
      .digest('hex')
      .slice(0, 16);
    await nameBuild(join(OUT_DIR, 'index.html'), name);
    const precache = JSON.stringify(await listFiles(OUT_DIR));
    await build({
      configFile: false,
      root: pathTo('./src'),
      logLevel: 'warn',
      define: {
        __PRECACHE__: precache,
        __BUILD__: JSON.stringify(name),
        __RENDEZVOUS__: JSON.stringify(rendezvous),
      },
      build: {
        outDir: OUT_DIR,
        emptyOutDir: false,
        copyPublicDir: false,
        target: TARGET,
        modulePreload: false,
        rolldownOptions: {
          input: pathTo('./src/service-worker.ts'),
          output: { format: 'iife', entryFileNames: 'sw.js' },
        },
      },
    });
  },
});

const nameBuild = async (path: string, name: string): Promise<void> => {
  const html = await readFile(path, 'utf8');
  if (!html.includes(BUILD_PLACE)) throw new Error(`${path} has no place for the build's name`);
  await writeFile(path, html.replace(BUILD_PLACE, BUILD_PLACE.replace('""', `"${name}"`)));
};

/** The files of the bundle, with hashes as the browser checks them when it fetches. */
const listFiles = async (root: string): Promise<readonly { path: string; sha256: string }[]> => {
  const files = await listBundle(root);
  return files.map(({ path, sha256 }) => ({
    path,
    sha256: Buffer.from(sha256, 'hex').toString('base64'),
  }));
};

/** y-webrtc finds peers; the connection to each of them is our own. */
const nativePeer = {
  find: /^simple-peer\/simplepeer\.min\.js$/,
  replacement: pathTo('./src/adapters/webrtc/native-peer.ts'),
};

export default defineConfig({
  root: pathTo('./src'),
  base: './',
  publicDir: pathTo('./public'),
  cacheDir: pathTo('./node_modules/.vite'),
  plugins: [svelte({ configFile: pathTo('./svelte.config.js') }), serviceWorker()],
  resolve: { alias: [nativePeer] },
  define: { __RENDEZVOUS__: JSON.stringify(rendezvous) },
  optimizeDeps: { exclude: ['y-webrtc'] },
  worker: { format: 'es' },
  server: { port: 5173, strictPort: true },
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: TARGET,
    cssTarget: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});

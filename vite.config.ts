import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { HEALTHY_EVENT } from './src/adapters/bundles/loader-words.js';
import { encodeManifest } from './src/core/upgrades/manifest.js';
import { HEALTHY_MS_MAX } from './src/core/upgrades/slots.js';
import { RELEASE_FILE, describeBuild, listBundle } from './src/server/release.js';
import { parseRendezvousList } from './src/server/security-headers.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const OUT_DIR = process.env['UPKEEP_OUT_DIR'] ?? pathTo('./dist/app');
const TARGET = ['chrome123', 'firefox121', 'safari17.5'];
const rendezvous = parseRendezvousList(process.env['UPKEEP_RENDEZVOUS'] ?? '');

/** Where the page bears the name of its build; empty in development. */
const BUILD_PLACE = '<meta name="upkeep-build" content="" />';

/**
 * Names the build, says what is in it (`release.cbor`), and lays the loader beside it.
 *
 * Nothing of the build is in the loader: its bytes stay while bundles change.
 */
const releaseAndLoader = (): Plugin => ({
  name: 'upkeep-release-and-loader',
  apply: 'build',
  async writeBundle() {
    await writeFile(join(OUT_DIR, 'rendezvous.json'), `${JSON.stringify(rendezvous)}\n`);
    const name = createHash('sha256')
      .update(JSON.stringify(await listBundle(OUT_DIR)))
      .digest('hex')
      .slice(0, 16);
    await nameBuild(join(OUT_DIR, 'index.html'), name);
    await writeFile(join(OUT_DIR, RELEASE_FILE), encodeManifest(await describeBuild(OUT_DIR)));
    await writeFile(join(OUT_DIR, 'sw.js'), await loaderScript());
  },
});

/** The loader's script, with the scripts of its own pages in it as texts. */
const loaderScript = async (): Promise<string> => {
  const guard = await scriptOf('page-guard', './src/loader/page-guard.ts', {
    __HEALTHY_MS__: String(HEALTHY_MS_MAX),
    __HEALTHY_EVENT__: JSON.stringify(HEALTHY_EVENT),
  });
  const recovery = await scriptOf('recovery-page', './src/loader/recovery-page.ts', {});
  return scriptOf('sw', './src/service-worker.ts', {
    __GUARD__: JSON.stringify(guard),
    __RECOVERY__: JSON.stringify(recovery),
  });
};

/** Bundles one file into one classic script. */
const scriptOf = async (
  name: string,
  path: string,
  define: Readonly<Record<string, string>>,
): Promise<string> => {
  const built = await build({
    configFile: false,
    root: pathTo('./src'),
    logLevel: 'warn',
    define,
    publicDir: false,
    build: {
      write: false,
      target: TARGET,
      modulePreload: false,
      rolldownOptions: {
        input: { [name]: pathTo(path) },
        output: { format: 'iife', entryFileNames: '[name].js' },
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error(`${path} gave no script`);
  return output.output[0].code;
};

const nameBuild = async (path: string, name: string): Promise<void> => {
  const html = await readFile(path, 'utf8');
  if (!html.includes(BUILD_PLACE)) throw new Error(`${path} has no place for the build's name`);
  await writeFile(path, html.replace(BUILD_PLACE, BUILD_PLACE.replace('""', `"${name}"`)));
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
  plugins: [svelte({ configFile: pathTo('./svelte.config.js') }), releaseAndLoader()],
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

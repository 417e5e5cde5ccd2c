import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { HEALTHY_EVENT } from './src/adapters/bundles/loader-words.js';
import { MIGRATION_PATH } from './src/core/upgrades/bundle-path.js';
import { LOADER_PIN, loaderPath } from './src/core/upgrades/loader-pin.js';
import { encodeManifest } from './src/core/upgrades/manifest.js';
import { HEALTHY_MS_MAX } from './src/core/upgrades/slots.js';
import { RELEASE_FILE, describeBuild, listBundle } from './src/server/release.js';
import { originsOf, readConnections } from './src/server/addresses.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const OUT_DIR = process.env['UPKEEP_OUT_DIR'] ?? pathTo('./dist/app');
const TARGET = ['chrome123', 'firefox121', 'safari17.5'];

/** No name and no text of a file says what is in another: who changes one module changes one file. */
const NAMES = {
  entryFileNames: 'assets/[name].js',
  chunkFileNames: 'assets/[name].js',
  assetFileNames: 'assets/[name][extname]',
};

/** Parts of the core that come with what is used seldom: among them all that pairing alone needs. */
const CORE_LATER = [
  ...['authority/closing-room', 'authority/merge-plan', 'authority/roster-fitting'],
  'authority/roster-plan',
  'health/wider-checks',
  ...['cache/shared-', 'ceremonies/quiet-'],
  ...['links/pairing', 'links/cpace', 'links/typed-meeting', 'links/sas-words', 'links/short-'],
  ...['links/offline-code', 'links/candidates', 'links/entered-code', 'links/code-letters'],
  ...['snapshots/adopted-', 'snapshots/migration-trial', 'upgrades/release-check'],
  'upgrades/cohort',
];

/** What several screens show beside the components: each small file would cost a page a request. */
const SHARED = [
  ...['decision/ReasonDialog', 'devices/AskDialog', 'devices/RightsList', 'files/RoomNotice'],
  ...['files/TransferLine', 'records/record-search', 'updates/readiness-dots'],
];

/** What few devices ever need of the replica: fetched with the first command that needs it. */
const REPLICA_LATER = [
  ...[
    'blobs/blob-copies',
    'blobs/key-trial',
    'blobs/told-wraps',
    'cache/shared-[ev]',
    'health/(?!health-service)',
    'leaving/leaving-[cf]',
    'membership/account-',
  ],
  ...['membership/ballot-fitting', 'membership/founding', 'membership/merge-draft'],
  'membership/roster-draft',
  ...['pairing/join-offer', 'pairing/pairing-'],
  ...['recovery/recovery-commands', 'upgrades/migration-trial'],
  ...['upgrades/upgrade-publishing', 'upgrades/upgrade-staging'],
  'upgrades/code-giving',
  'upgrades/rule-setting',
  'upgrades/upgrade-following',
];

/**
 * Which modules lie in one file by their rooms, whoever imports them; the rest lies where it is used.
 *
 * None of these files is more than a tenth of the app. A group takes with it what its modules stand
 * on and no earlier group has; so they follow the arrows of the rooms from below, and what the first
 * screen needs of them goes before all.
 */
const ROOMS = [
  ['first', /\/src\/(?:core|ports|replica)\/|preload-helper/, '$initial'],
  ['svelte', /\/node_modules\/(?:svelte|clsx|esm-env)\//],
  ['words', /\/src\/ui\/words\/(?!en\/(?:later\/|checks))/],
  ['base', /\/src\/core\/base\//],
  ['ciphers', /\/@noble\//],
  ['bundles', /\/src\/core\/(?:health\/checks|upgrades\/(?:manifest|slots|loader-pin)\.ts)/],
  ['core', new RegExp(`/src/core/(?!${CORE_LATER.join('|')})`)],
  ['duties', /\/src\/replica\/[a-z]+\/(?:blob|upgrade)-(?!copies|following|publishing|staging)/],
  ['replica', new RegExp(`/src/replica/(?!${REPLICA_LATER.join('|')})`)],
  ['start', /\/src\/ui\//, '$initial'],
  ['home', /\/src\/ui\/(?:Shell\.svelte|screens\/home\/)/],
  ['parts', new RegExp(`/src/ui/(?:components/|screens/(?:${SHARED.join('|')}))`)],
] as const;

const connections = readConnections(process.env);

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
    await writeFile(join(OUT_DIR, 'connect.json'), `${JSON.stringify(originsOf(connections))}\n`);
    const migration = await scriptOf('migration', './src/adapters/bundles/migration-script.ts', {});
    await writeFile(join(OUT_DIR, MIGRATION_PATH), migration);
    const name = createHash('sha256')
      .update(JSON.stringify(await listBundle(OUT_DIR)))
      .digest('hex')
      .slice(0, 16);
    await nameBuild(name);
    await writeFile(join(OUT_DIR, RELEASE_FILE), encodeManifest(await describeBuild(OUT_DIR)));
    await layLoader();
  },
});

/** Lays the loader under its own hash, where pages look for the one that they were pinned to. */
const layLoader = async (): Promise<void> => {
  const script = await loaderScript();
  const sha256 = createHash('sha256').update(script).digest('hex');
  if (sha256 !== LOADER_PIN.sha256) {
    throw new Error(`The loader is another one: src/core/upgrades/loader-pin.ts wants ${sha256}`);
  }
  await writeFile(join(OUT_DIR, loaderPath(LOADER_PIN.sha256)), script);
};

/** The loader's script, with the script that it puts into pages in it as a text. */
const loaderScript = async (): Promise<string> => {
  const page = await scriptOf('page', './src/loader/page-script.ts', {
    __HEALTHY_MS__: String(HEALTHY_MS_MAX),
    __HEALTHY_EVENT__: JSON.stringify(HEALTHY_EVENT),
  });
  return scriptOf('sw', './src/service-worker.ts', { __PAGE_SCRIPT__: JSON.stringify(page) });
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

/**
 * Writes the build's name into its page, and puts all that the page loads into a folder of that name.
 *
 * Files find each other beside themselves, so the folder is named in the page alone; and two builds
 * have no address in common, so that no page ever gets a part of another build.
 */
const nameBuild = async (name: string): Promise<void> => {
  const page = join(OUT_DIR, 'index.html');
  const html = await readFile(page, 'utf8');
  if (!html.includes(BUILD_PLACE)) throw new Error(`${page} has no place for the build's name`);
  const named = html.replace(BUILD_PLACE, BUILD_PLACE.replace('""', `"${name}"`));
  await writeFile(page, named.replaceAll('"./assets/', `"./assets/${name}/`));
  await rename(join(OUT_DIR, 'assets'), join(OUT_DIR, name));
  await mkdir(join(OUT_DIR, 'assets'));
  await rename(join(OUT_DIR, name), join(OUT_DIR, 'assets', name));
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
  define: { __RENDEZVOUS__: JSON.stringify(connections.rendezvous) },
  optimizeDeps: { exclude: ['y-webrtc'] },
  worker: { format: 'es', rolldownOptions: { output: NAMES } },
  server: { port: 5173, strictPort: true },
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: TARGET,
    cssTarget: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        ...NAMES,
        // Short names would be given out anew, to all, when one more is needed.
        minifyInternalExports: false,
        codeSplitting: {
          groups: ROOMS.map(([name, test, tag], at) => ({
            ...{ name, test, priority: ROOMS.length - at },
            ...(tag === undefined ? {} : { tags: [tag] }),
          })),
        },
      },
    },
  },
});

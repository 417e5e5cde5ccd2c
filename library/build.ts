import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { NATIVE_PEER } from '../tests/native-peer.js';
import { type Manifest, packageOf } from './manifest.js';
import { writeDeclarations } from './declarations.js';

/**
 * Packs the library: `npm run build:library` fills `dist/library`, a folder that `npm pack` packs.
 *
 * What it needs from elsewhere stays an import and becomes a dependency, at the very version that
 * the app is tested with; but for y-webrtc, which is built in over this library's own peer.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = ['chrome123', 'firefox121', 'safari17.5'];
const READER = 'upkeep-reader';

const pathTo = (path: string): string => join(ROOT, path);

/** The worker lies beside the modules; the app's build names it in its own way. */
const readerBeside = {
  find: /^\.\/reader-start\.js$/,
  replacement: pathTo('src/adapters/carrier/reader-beside.ts'),
};

/**
 * Packs the library into a folder, which is emptied first; without declarations where none are
 * asked for, since these take as long as all else. Errors: rejects as vite and tsc do.
 */
export const buildLibrary = async (
  folder = pathTo('dist/library'),
  hasDeclarations = true,
): Promise<void> => {
  const manifest = JSON.parse(await readFile(pathTo('package.json'), 'utf8')) as Manifest;
  const kept = Object.keys(manifest.dependencies).filter((name) => name !== 'y-webrtc');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const imported = await bundle(join(folder, 'dist'), 'src/index.ts', 'index', (id) =>
    kept.some((name) => id === name || id.startsWith(`${name}/`)),
  );
  await bundle(join(folder, 'dist'), 'src/adapters/carrier/reader-worker.ts', READER, () => false);
  if (hasDeclarations)
    writeDeclarations(pathTo('src/index.ts'), pathTo('src'), join(folder, 'types'));
  const packed = packageOf(manifest, imported);
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
  await copyFile(pathTo('library/README.md'), join(folder, 'README.md'));
  await copyFile(pathTo('LICENSE'), join(folder, 'LICENSE'));
};

/** Bundles one entry into modules of one folder; gives what they import from elsewhere. */
const bundle = async (
  folder: string,
  entry: string,
  name: string,
  isElsewhere: (id: string) => boolean,
): Promise<readonly string[]> => {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    resolve: { alias: [NATIVE_PEER, readerBeside] },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: TARGET,
      minify: false,
      lib: { entry: pathTo(entry), formats: ['es'], fileName: name },
      rolldownOptions: {
        external: isElsewhere,
        output: { entryFileNames: `${name}.js`, chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) =>
    'output' in each ? each.output : [],
  );
  const chunks = outputs.filter((each) => each.type === 'chunk');
  for (const { fileName } of chunks) await leaveAddresses(join(folder, fileName));
  const own = new Set(chunks.map((chunk) => chunk.fileName));
  const imports = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]);
  return [...new Set(imports)].filter((id) => !own.has(id));
};

/** Vite hides addresses that it could not follow; the bundler of the embedding app is to see them. */
const leaveAddresses = async (path: string): Promise<void> => {
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replaceAll('"" + import.meta.url', 'import.meta.url'));
};

const isMain = pathToFileURL(process.argv[1] ?? '').href === import.meta.url;
if (isMain) {
  await buildLibrary();
  process.stdout.write('dist/library\n');
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { buildLibrary } from '../../library/build.js';
import { serveFolder, type FiguresServer } from '../bench/page-server.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('./embedding', import.meta.url));

/** An app that embeds the library, built and served as its author would. */
export interface EmbeddingApp extends FiguresServer {
  /** Paths that the package holds. */
  readonly packed: readonly string[];
}

/**
 * Packs the library, unpacks it where the example finds it as any package, and builds the example.
 *
 * Its dependencies are those that stand in its own package.json, taken from this repository.
 */
export const startEmbeddingApp = async (): Promise<EmbeddingApp> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-embedding-'));
  const [library, app, served] = ['library', 'app', 'served'].map((name) => join(folder, name)) as [
    ...[string, string, string],
  ];
  const modules = join(app, 'node_modules');
  await buildLibrary(library, false);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, library]);
  const [pack] = JSON.parse(stdout) as readonly {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (pack === undefined) throw new Error('nothing was packed');
  await cp(EXAMPLE, app, { recursive: true });
  await mkdir(modules, { recursive: true });
  await run('tar', ['-xzf', join(folder, pack.filename), '-C', modules]);
  await cp(join(modules, 'package'), join(modules, 'upkeep'), { recursive: true });
  const manifest = JSON.parse(await readFile(join(modules, 'upkeep/package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await build({
    configFile: false,
    root: app,
    logLevel: 'error',
    build: { outDir: served, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000 },
  });
  const server = await serveFolder(served);
  return {
    ...server,
    packed: pack.files.map((file) => file.path),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { startApp } from './serve.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The built gallery under the very headers of the app. */
export interface Gallery {
  /** The address of a sample: `#/devices` and such for the screen. */
  readonly urlOf: (sample: string, hash: string) => string;
  readonly close: () => Promise<void>;
}

/** Builds the gallery into a new folder. */
export const buildGallery = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-gallery-'));
  await build({
    configFile: false,
    root: pathTo('./pages'),
    publicDir: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: pathTo('../../svelte.config.js') })],
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      target: ['chrome123', 'firefox121', 'safari17.5'],
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pathTo('./pages/gallery.html') },
    },
  });
  await copyFile(join(folder, 'gallery.html'), join(folder, 'index.html'));
  return folder;
};

/** Serves the gallery that lies in a folder; without one, builds it for as long as it is served. */
export const serveGallery = async (built?: string): Promise<Gallery> => {
  const folder = built ?? (await buildGallery());
  const app = await startApp({ root: folder });
  return {
    urlOf: (sample, hash) => `${app.url}?sample=${sample}${hash}`,
    close: async () => {
      await app.close();
      if (built === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};

import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { buildGallery } from './gallery-page.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the gallery lies, built once for all files of a run. */
    readonly galleryFolder?: string;
  }
}

let folder: string | undefined;

/** Builds the gallery before the first file. */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  folder = await buildGallery();
  provide('galleryFolder', folder);
};

/** Removes it after the last. */
export const teardown = async (): Promise<void> => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
};

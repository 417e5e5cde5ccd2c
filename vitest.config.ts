import { svelte } from '@sveltejs/vite-plugin-svelte';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { EAGER_PARTS } from './tests/eager-parts.js';
import { NATIVE_PEER } from './tests/native-peer.js';

/** Screens judged one by one: nothing of one concerns another, so they share the machine. */
const GALLERY = ['tests/browser/gallery*.test.ts'];
const define = { __RENDEZVOUS__: '[]' };

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte(), EAGER_PARTS],
        resolve: { alias: [NATIVE_PEER] },
        define,
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**'],
          environment: 'node',
          setupFiles: ['tests/property-seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: availableParallelism(),
          server: { deps: { inline: ['y-webrtc'] } },
        },
      },
      {
        define,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          exclude: GALLERY,
          environment: 'node',
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
      {
        define,
        test: {
          name: 'gallery',
          include: GALLERY,
          globalSetup: ['tests/browser/gallery-setup.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 300_000,
          maxWorkers: availableParallelism(),
        },
      },
    ],
  },
});

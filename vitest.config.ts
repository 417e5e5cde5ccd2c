import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { NATIVE_PEER } from './tests/native-peer.js';

const define = { __RENDEZVOUS__: '[]' };

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        resolve: { alias: [NATIVE_PEER] },
        define,
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          server: { deps: { inline: ['y-webrtc'] } },
        },
      },
      {
        define,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 1_200_000,
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
    ],
  },
});

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const nativePeer = {
  find: /^simple-peer\/simplepeer\.min\.js$/,
  replacement: fileURLToPath(new URL('./src/adapters/webrtc/native-peer.ts', import.meta.url)),
};
const define = { __RENDEZVOUS__: '[]' };

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        resolve: { alias: [nativePeer] },
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

import { defineConfig } from 'vitest/config';

/**
 * The tests that mutations of src/core are tried on: fast ones, in Node, without the households.
 *
 * `npm run mutate -- --mutate src/core/authority/ballot.ts` tries one file.
 */
export default defineConfig({
  define: { __RENDEZVOUS__: '[]' },
  test: {
    include: process.env['MUTATION_TESTS']?.split(',') ?? [
      'tests/unit/{authority,ceremonies,facts,journal,links,records,snapshots}/**/*.test.ts',
      'tests/property/{authority,base,facts,journal,links,snapshots}/**/*.test.ts',
      'tests/vectors/**/*.test.ts',
    ],
    exclude: [
      'tests/property/facts/{carrier,update-reader}.test.ts',
      'tests/unit/ceremonies/interleavings.test.ts',
    ],
    setupFiles: ['tests/mutation/first-failure.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});

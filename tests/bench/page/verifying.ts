import { sha256Of } from '../../../src/adapters/bundles/code-cache.js';
import { createPageCache } from '../../../src/adapters/bundles/page-code.js';
import { gatherFiles } from '../../../src/adapters/bundles/staging.js';
import { err } from '../../../src/core/base/result.js';
import type { BundleFile, Manifest } from '../../../src/core/upgrades/manifest.js';

/**
 * Ms of each round in which every file of a bundle that lies here is read and hashed again.
 *
 * The cache, the hashing and how many at a time are those of the app; nothing is fetched.
 */
export const verifyRounds = async (
  count: number,
  fileBytes: number,
  rounds: number,
): Promise<number[]> => {
  const cache = createPageCache(`${location.origin}/`);
  const files: BundleFile[] = [];
  for (let n = 0; n < count; n += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(fileBytes));
    const sha256 = await sha256Of(bytes);
    await cache.write(sha256, bytes);
    files.push({ path: `assets/${n}.js`, bytes: fileBytes, sha256 });
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await verify(cache, files));
  return times;
};

const verify = async (
  cache: ReturnType<typeof createPageCache>,
  files: readonly BundleFile[],
): Promise<number> => {
  let verified = 0;
  const parts = {
    shelf: {
      read: cache.read,
      write: () => Promise.resolve(false),
      held: () => cache.hashes(),
      keepFiles: () => Promise.resolve(true),
      filesOf: () => Promise.resolve(files),
      sweep: () => Promise.resolve(),
    },
    fetchBytes: () => Promise.resolve(err('missing' as const)),
    sha256: sha256Of,
  };
  const startedMs = performance.now();
  const gathered = await gatherFiles(parts, { files } as unknown as Manifest, [], (done) => {
    verified = done.files;
  });
  const ms = performance.now() - startedMs;
  if (!gathered.ok || verified !== files.length) throw new Error('every file lies here whole');
  return ms;
};

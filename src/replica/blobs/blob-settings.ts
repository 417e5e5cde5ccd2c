import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { BlobId } from '../../core/base/brands.js';
import type { Result } from '../../core/base/result.js';
import type { Row, StoreError } from '../../ports/store.js';
import type { Named } from './blob-names.js';
import type { BlobPolicy } from './blob-view.js';
import type { Context } from '../context.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/** What a person said of one blob on this device, whatever the policy. */
export type Wish = 'wanted' | 'dropped';

/** Which blobs this device fetches by itself; kept on disk, told to nobody. */
export interface BlobSettings {
  readonly policy: () => BlobPolicy;
  readonly setPolicy: (policy: BlobPolicy) => Promise<Result<void, StoreError>>;
  readonly setWish: (blob: BlobId, wish: Wish) => Promise<Result<void, StoreError>>;
  readonly isWanted: (named: Named) => boolean;
  readonly load: (own: readonly Row[]) => void;
}

/** What is younger than this is recent. */
const RECENT_MS = 90 * 24 * 3_600_000;
const POLICIES: readonly BlobPolicy[] = ['all', 'recent', 'on-demand'];

export const createBlobSettings = (context: Context): BlobSettings => {
  const wishes = new Map<BlobId, Wish>();
  let policy: BlobPolicy = 'recent';

  return {
    policy: () => policy,
    setPolicy: async (next) => {
      const done = await context.commit([putRow('own', KEYS.blobPolicy, next)], 'strict');
      if (done.ok) policy = next;
      return done;
    },
    setWish: async (blob, wish) => {
      const done = await context.commit([putRow('own', KEYS.blobWish(blob), wish)], 'strict');
      if (done.ok) wishes.set(blob, wish);
      return done;
    },
    isWanted: ({ blob, addedMs }) => {
      const wish = wishes.get(blob);
      if (wish !== undefined) return wish === 'wanted';
      if (policy === 'recent') return addedMs > context.ports.clock.wallMs() - RECENT_MS;
      return policy === 'all';
    },
    load: (own) => {
      for (const { key, value } of own) {
        const said = readRow(value);
        const known = POLICIES.find((each) => each === said);
        if (key === KEYS.blobPolicy && known !== undefined) policy = known;
        const hex = key.startsWith('blob-wish:') ? key.slice('blob-wish:'.length) : '';
        if (!isHex32(hex) || (said !== 'wanted' && said !== 'dropped')) continue;
        wishes.set(brandHex<BlobId>(hex), said);
      }
    },
  };
};

import type { BlobId } from '../../core/base/brands.js';
import { createBlobExchange } from './blob-exchange.js';
import { createBlobKeys } from './blob-keys.js';
import { createBlobListing } from './blob-listing.js';
import { createBlobNames } from './blob-names.js';
import { createBlobService } from './blob-service.js';
import { createBlobSettings } from './blob-settings.js';
import { createBlobShelf } from './blob-shelf.js';
import { createRewrapping } from './rewrapping.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import type { Fence } from '../snapshots/fence.js';
import type { Intake } from '../journal/intake.js';
import type { Link } from '../links/link.js';
import type { RecordService } from '../records/record-service.js';

/** Everything about files, as the rest of a replica sees it. */
export type BlobRoom = ReturnType<typeof createBlobParts>;

export const createBlobParts = (
  context: Context,
  intake: Intake,
  secrets: EpochSecrets,
  fence: Fence,
  records: RecordService,
  links: () => readonly Link[],
  settleSoon: () => void,
) => {
  const names = createBlobNames();
  const settings = createBlobSettings(context);
  const shelf = createBlobShelf(context, (blob) => exchange.changed(blob));
  const exchange = createBlobExchange(context, shelf, names, settings, links);
  const keys = createBlobKeys(context, secrets, records.queue);
  const service = createBlobService(context, {
    ...{ shelf, names, keys, settings, records },
    isElsewhere: exchange.isElsewhere,
    look: exchange.follow,
  });

  const outdated = (): readonly BlobId[] => {
    const { holdings } = context;
    if (holdings === null || fence.isHolding() || holdings.chain().isForked) return [];
    return keys.outdated(names.byBlob(holdings).keys());
  };
  const rewrapping = createRewrapping(
    context,
    () => outdated().length > 0,
    async () => {
      const bodies = await keys.rewraps(outdated());
      return bodies.length > 0 && (await intake.own(bodies)).ok;
    },
    settleSoon,
  );

  return {
    commands: service.commands,
    ...{ shelf, keys },
    listing: createBlobListing(names, shelf, settings),
    load: service.load,
    /** Wraps keys of past epochs for the one in force; true when something was written (S10). */
    rewrap: rewrapping.now,
    settle: async (): Promise<boolean> => {
      if (context.holdings === null) return false;
      await service.settle();
      return rewrapping.settle();
    },
    /** Tells peers what is here, and asks them for what is not. */
    follow: exchange.follow,
    transfers: exchange.transfers,
    received: exchange.received,
    closed: exchange.closed,
    close: async (): Promise<void> => {
      rewrapping.close();
      await exchange.close();
    },
  };
};

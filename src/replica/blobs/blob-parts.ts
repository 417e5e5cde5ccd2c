import type { BlobId } from '../../core/base/brands.js';
import type { Keepers } from './blob-copies.js';
import { createBlobExchange } from './blob-exchange.js';
import { createBlobKeys } from './blob-keys.js';
import { createBlobListing } from './blob-listing.js';
import { createBlobNames } from './blob-names.js';
import { createBlobService } from './blob-service.js';
import { createBlobSettings } from './blob-settings.js';
import { createBlobShelf } from './blob-shelf.js';
import { createRewrapping } from './rewrapping.js';
import { createTrueKeys } from './true-keys.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import type { Fence } from '../snapshots/fence.js';
import type { Intake } from '../journal/intake.js';
import type { Link } from '../links/link.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
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
  keepers: Omit<Keepers, 'holdersOf'>,
  note: PeerChoice['note'],
  settleSoon: () => void,
) => {
  const names = createBlobNames();
  const settings = createBlobSettings(context);
  const shelf = createBlobShelf(context, (blob) => exchange.changed(blob));
  const exchange = createBlobExchange(context, shelf, names, settings, links, note);
  const keys = createBlobKeys(context, secrets, records.queue);
  const truths = createTrueKeys(context, keys, shelf);
  const service = createBlobService(context, {
    ...{ shelf, names, keys, truths, settings, records },
    keepers: { ...keepers, holdersOf: exchange.holdersOf },
    look: exchange.follow,
  });

  const present = (): readonly BlobId[] =>
    context.holdings === null ? [] : [...names.byBlob(context.holdings).keys()];
  /** None while nothing may be written of them. */
  const due = (): readonly BlobId[] => {
    if (fence.isHolding() || context.holdings?.chain().isForked === true) return [];
    const blobs = present();
    return [...new Set([...keys.outdated(blobs), ...truths.spoilt(blobs)])].sort();
  };
  const rewrapping = createRewrapping(
    context,
    () => due().length > 0,
    async () => {
      await truths.look(present());
      const bodies = await keys.rewraps(due(), truths.keyOf);
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
      await truths.look(present());
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

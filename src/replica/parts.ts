import { createRecomputer } from './snapshots/adoption.js';
import { createBlobParts } from './blobs/blob-parts.js';
import { createChainExchange } from './membership/chain-exchange.js';
import { createCacheService } from './cache/cache-service.js';
import { createCarrierKeeper } from './storage/carrier-keeper.js';
import { createCheckpointKeeper } from './storage/checkpoint-keeper.js';
import type { SnapshotPolicy } from '../core/snapshots/policy.js';
import { createCodePolicy } from './upgrades/code-policy.js';
import type { Context } from './context.js';
import { createDecisionService } from './decisions/decision-service.js';
import { createOwnAnswers } from './decisions/own-answers.js';
import { createDeviceReports } from './storage/device-reports.js';
import { createDifferenceService } from './snapshots/difference-service.js';
import { createEpochSecrets } from './membership/epoch-secrets.js';
import { createEvidenceService } from './journal/evidence-service.js';
import { createFence } from './snapshots/fence.js';
import { createHarmedSessions } from './journal/harmed-sessions.js';
import { createFallenHeads } from './snapshots/fallen-heads.js';
import { createIntake } from './journal/intake.js';
import { createLeases } from './snapshots/leases.js';
import { createLeavingService } from './leaving/leaving-service.js';
import { isKernelOnly } from './links/link.js';
import { createLinkService, type LinkService } from './links/link-service.js';
import type { OwnSession } from './journal/own-session.js';
import { createPeerBook } from './links/peer-book.js';
import { rankLinks } from './links/peer-view.js';
import { type PeerChoice, createPayloadExchange } from './snapshots/payload-exchange.js';
import { createPruningGate } from './snapshots/pruning-gate.js';
import { createReceipts } from './snapshots/receipts.js';
import { createRecordService, type RecordService } from './records/record-service.js';
import type { FormatCode } from './records/record-format.js';
import { createRemoval } from './membership/removal.js';
import { createRosterParts } from './membership/roster-parts.js';
import { type SnapshotService, createSnapshotService } from './snapshots/snapshot-service.js';
import { createSnapshotTriggers } from './snapshots/snapshot-triggers.js';
import { createStorageWatch } from './storage/storage-watch.js';
import { createStoredReading } from './storage/stored-reading.js';
import { createStoredSignatures } from './storage/stored-signatures.js';
import { createSyncService } from './sync/sync-service.js';
import { createUpgradeParts } from './upgrades/upgrade-parts.js';
import type { UpgradeOptions } from './upgrades/upgrade-service.js';
import { createRecordViewer } from './views/view-records.js';
import { wallNowMs } from './loop/wall-time.js';

/** The services of one replica, each given what it needs of the others. */
export type Parts = Awaited<ReturnType<typeof createParts>>;

/**
 * Makes the services of one replica. Nothing is read or sent before they are loaded.
 *
 * `settle` does what follows from the state, in the inbox; `checkpointFacts` new facts are worth a
 * checkpoint. It is done in turns: a browser compiles each service when it is first made.
 */
export const createParts = async (
  context: Context,
  settle: () => Promise<void>,
  checkpointFacts: number | undefined,
  policy: SnapshotPolicy,
  upgradeOptions: UpgradeOptions,
) => {
  const { pause } = context.ports.clock;
  const session: OwnSession = { current: null, lostUnder: null };
  const settleSoon = (): void => context.run(settle);
  const receipts = createReceipts(context);
  const storage = createStorageWatch(context.ports.storage, () => {
    context.changed();
    const { isPersisted, quotaBytes } = storage.view();
    if (isPersisted !== null || quotaBytes !== null) settleSoon();
  });
  const answers = createOwnAnswers(context, session);
  const book = createPeerBook(context.ports.clock);
  const recomputer = createRecomputer(context);
  const secrets = createEpochSecrets(context);
  const intake = createIntake(context, session);
  const fence = createFence(context, settleSoon);
  const codePolicy = createCodePolicy(context, intake);
  const gate = createPruningGate(context, policy, recomputer, () => links, settleSoon);
  const code = (): FormatCode => ({
    state: upgrades.own.state(),
    nowMs: wallNowMs(context.ports.clock),
  });
  const proposing = createSnapshotService(
    ...([context, intake, fence, recomputer, answers, gate, code, codePolicy] as const),
  );
  const snapshots: SnapshotService = {
    ...proposing,
    // Keys of files are wrapped for the epoch in force before the cut (rule S10).
    propose: async (comment, choice) => {
      await blobs.rewrap();
      return proposing.propose(comment, choice);
    },
  };
  const reports = createDeviceReports(context, intake, fence, storage, receipts);
  const leases = createLeases(context, intake, policy);
  const triggers = createSnapshotTriggers(
    context,
    policy,
    receipts,
    snapshots.propose,
    () => links,
    settleSoon,
  );
  const removal = createRemoval(context);
  const roster = createRosterParts(
    ...([context, intake, session, secrets, answers, () => links] as const),
    ...([codePolicy, settleSoon] as const),
  );
  const { rosters } = roster;
  await pause();
  const differences = createDifferenceService(context, recomputer);
  const evidence = createEvidenceService(context, intake);
  const signatures = createStoredSignatures(context);
  const harmed = createHarmedSessions(context, signatures.check);
  const fallen = createFallenHeads(context);
  const decisions = createDecisionService(context, intake, {
    ...{ snapshots, rosters, recomputer, differences, answers, code, policy: codePolicy },
    rosterAnswers: roster.rosterAnswers,
  });
  const choice: PeerChoice = {
    ranked: () => rankLinks(book, links.links()),
    note: book.note,
  };
  const payloads = createPayloadExchange(
    context,
    recomputer,
    snapshots.wanted,
    () => sync.announce(false),
    choice,
  );
  const records: RecordService = createRecordService(context, intake, fence, settle);
  await pause();
  const blobs = createBlobParts(
    ...([context, intake, secrets, fence, records, () => links.links()] as const),
    { durable: gate.durable, durableHolders: policy.durableHolders },
    book.note,
    settleSoon,
  );
  const sync = createSyncService(
    context,
    intake,
    { chains: createChainExchange(context, secrets), payloads, evidence, differences, book },
    () => links,
    settle,
  );
  const cache = createCacheService(context, intake, fence, session, settle, choice);
  await pause();
  const leaving = createLeavingService(context, blobs, (device) => links.linkTo(device));
  const links: LinkService = createLinkService(context, secrets, book, {
    opened: (link) => {
      sync.opened(link);
      upgrades.met(link.peer);
      leaving.opened(link);
    },
    received: async (link, message) => {
      const isCode = upgrades.exchange.received(link, message);
      if (isCode !== null) return isCode;
      const isLeaving = leaving.received(link, message);
      if (isLeaving !== null) return isLeaving;
      const isShared = isKernelOnly(context, link) ? null : cache.shared.received(link, message);
      if (isShared !== null) return isShared;
      return !isKernelOnly(context, link) && (await blobs.received(link, message))
        ? undefined
        : sync.received(link, message);
    },
    closed: (link) => {
      upgrades.exchange.closed(link);
      payloads.gone(link);
      cache.shared.closed(link);
      blobs.closed(link);
    },
  });
  const upgrades = createUpgradeParts(
    ...([context, intake, rosters, upgradeOptions, choice, codePolicy, settleSoon] as const),
  );
  const viewer = createRecordViewer();
  const reading = createStoredReading(context, (holdings) => viewer.listing(holdings, links));
  const carriers = createCarrierKeeper(context, reading);
  const checkpoints = createCheckpointKeeper(context, reading, checkpointFacts);

  return {
    ...{ session, answers, receipts, storage, recomputer, intake, fence, snapshots, removal },
    ...{ roster, differences, evidence, signatures, harmed, decisions, payloads, records, sync },
    ...{ gate, reports, leases, triggers, policy, links, secrets, viewer, reading, carriers },
    ...{ checkpoints, fallen, cache, blobs, upgrades, code, codePolicy, leaving },
  };
};

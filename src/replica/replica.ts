import type { RosterHash } from '../core/base/brands.js';
import { err, ok } from '../core/base/result.js';
import { createRecomputer } from './adoption.js';
import { type Answers, readAnswers } from './answers.js';
import { createChainExchange } from './chain-exchange.js';
import { openAccount } from './account-service.js';
import { createCarrierKeeper } from './carrier-keeper.js';
import { createCheckpointKeeper } from './checkpoint-keeper.js';
import type { Done, Replica } from './commands.js';
import { DEFAULT_TIMING, type Ports, type Timing } from './context.js';
import { createDecisionService } from './decision-service.js';
import { createDifferenceService } from './difference-service.js';
import { createDeviceCommands } from './device-commands.js';
import { createEvidenceService } from './evidence-service.js';
import { createEpochSecrets } from './epoch-secrets.js';
import { createFence } from './fence.js';
import { createHarmedSessions } from './harmed-sessions.js';
import type { Holdings } from './holdings.js';
import { inspectHoldings } from './inspection.js';
import { createIntake, type OwnSession } from './intake.js';
import { createLinkService, type LinkService } from './link-service.js';
import { openStore } from './opening.js';
import { createPairingInviter } from './pairing-inviter.js';
import { createPairingNewcomer } from './pairing-newcomer.js';
import { createPendingJoins } from './pending-join.js';
import { createPayloadExchange } from './payload-exchange.js';
import { addProblem, noteStoreError } from './problems.js';
import { readQueue } from './queue.js';
import { createReceipts } from './receipts.js';
import { createRecordService, type RecordService } from './record-service.js';
import { createRemoval } from './removal.js';
import { createRosterParts } from './roster-parts.js';
import { createContext } from './shared-context.js';
import { createStoredReading } from './stored-reading.js';
import { createStoredSignatures } from './stored-signatures.js';
import { createStorageWatch } from './storage-watch.js';
import { createSnapshotService } from './snapshot-service.js';
import { createSyncService } from './sync-service.js';
import type { View } from './view.js';
import { buildView } from './view-builder.js';
import { createRecordViewer } from './view-records.js';

/** What an embedding decides; everything has a default. */
export interface ReplicaOptions {
  readonly timing?: Partial<Timing>;
  readonly takeOver?: () => void;
  /** So many new facts are worth a checkpoint; 1,000 where nothing is said. */
  readonly checkpointFacts?: number | undefined;
}

/** So many automatic steps a replica does in one go at most. */
const STEPS_MAX = 50;

/**
 * Opens the replica of this device over its ports.
 *
 * Reads the store, rebuilds what it held, and connects. Commands run one after the other; each
 * resolves after what it did is durable here. Errors of opening show in the view's stage and
 * problems.
 */
export const createReplica = async (
  ports: Ports,
  options: ReplicaOptions = {},
): Promise<Replica> => {
  const timing: Timing = { ...DEFAULT_TIMING, ...options.timing };
  const listeners = new Set<() => void>();
  const session: OwnSession = { current: null };
  let view: View | null = null;
  let isTold = true;

  const changed = (): void => {
    view = null;
    if (!isTold) return;
    isTold = false;
    queueMicrotask(() => {
      isTold = true;
      for (const listener of [...listeners]) listener();
    });
  };

  const context = createContext(ports, timing, changed);

  const settleSoon = (): void => context.run(settle);
  const receipts = createReceipts(context);
  const storage = createStorageWatch(ports.storage, changed);
  const answers: Answers = new Map();
  const recomputer = createRecomputer(context);
  const secrets = createEpochSecrets(context);
  const intake = createIntake(context, session);
  const fence = createFence(context, settleSoon);
  const snapshots = createSnapshotService(context, intake, fence, recomputer, answers);
  const removal = createRemoval(context);
  const roster = createRosterParts(context, intake, secrets, answers, () => links, settleSoon);
  const { rosters } = roster;
  const differences = createDifferenceService(context, recomputer);
  const evidence = createEvidenceService(context, intake);
  const signatures = createStoredSignatures(context);
  const harmed = createHarmedSessions(context, signatures.check);
  const decisions = createDecisionService(context, intake, {
    ...{ snapshots, rosters, recomputer, differences, answers },
    rosterAnswers: roster.rosterAnswers,
  });
  const payloads = createPayloadExchange(context, recomputer, snapshots.wanted, () =>
    sync.announce(false),
  );
  const records: RecordService = createRecordService(context, intake, fence, () => settle());
  const sync = createSyncService(
    context,
    intake,
    { chains: createChainExchange(context, secrets), payloads, evidence, differences },
    () => links,
    () => settle(),
  );
  const links: LinkService = createLinkService(context, secrets, {
    opened: sync.opened,
    received: sync.received,
    closed: (link) => payloads.gone(link),
  });
  const inviter = createPairingInviter(context, rosters, secrets, () => settle());
  const viewer = createRecordViewer();
  const reading = createStoredReading(context);
  const carriers = createCarrierKeeper(context, reading);
  const checkpoints = createCheckpointKeeper(context, reading, options.checkpointFacts);

  let settledRoster: RosterHash | null = null;

  /** Does what follows from the state until nothing more does; then tells the others. */
  const settle = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null) return;
    await pendingJoins.settle();
    if (await removal.settle()) return settleRemoved();
    let facts = holdings.journal().factCount();
    for (let step = 0; step < STEPS_MAX; step += 1) {
      await fence.settle();
      const didMore =
        (await harmed.settle()) ||
        (await evidence.settle()) ||
        (await roster.settle()) ||
        (await snapshots.settle()) ||
        (await decisions.settle());
      await receipts.settle();
      await fence.settle();
      await records.flush();
      const isSame = facts === holdings.journal().factCount();
      facts = holdings.journal().factCount();
      if (!didMore && isSame) break;
    }
    carriers.follow();
    checkpoints.follow();
    inviter.settle();
    if (await removal.settle()) return settleRemoved();
    await followRoster(holdings);
    differences.settle(links.links());
    sync.announce(true);
    changed();
  };

  const followRoster = async (holdings: Holdings): Promise<void> => {
    if (settledRoster === holdings.chain().tipHash) return;
    settledRoster = holdings.chain().tipHash;
    if (holdings.chain().isForked) addProblem(context, 'forked');
    links.rejudge();
    await links.settleRooms();
  };

  /** Whoever is no member any more does nothing by itself but leave. */
  const settleRemoved = async (): Promise<void> => {
    if (context.holdings !== null) await followRoster(context.holdings);
    changed();
  };

  const becameMember = async (holdings: Holdings): Promise<void> => {
    context.holdings = holdings;
    context.stage = 'member';
    await links.settleRooms();
    await settle();
  };

  const pendingJoins = createPendingJoins(context, becameMember, () => links.settleRooms());
  const newcomer = createPairingNewcomer(context, becameMember, pendingJoins);

  const open = async (): Promise<void> => {
    const loading = ports.vault.load();
    const device = loading.then((held) => held?.signer.device ?? null);
    const opened = await openStore(ports.store, device);
    if (!opened.ok) {
      noteStoreError(context, opened.error);
      context.stage = 'lost';
      return;
    }
    const { holdings, deviceName, own, queue, activity } = opened.value;
    context.keys = await loading;
    context.deviceName = deviceName;
    context.activity.load(activity);
    context.lastSeen.load(opened.value.profile);
    removal.load(opened.value.profile);
    roster.load(own);
    snapshots.load(opened.value.payloads);
    fence.load(own.map((row) => row.key));
    for (const [statement, answer] of readAnswers(own)) answers.set(statement, answer);
    evidence.load(own.map((row) => row.key));
    if (opened.value.isAlarmed) addProblem(context, 'digest-alarm');
    records.load(readQueue(queue), own);
    session.current = opened.value.session;
    for (const damaged of opened.value.damaged) {
      context.activity.add('session-damaged', 'bad', null, { session: damaged.slice(0, 8) });
    }
    context.stage = 'empty';
    if (holdings === null) return;
    await harmed.load(holdings, opened.value.damaged);
    for (const session of holdings.quarantine().keys()) {
      addProblem(context, 'equivocation', holdings.journal().tip(session)?.author ?? null);
    }
    checkpoints.load(holdings, opened.value.takenUp);
    const isPending = await pendingJoins.resume(holdings);
    if (!isPending) await becameMember(holdings);
    context.run(signatures.check);
  };

  ports.store.onLost((error) => {
    noteStoreError(context, error);
    context.stage = 'lost';
    changed();
  });
  ports.transport.onRendezvous(() => changed());

  const then = async <T>(command: () => Done<T>): Done<T> => {
    if (context.inbox.isClosed()) return err({ kind: 'busy' });
    return context.inbox.put(async () => {
      if (context.stage === 'removed') return err({ kind: 'not-allowed', capability: 'member' });
      const done = await command();
      if (done.ok) await settle();
      return done;
    });
  };

  await context.inbox.put(open);
  storage.read().catch(() => undefined);

  return {
    view: () =>
      (view ??= buildView(context, {
        ...{ links, sync, fence, records, decisions, recomputer, payloads, viewer },
        ...{ receipts: receipts.byHead, storage: storage.view(), roster },
      })),
    inspect: () => inspectHoldings(context.holdings),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    account: {
      create: (deviceName) =>
        then(async (): Done => {
          const holdings = await openAccount(context, deviceName);
          if (!holdings.ok) return holdings;
          await becameMember(holdings.value);
          return ok(undefined);
        }),
    },
    devices: createDeviceCommands(context, roster, inviter, newcomer, pendingJoins, then),
    records: records.commands,
    snapshots: { propose: (comment) => then(() => snapshots.propose(comment)) },
    decisions: {
      approve: (...said) => then(() => decisions.approve(...said)),
      refuse: (id, reason) => then(() => decisions.refuse(id, reason)),
      withdraw: (id) => then(() => decisions.withdraw(id)),
      veto: (id, reason) => then(() => decisions.veto(id, reason)),
      complete: (id) => then(() => decisions.complete(id)),
    },
    fence: { release: () => then(async () => ok(fence.release())) },
    storage: { persist: storage.persist },
    takeOver: () => options.takeOver?.(),
    wake: () => {
      links.wake();
      settleSoon();
    },
    close: async () => {
      if (context.inbox.isClosed()) return;
      inviter.cancel();
      newcomer.close();
      links.close();
      await context.inbox.idle();
      inviter.close();
      context.inbox.close();
      sync.close();
      checkpoints.close();
      reading.close();
      fence.close();
      roster.close();
      payloads.close();
      // Lines that waited for a commit to go with.
      if (context.stage !== 'lost') await context.commit([], 'relaxed');
      context.holdings = null;
      await carriers.close();
      ports.transport.close();
      await ports.store.close();
    },
  };
};

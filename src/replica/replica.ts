import type { HeadId } from '../core/base/brands.js';
import { brandHex } from '../core/base/brands.js';
import { ok } from '../core/base/result.js';
import { createActivity } from './activity.js';
import { createRecomputer, moveCarrier } from './adoption.js';
import { readAnswers } from './answers.js';
import { openAccount } from './account-service.js';
import type { Done, Replica } from './commands.js';
import { type Context, DEFAULT_TIMING, type Ports, type Timing } from './context.js';
import { createDecisionService } from './decision-service.js';
import { createDeviceCommands } from './device-commands.js';
import { createEpochSecrets } from './epoch-secrets.js';
import { createFence } from './fence.js';
import type { Holdings } from './holdings.js';
import { createInbox } from './inbox.js';
import { inspectHoldings } from './inspection.js';
import { createIntake, type OwnSession } from './intake.js';
import { createLinkService, type LinkService } from './link-service.js';
import { openStore } from './opening.js';
import { createPairingInviter } from './pairing-inviter.js';
import { createPairingNewcomer } from './pairing-newcomer.js';
import { createPayloadExchange } from './payload-exchange.js';
import { noteStoreError } from './problems.js';
import { readQueue } from './queue.js';
import { createRecordService, type RecordService } from './record-service.js';
import { createRosterService } from './roster-service.js';
import { readRow } from './rows.js';
import { createSnapshotService } from './snapshot-service.js';
import { createSyncService } from './sync-service.js';
import type { StorageView, View } from './view.js';
import { type Receipt, buildView } from './view-builder.js';
import { createRecordViewer } from './view-records.js';

/** What an embedding decides; everything has a default. */
export interface ReplicaOptions {
  readonly timing?: Partial<Timing>;
  readonly takeOver?: () => void;
}

/** A settled replica does at most so many automatic steps in one go; more is a broken invariant. */
const STEPS_MAX = 50;

/**
 * Opens the replica of this device over its ports.
 *
 * Reads the store, rebuilds what it held, and connects. Commands run one after the other; each
 * resolves after what it did is durable here. Errors of opening show in the view's stage and problems.
 */
export const createReplica = async (
  ports: Ports,
  options: ReplicaOptions = {},
): Promise<Replica> => {
  const timing: Timing = { ...DEFAULT_TIMING, ...options.timing };
  const listeners = new Set<() => void>();
  const receipts = new Map<HeadId, Receipt>();
  const session: OwnSession = { current: null };
  let storage: StorageView = { isPersisted: null, usedBytes: null, quotaBytes: null };
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

  const commit: Context['commit'] = async (changes, durability) => {
    const all = [...changes, ...context.activity.takeChanges()];
    const done = await ports.store.commit(all, durability);
    if (!done.ok) noteStoreError(context, done.error);
    return done;
  };

  const context: Context = {
    ports,
    timing,
    inbox: createInbox(),
    activity: createActivity(ports.clock, changed),
    stage: 'opening',
    keys: null,
    holdings: null,
    carrier: null,
    pairing: { kind: 'idle' },
    deviceName: '',
    problems: [],
    lastSeenMs: new Map(),
    changed,
    commit,
  };

  const settleSoon = (): void => void context.inbox.put(settle);
  const recomputer = createRecomputer(context);
  const secrets = createEpochSecrets(context);
  const intake = createIntake(context, session);
  const fence = createFence(context, settleSoon);
  const snapshots = createSnapshotService(context, intake, fence, recomputer);
  const rosters = createRosterService(context, intake, secrets);
  const decisions = createDecisionService(context, intake, snapshots, rosters, recomputer);
  const payloads = createPayloadExchange(context, snapshots.wanted);
  const records: RecordService = createRecordService(context, intake, fence, () => settle());
  const sync = createSyncService(
    context,
    intake,
    secrets,
    payloads,
    () => links,
    () => settle(),
  );
  const links: LinkService = createLinkService(context, secrets, {
    opened: sync.opened,
    received: sync.received,
    closed: (link) => payloads.gone(link),
  });
  const inviter = createPairingInviter(context, rosters, () => settle());
  const viewer = createRecordViewer();

  /** Does what follows from the state until nothing more does; then tells the others. */
  const settle = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null) return;
    let roster = holdings.chain().tipHash;
    let facts = holdings.journal().factCount();
    for (let step = 0; step < STEPS_MAX; step += 1) {
      await fence.settle();
      const didMore =
        (await rosters.settle()) || (await snapshots.settle()) || (await decisions.settle());
      await readReceipts();
      await fence.settle();
      await records.flush();
      const isSame = facts === holdings.journal().factCount();
      facts = holdings.journal().factCount();
      if (!didMore && isSame) break;
    }
    await moveCarrier(context);
    inviter.settle();
    if (roster !== holdings.chain().tipHash) {
      roster = holdings.chain().tipHash;
      links.rejudge();
      await links.settleRooms();
    }
    sync.announce(true);
    changed();
  };

  const readReceipts = async (): Promise<void> => {
    const missing = [...(context.holdings?.payloadStates().keys() ?? [])].some(
      (head) => !receipts.has(head),
    );
    if (!missing) return;
    const rows = await ports.store.read('governance', 'receipt:', 'receipt;');
    if (!rows.ok) return;
    for (const row of rows.value) {
      const value = readRow(row.value) as {
        at: number;
        facts: number;
        bytes: number;
        size: number;
      };
      receipts.set(brandHex<HeadId>(row.key.slice('receipt:'.length)), {
        atMs: value.at,
        facts: value.facts,
        bytes: value.bytes,
        payloadBytes: value.size,
      });
    }
  };

  const becameMember = async (holdings: Holdings): Promise<void> => {
    context.holdings = holdings;
    context.stage = 'member';
    await moveCarrier(context);
    await links.settleRooms();
    await settle();
  };

  const newcomer = createPairingNewcomer(context, becameMember);

  const open = async (): Promise<void> => {
    const keys = await ports.vault.load();
    const opened = await openStore(ports.store, keys?.signer.device ?? null);
    if (!opened.ok) {
      noteStoreError(context, opened.error);
      context.stage = 'lost';
      return;
    }
    const { holdings, deviceName, own, queue, activity } = opened.value;
    context.keys = keys;
    context.deviceName = deviceName;
    context.activity.load(activity);
    fence.load(own.map((row) => row.key));
    for (const [statement, answer] of readAnswers(own)) decisions.answers.set(statement, answer);
    records.load(readQueue(queue));
    session.current = opened.value.session;
    for (const damaged of opened.value.damaged) {
      context.activity.add('session-damaged', 'bad', null, { session: damaged.slice(0, 8) });
    }
    context.stage = 'empty';
    if (holdings !== null) await becameMember(holdings);
  };

  ports.store.onLost((error) => {
    noteStoreError(context, error);
    context.stage = 'lost';
    changed();
  });
  ports.transport.onRendezvous(() => changed());

  const readStorage = async (): Promise<void> => {
    const [isPersisted, estimate] = await Promise.all([
      ports.storage.isPersisted(),
      ports.storage.estimate(),
    ]);
    storage = { isPersisted, usedBytes: estimate.used, quotaBytes: estimate.quota };
    changed();
  };

  const then = async <T>(command: () => Done<T>): Done<T> =>
    context.inbox.put(async () => {
      const done = await command();
      if (done.ok) await settle();
      return done;
    });

  await context.inbox.put(open);
  void readStorage();

  return {
    view: () =>
      (view ??= buildView(context, {
        ...{ links, sync, fence, records, decisions, recomputer, payloads, viewer },
        ...{ receipts, storage },
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
    devices: createDeviceCommands(context, rosters, inviter, newcomer, then),
    records: records.commands,
    snapshots: { propose: (comment) => then(() => snapshots.propose(comment)) },
    decisions: {
      approve: (id, comment) => then(() => decisions.approve(id, comment)),
      refuse: (id, reason) => then(() => decisions.refuse(id, reason)),
      withdraw: (id) => then(() => decisions.withdraw(id)),
      complete: (id) => then(() => decisions.complete(id)),
    },
    fence: {
      release: () =>
        then(async () => {
          fence.release();
          return ok(undefined);
        }),
    },
    storage: {
      persist: async () => {
        const isPersisted = await ports.storage.persist();
        await readStorage();
        return isPersisted;
      },
    },
    takeOver: () => options.takeOver?.(),
    wake: () => {
      links.wake();
      settleSoon();
    },
    close: async () => {
      inviter.cancel();
      newcomer.cancel();
      sync.close();
      links.close();
      fence.close();
      await context.inbox.idle();
      context.holdings = null;
      await context.carrier?.close();
      ports.transport.close();
      await ports.store.close();
    },
  };
};

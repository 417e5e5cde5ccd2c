import type { RosterHash } from '../core/base/brands.js';
import { err, ok } from '../core/base/result.js';
import { DEFAULT_SNAPSHOT_POLICY, type SnapshotPolicy } from '../core/snapshots/policy.js';
import type { Cancel } from '../ports/clock.js';
import type { Done, Replica } from './commands.js';
import { DEFAULT_TIMING, type Ports, type Timing } from './context.js';
import { createDeviceCommands } from './membership/device-commands.js';
import { openDevice } from './storage/device-opening.js';
import { onFetched } from './loop/fetched-part.js';
import { beginAnew, noteMember, noteOpened } from './storage/former-life.js';
import type { Holdings } from './journal/holdings.js';
import { runInTurn } from './loop/inbox.js';
import { inspectHoldings } from './journal/inspection.js';
import { inTurn } from './upgrades/no-upgrades.js';
import { createPairing } from './pairing/pairing.js';
import { createParts } from './parts.js';
import { createPendingJoins } from './pairing/pending-join.js';
import { addProblem, noteStoreError } from './loop/problems.js';
import { readQueue } from './records/queue.js';
import { createContext } from './cache/shared-context.js';
import { settleFirst, startSlices } from './loop/slices.js';
import type { UpgradeOptions } from './upgrades/upgrade-service.js';
import type { View } from './view.js';
import { buildView } from './views/view-builder.js';

/** What an embedding decides; everything has a default. */
export interface ReplicaOptions {
  readonly timing?: Partial<Timing>;
  readonly takeOver?: () => void;
  /** So many new facts are worth a checkpoint; 1,000 where nothing is said. */
  readonly checkpointFacts?: number | undefined;
  /** When snapshots are proposed by themselves, and what pruning waits for. */
  readonly snapshots?: Partial<SnapshotPolicy>;
  /** How this device's code comes to it, and how a switch takes effect. */
  readonly upgrades?: UpgradeOptions;
}

/** What a failed commit left undone is tried again after so long. */
const RETRY_MS = 2_000;

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
  const policy = { ...DEFAULT_SNAPSHOT_POLICY, ...options.snapshots };
  const parts = await createParts(
    context,
    () => settle(),
    options.checkpointFacts,
    policy,
    options.upgrades ?? {},
  );
  const { receipts, storage, fence, snapshots, removal, roster, differences, evidence } = parts;
  const { signatures, harmed, decisions, payloads, records, sync, links } = parts;
  const { gate, reports, leases, triggers, cache, blobs, upgrades, leaving } = parts;
  const { viewer, reading, carriers, checkpoints, recomputer, answers, session, fallen } = parts;

  /** What follows from the state; one at a time, for each changes what the next one sees. */
  const deeds = [harmed, fallen, evidence, roster, snapshots, decisions, blobs];
  let settledRoster: RosterHash | null = null;
  let retry: Cancel | null = null;

  /** Messages that bring nothing new settle nothing, so nobody else would come back to it. */
  const tryAgainLater = (): void => {
    retry ??= ports.clock.after(RETRY_MS, () => {
      retry = null;
      settleSoon();
    });
  };

  /** Does what follows from the state until nothing more does; then tells the others. */
  const settle = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null) return;
    context.isUnsettled = false;
    const slices = startSlices(ports.clock);
    upgrades.stand();
    await pendingJoins.settle();
    if (await removal.settle()) return settleRemoved();
    let facts = holdings.journal().factCount();
    for (let step = 0; step < STEPS_MAX; step += 1) {
      await fence.settle();
      const didMore = await settleFirst(deeds, slices);
      await receipts.settle();
      const hasSaid = await settleFirst([reports, upgrades, triggers], slices);
      await fence.settle();
      // What became binding just now holds back what waited for the last fence to fall.
      upgrades.stand();
      await records.flush();
      await cache.settle();
      const isSame = facts === holdings.journal().factCount();
      facts = holdings.journal().factCount();
      if (!didMore && !hasSaid && isSame) break;
    }
    await slices.rest();
    carriers.follow();
    checkpoints.follow();
    pairing.sides()?.inviter.settle();
    if (await removal.settle()) return settleRemoved();
    await followRoster(holdings);
    await slices.rest();
    blobs.follow();
    differences.settle(links.links());
    sync.announce(true);
    if (context.isUnsettled && context.stage !== 'lost') tryAgainLater();
    changed();
  };

  const followRoster = async (holdings: Holdings): Promise<void> => {
    if (settledRoster === holdings.chain().choiceHash) return;
    settledRoster = holdings.chain().choiceHash;
    noteMember(context, holdings);
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
    await ports.clock.pause();
    await settle();
  };

  const pendingJoins = createPendingJoins(context, becameMember, () => links.settleRooms());
  const pairing = createPairing(context, {
    ...{ rosters: roster.rosters, secrets: parts.secrets, pendingJoins },
    ...{ settle, becameMember },
  });

  const open = async (): Promise<void> => {
    const slices = startSlices(ports.clock);
    const opened = await openDevice(ports, slices);
    if (!opened.ok) {
      noteStoreError(context, opened.error);
      context.stage = 'lost';
      return;
    }
    const { holdings, deviceName, own, queue, activity } = opened.value;
    context.keys = opened.value.keys;
    context.deviceName = deviceName;
    context.activity.load(activity);
    [context.lastSeen, removal].forEach((each) => each.load(opened.value.profile));
    [roster, cache, leaving, answers].forEach((each) => each.load(own));
    snapshots.load(opened.value.payloads);
    fence.load(own.map((row) => row.key));
    evidence.load(own.map((row) => row.key));
    if (opened.value.isAlarmed) addProblem(context, 'digest-alarm');
    records.load(readQueue(queue), own);
    await upgrades.load(own);
    [session.current, session.lostUnder] = [opened.value.session, opened.value.lostUnder];
    for (const damaged of opened.value.damaged) {
      context.activity.add('session-damaged', 'bad', null, { session: damaged.slice(0, 8) });
    }
    context.stage = 'empty';
    noteOpened(context, opened.value);
    if (holdings === null) return;
    await harmed.load(holdings, opened.value.damaged);
    for (const session of holdings.quarantine().keys()) {
      addProblem(context, 'equivocation', holdings.journal().tip(session)?.author ?? null);
    }
    await blobs.load(opened.value.profile, own, opened.value.damaged.length === 0);
    checkpoints.load(holdings, opened.value.takenUp);
    await slices.rest();
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

  const then = <T>(command: () => Done<T>): Done<T> =>
    runInTurn(context.inbox, async () => {
      if (context.stage === 'removed') return err({ kind: 'not-allowed', capability: 'member' });
      const done = await command();
      if (done.ok) await settle();
      return done;
    });

  await context.inbox.put(open);
  storage.read().catch(() => undefined);

  return {
    view: () =>
      (view ??= buildView(context, {
        ...{ links, sync, fence, records, decisions, recomputer, payloads, viewer },
        ...{ receipts: receipts.byHead, storage: storage.view(), roster, gate, policy, blobs },
        ...{ upgrades, leaving, code: parts.code, codePolicy: parts.codePolicy },
      })),
    inspect: () => inspectHoldings(context.holdings),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    account: {
      create: (deviceName) =>
        onFetched(import('./membership/account-service.js'), ({ openAccount }) =>
          then(async (): Done => {
            const holdings = await openAccount(context, deviceName);
            if (!holdings.ok) return holdings;
            await becameMember(holdings.value);
            return ok(undefined);
          }),
        ),
      beginAnew: () => beginAnew(context),
    },
    ...createDeviceCommands(context, roster, pairing, pendingJoins, then),
    leaving: leaving.commandsIn(then),
    records: records.commands,
    cache: cache.commands,
    upgrades: inTurn(upgrades.commands, then),
    files: blobs.commands,
    snapshots: {
      propose: (...said) => then(() => snapshots.propose(...said)),
      lease: (...said) => then(() => leases.lease(...said)),
      release: (purpose) => then(() => leases.release(purpose)),
    },
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
      upgrades.woke();
      settleSoon();
    },
    close: async () => {
      if (context.inbox.isClosed()) return;
      pairing.sides()?.inviter.cancel();
      pairing.sides()?.newcomer.close();
      links.close();
      retry?.();
      await context.inbox.idle();
      pairing.sides()?.inviter.close();
      context.inbox.close();
      sync.close();
      checkpoints.close();
      reading.close();
      fence.close();
      [gate, reports, triggers, upgrades, roster, payloads].forEach((each) => each.close());
      cache.shared.close();
      await blobs.close();
      // Lines that waited for a commit to go with.
      if (context.stage !== 'lost') await context.commit([], 'relaxed');
      context.holdings = null;
      context.keys = null;
      await carriers.close();
      ports.transport.close();
      await ports.store.close();
    },
  };
};

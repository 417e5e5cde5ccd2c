import { headsDownFrom } from '../../core/authority/completion.js';
import { devicesOf, memberOf } from '../../core/authority/roster.js';
import type { DeviceId, HeadId, SessionId } from '../../core/base/brands.js';
import { type Lease, leasesIn, reportOf } from '../../core/journal/device-marks.js';
import type { SnapshotPolicy } from '../../core/snapshots/policy.js';
import {
  type PruningWait,
  isDurable,
  leaseEndMs,
  liveLeases,
  whyNotPrune,
} from '../../core/snapshots/pruning.js';
import type { Cancel } from '../../ports/clock.js';
import type { Recomputer } from './adoption.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { LinkService } from '../links/link-service.js';

/** A completed snapshot by which this device does not prune yet, and so does not adopt. */
export interface HeldBack extends PruningWait {
  readonly head: HeadId;
  /** Covered facts held here. */
  readonly facts: number;
}

/**
 * What adopting a snapshot waits for here: leases of members, and durable devices that hold its
 * payload (rules S5, S11).
 *
 * Adopting moves the base and lets the covered facts go in one transaction, so both wait together:
 * until then the journal goes on from the base before, as it does before a payload has come.
 */
export interface PruningGate {
  readonly waitOf: (head: HeadId) => HeldBack | null;
  readonly heldBack: () => readonly HeldBack[];
  readonly liveLeases: () => readonly Lease[];
  /** Members that are durable by their own last word. */
  readonly durable: () => ReadonlySet<DeviceId>;
  /** Wakes up when the last of the leases that stop something ends. */
  readonly settle: () => void;
  readonly close: () => void;
}

export const createPruningGate = (
  context: Context,
  policy: SnapshotPolicy,
  recomputer: Recomputer,
  linkService: () => LinkService,
  settleSoon: () => void,
): PruningGate => {
  let timer: Cancel | null = null;

  const live = (): readonly Lease[] => {
    const { holdings } = context;
    if (holdings === null) return [];
    const { tip } = holdings.chain();
    const leases = leasesIn(holdings.fold().state().marks);
    const isMember = (device: DeviceId): boolean => memberOf(tip, device) !== null;
    return liveLeases(leases, isMember, policy, context.ports.clock.wallMs());
  };

  const durable = (): ReadonlySet<DeviceId> => {
    const { holdings } = context;
    if (holdings === null) return new Set();
    const { marks } = holdings.fold().state();
    const devices = devicesOf(holdings.chain().tip).map(({ device }) => device);
    return new Set(devices.filter((device) => isDurable(reportOf(marks, device))));
  };

  const waitOf = (head: HeadId): HeldBack | null => {
    const { holdings } = context;
    const completion = holdings?.completions().get(head)?.completion;
    if (holdings === null || completion === undefined) return null;
    const facts = factsBelow(holdings, head);
    const result = facts === 0 ? null : recomputer.of(head, completion).kind;
    const wait = whyNotPrune(
      {
        me: holdings.me,
        leases: live(),
        durable: durable(),
        holders: holdersOf(holdings, head, linkService()),
        coveredFacts: facts,
        isComputable: result === 'equal' || result === 'differs',
      },
      policy,
    );
    return wait === null ? null : { ...wait, head, facts };
  };

  const heldBack = (): readonly HeldBack[] =>
    (context.holdings?.tips() ?? [])
      .filter((head) => !context.holdings?.payloadStates().has(head))
      .flatMap((head) => waitOf(head) ?? []);

  return {
    waitOf,
    heldBack,
    liveLeases: live,
    durable,
    settle: () => {
      timer?.();
      timer = null;
      const [last] = heldBack().flatMap(({ leases }) => leases);
      if (last === undefined) return;
      const leftMs = leaseEndMs(last, policy) - context.ports.clock.wallMs();
      timer = context.ports.clock.after(Math.max(1, leftMs), settleSoon);
    },
    close: () => timer?.(),
  };
};

/** Facts held here that a head covers, with all that it builds on up to the base. */
const factsBelow = (holdings: Holdings, head: HeadId): number => {
  const cut = new Map<SessionId, number>();
  const completions = holdings.completions();
  for (const each of headsDownFrom(completions, [head], new Set(holdings.base().heads))) {
    for (const { session, seq } of completions.get(each)?.completion.advance ?? []) {
      cut.set(session, Math.max(seq, cut.get(session) ?? -1));
    }
  }
  let facts = 0;
  for (const [session, seq] of cut) {
    const log = holdings.journal().sessions().get(session);
    if (log === undefined) continue;
    facts += Math.max(0, Math.min(seq, log.firstSeq + log.count - 1) - log.firstSeq + 1);
  }
  return facts;
};

/** Who holds a head's payload or has gone beyond it: by receipt, or by a word over a link. */
const holdersOf = (holdings: Holdings, head: HeadId, links: LinkService): ReadonlySet<DeviceId> => {
  const holders = new Set<DeviceId>();
  const completions = holdings.completions();
  const payload = completions.get(head)?.completion.payload;
  const { marks } = holdings.fold().state();
  for (const { device } of devicesOf(holdings.chain().tip)) {
    const receipt = reportOf(marks, device)?.receipt ?? null;
    const told = links.linkTo(device)?.theirs?.heldPayloads ?? [];
    const isTold = payload !== undefined && told.includes(payload);
    const beyond = receipt === null ? null : headsDownFrom(completions, [receipt.head]);
    if (isTold || beyond?.has(head) === true) holders.add(device);
  }
  return holders;
};

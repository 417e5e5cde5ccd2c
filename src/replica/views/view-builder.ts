import { type RosterMember, devicesOf, memberOf } from '../../core/authority/roster.js';
import { capabilitiesOf } from '../../core/authority/capability.js';
import type { DeviceId, HeadId, RosterHash } from '../../core/base/brands.js';
import { reportOf } from '../../core/journal/device-marks.js';
import type { SnapshotPolicy } from '../../core/snapshots/policy.js';
import type { Recomputer } from '../snapshots/adoption.js';
import type { BlobRoom } from '../blobs/blob-parts.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import type { Context } from '../context.js';
import type { DecisionService } from '../decisions/decision-service.js';
import { EMPTY_VIEW } from './empty-view.js';
import type { Fence } from '../snapshots/fence.js';
import { formerName } from '../storage/former-life.js';
import type { Holdings } from '../journal/holdings.js';
import type { LeavingService } from '../leaving/leaving-service.js';
import type { LinkService } from '../links/link-service.js';
import { openProblems } from '../loop/problems.js';
import type { PruningGate } from '../snapshots/pruning-gate.js';
import { receiptsOf, viewPruning } from '../snapshots/pruning-view.js';
import { type FormatCode, viewFormat } from '../records/record-format.js';
import type { RecordService } from '../records/record-service.js';
import type { SyncService } from '../sync/sync-service.js';
import type { PayloadExchange } from '../snapshots/payload-exchange.js';
import type { UpgradeParts } from '../upgrades/upgrade-parts.js';
import type {
  AccountView,
  DeviceView,
  SnapshotView,
  StorageView,
  SyncView,
  View,
} from '../view.js';
import { type CodeKnown, viewDecisions } from './view-decisions.js';
import { type RecordViewer, countRecords } from './view-records.js';
import {
  type RosterSources,
  forkViews,
  lockoutView,
  mergingView,
  removedView,
} from './view-roster.js';

/** What a view is made of besides the context. */
export interface ViewSources {
  readonly links: LinkService;
  readonly sync: SyncService;
  readonly fence: Fence;
  readonly records: RecordService;
  readonly decisions: DecisionService;
  readonly recomputer: Recomputer;
  readonly payloads: PayloadExchange;
  readonly viewer: RecordViewer;
  readonly receipts: ReadonlyMap<HeadId, Receipt>;
  readonly storage: StorageView;
  readonly roster: RosterSources;
  readonly blobs: BlobRoom;
  readonly leaving: Pick<LeavingService, 'view'>;
  readonly gate: PruningGate;
  readonly policy: SnapshotPolicy;
  readonly upgrades: Pick<UpgradeParts, 'view' | 'read'>;
  readonly code: () => FormatCode;
  readonly codePolicy: CodePolicy;
}

/** What adopting a snapshot let go on this device. */
export interface Receipt {
  readonly atMs: number;
  readonly facts: number;
  readonly bytes: number;
  readonly payloadBytes: number;
}

/** Builds what the screens show from what is held now. */
export const buildView = (context: Context, sources: ViewSources): View => {
  const { holdings } = context;
  const common = {
    stage: context.stage,
    activity: context.activity.lines(),
    pairing: pairingView(context, sources),
    problems: openProblems(context),
    storage: sources.storage,
  };
  if (holdings === null) return { ...EMPTY_VIEW, ...common, formerly: formerName(context) };
  const fence = sources.fence.active();
  const queue = sources.records.queue();
  let records: View['records'] | null = null;
  let strandedEdits: View['strandedEdits'] | null = null;
  let upgrades: View['upgrades'] | null = null;
  return {
    ...common,
    formerly: null,
    account: accountView(holdings),
    sync: syncView(context, holdings, sources),
    devices: devicesView(context, holdings, sources),
    newcomers: sources.roster.newcomers.view(),
    decisions: viewDecisions(
      context,
      holdings,
      sources.decisions,
      sources.recomputer,
      sources.links,
      sources.roster,
      codeKnown(holdings, sources),
    ),
    get records() {
      records ??= sources.blobs.listing.withFiles(
        holdings,
        sources.viewer.records(holdings, sources.links, sources.records.queue()),
        sources.records.queue(),
      );
      return records;
    },
    get peers() {
      return sources.links.peers();
    },
    get upgrades() {
      return (upgrades ??= sources.upgrades.view(holdings));
    },
    recordCount: countRecords(holdings, queue),
    get strandedEdits() {
      return (strandedEdits ??= sources.records.stranded(holdings));
    },
    fence:
      fence === null
        ? null
        : { decision: fence.statement, untilMs: fence.untilMs, queuedEdits: queue.length },
    snapshots: snapshotsView(holdings, sources),
    pruning: viewPruning(holdings, sources.gate, sources.policy),
    format: viewFormat(holdings, sources.upgrades.read(holdings), sources.code()),
    journal: {
      facts: holdings.journal().factCount(),
      bytes: holdings.journal().byteCount(),
      digest: null,
      queuedEdits: queue.length,
      undecidedFacts: holdings.undecidedCount(),
    },
    removed: removedView(context, holdings),
    forks: forkViews(holdings),
    merging: mergingView(context, holdings),
    leaving: sources.leaving.view(holdings),
    lockout: lockoutView(holdings),
    recovery: sources.roster.recovery.view(),
    blobs: sources.blobs.listing.blobs(holdings, sources.blobs.transfers()),
  };
};

const codeKnown = (holdings: Holdings, { upgrades, codePolicy }: ViewSources): CodeKnown => {
  const { state, bundleOf } = upgrades.read(holdings);
  const { isRequired } = codePolicy.terms(holdings);
  return {
    isRequired,
    agreed: state.approved,
    runs: (device) => bundleOf(device)?.content ?? null,
  };
};

/** After pairing, a newcomer still receives: shown until it holds what the others hold. */
const pairingView = (context: Context, sources: ViewSources): View['pairing'] => {
  const progress = sources.payloads.progress();
  const isNew = context.pairing.kind === 'done' && context.pairing.role === 'newcomer';
  if (!isNew || progress === null) return context.pairing;
  return { kind: 'receiving', receivedBytes: progress.received, totalBytes: progress.total };
};

const accountView = (holdings: Holdings): AccountView => {
  const chain = holdings.chain();
  const heads = holdings.base().heads.map((head) => holdings.completions().get(head)?.completion);
  const epochs = heads.flatMap((each) => (each === undefined ? [] : [each.epoch]));
  return {
    id: holdings.account,
    me: holdings.me,
    identityEpoch: chain.tip.epoch,
    snapshotEpoch: epochs.length === 0 ? null : Math.max(...epochs),
    rosterHash: chain.tipHash,
    snapshotThreshold: chain.tip.snapshotThreshold,
    governanceThreshold: chain.tip.governanceThreshold,
    admin: chain.tip.admin,
    isForked: chain.isForked,
    origin: originOf(holdings),
  };
};

const originOf = (holdings: Holdings): AccountView['origin'] => {
  const first = holdings.transitions().get(holdings.account as string as RosterHash);
  const origin = first?.record.origin ?? null;
  if (first === undefined || origin === null) return null;
  return { ...origin, signers: first.completion.consents.map(({ signer }) => signer) };
};

const syncView = (context: Context, holdings: Holdings, sources: ViewSources): SyncView => {
  const devices = devicesOf(holdings.chain().tip);
  const connected = new Set(sources.links.links().map((link) => link.peer));
  const inStep = [...connected].filter((device) => isInStep(sources, device));
  const hasProblem = openProblems(context).length > 0 || holdings.chain().isForked;
  const kind = hasProblem
    ? 'problem'
    : connected.size === 0
      ? 'alone'
      : inStep.length === connected.size
        ? 'in-step'
        : 'syncing';
  return {
    kind,
    inStepCount: inStep.length + 1,
    deviceCount: devices.length,
    connectedCount: connected.size,
    rendezvous: context.ports.transport.rendezvous(),
  };
};

const isInStep = (sources: ViewSources, device: DeviceId): boolean => {
  const link = sources.links.linkTo(device);
  return link !== null && sources.sync.isInStep(link);
};

const devicesView = (
  context: Context,
  holdings: Holdings,
  sources: ViewSources,
): readonly DeviceView[] => {
  const chain = holdings.chain();
  return chain.tip.members.map((member): DeviceView => {
    const isMe = member.device === holdings.me;
    const isConnected = sources.links.linkTo(member.device) !== null;
    const joined = chain.lineage
      .map((hash) => chain.recordAt(hash))
      .find((record) => record !== null && memberOf(record, member.device) !== null);
    return {
      id: member.device,
      name: member.name,
      form: member.storage === 'paper' ? 'paper' : formOf(member.name),
      isMe,
      isAdmin: member.device === chain.tip.admin,
      presence: isMe ? 'here' : isConnected ? 'connected' : 'away',
      lastSeenMs: isMe ? context.ports.clock.wallMs() : context.lastSeen.of(member.device),
      isInStep: isMe || isInStep(sources, member.device),
      keyStorage: member.storage,
      capabilities: capabilitiesOf(member.capabilities),
      joinedEpoch: joined?.epoch ?? 0,
      report: reportOf(holdings.fold().state().marks, member.device),
    };
  });
};

const formOf = (name: string): DeviceView['form'] => {
  if (/tablet|ipad|pad\b/i.test(name)) return 'tablet';
  if (/laptop|desktop|computer|macbook|pc\b|notebook|work/i.test(name)) return 'laptop';
  return 'phone';
};

/** How many might have signed: all devices, and paper where it did. */
const sizeOf = (holdings: Holdings, roster: RosterHash, signers: readonly DeviceId[]): number => {
  const record = holdings.chain().recordAt(roster);
  if (record === null) return signers.length;
  const isDevice = ({ storage }: RosterMember): boolean => storage !== 'paper';
  return record.members.filter((each) => isDevice(each) || signers.includes(each.device)).length;
};

const snapshotsView = (holdings: Holdings, sources: ViewSources): readonly SnapshotView[] =>
  [...holdings.completions().values()]
    .map(({ head, completion, signers }): SnapshotView => {
      const receipt = sources.receipts.get(head);
      return {
        id: head,
        index: completion.index,
        epoch: completion.epoch,
        completedMs: receipt?.atMs ?? 0,
        signers,
        rosterSize: sizeOf(holdings, completion.roster, signers),
        payloadBytes: receipt?.payloadBytes ?? 0,
        factsPruned: receipt?.facts ?? 0,
        bytesFreed: receipt?.bytes ?? 0,
        digest: completion.digest,
        isStanding: holdings.standing().has(head),
        isHeld: receipt !== undefined || holdings.payloadStates().has(head),
        receipts: receiptsOf(holdings, head),
      };
    })
    .sort((a, b) => b.index - a.index);

import { decodeCanonical } from '../../core/base/canonical.js';
import { DEFAULT_TIMING } from '../../replica/context.js';
import { type SimDevice, replicaOf } from '../device.js';
import { WALL_START_MS } from '../ports/sim-clock.js';
import { mayWrite } from './acknowledged.js';
import type { Checker, Commit, CreateChecker } from './checker.js';
import { statementIdOf } from './own-word.js';

/** When a device raised a fence, by both clocks, and in which of its lives. */
interface Raised {
  readonly life: number;
  readonly atMs: number;
  readonly wallMs: number;
}

const FENCE = 'fence:';

/** Of one proposer no more are raised for what builds on the same (rule S2). */
const FENCES_MAX = 3;

/**
 * 9: no own edit becomes a fact while a fence should stand; none is open without its fence, but for
 * what is asked again and again, or by who told two stories.
 *
 * A fence stands from the moment that it is durable until a completion, the payload of one that was
 * passed by, another roster or a proof of two stories is stored, the proposal is let go of, expires
 * or is turned down, either clock says that it is over, the person lets it go, or the app starts
 * again. All of that is read from what is committed, but for who turned it down, and once over it
 * stays so, whatever a clock says later.
 */
export const checkFences: CreateChecker = (scene) => {
  const raisedBy = new Map<SimDevice, Map<string, Raised>>();
  /** How wrong the clock of each device was at its last commit. */
  const skewBy = new Map<SimDevice, number>();
  /** Statements that each device ever asked for, by what they build on. */
  const askedBy = new Map<string, Map<string, Set<string>>>();
  /** When the last proposal of a statement expires, by whatever clock reads that. */
  const expiresMs = new Map<string, number>();

  const wrote: Checker['wrote'] = (entry) => {
    const { body, fact } = entry;
    if (body?.kind !== 'snapshot.proposed') return;
    const { author } = fact.envelope;
    const statement = statementIdOf(entry);
    expiresMs.set(statement, Math.max(expiresMs.get(statement) ?? 0, body.expires));
    const ground = `${body.roster}:${body.predecessors.join()}`;
    const asked = askedBy.get(author) ?? new Map<string, Set<string>>();
    askedBy.set(author, asked);
    asked.set(ground, (asked.get(ground) ?? new Set()).add(statement));
  };

  /** Whether all who ask for it asked so often before on the same ground, or told two stories. */
  const isWorn = (device: SimDevice, statement: string): boolean =>
    [...askedBy.values()].every((asked) =>
      [...asked.values()].every((all) => {
        const fenced = [...all].filter((each) => device.disk.rowsOf('own').has(FENCE + each));
        return !all.has(statement) || fenced.length >= FENCES_MAX;
      }),
    ) || [...device.disk.rowsOf('governance').keys()].some((key) => key.startsWith('evidence:'));

  const isStanding = (device: SimDevice, statement: string, raised: Raised): boolean =>
    raised.life === device.life?.number &&
    scene.nowMs() + device.skewMs + WALL_START_MS <= (expiresMs.get(statement) ?? Infinity) &&
    scene.nowMs() - raised.atMs < DEFAULT_TIMING.fenceMs &&
    scene.nowMs() + device.skewMs - raised.wallMs < DEFAULT_TIMING.fenceMs &&
    device.person.releasedMs < raised.atMs &&
    !isTurnedDown(device, statement);

  const dropWhatIsOver = (): void => {
    for (const [device, raised] of raisedBy) {
      for (const [statement, each] of raised) {
        if (!isStanding(device, statement, each)) raised.delete(statement);
      }
    }
  };

  /** What this device still shows as open has to have its fence, standing or past. */
  const lookForUnfenced = (device: SimDevice): void => {
    for (const decision of replicaOf(device)?.view().decisions ?? []) {
      const isAsked = decision.stage === 'open' && !decision.isTurnedDown;
      const isOpen = isAsked && decision.subject.kind === 'snapshot';
      if (!isOpen || device.disk.rowsOf('own').has(FENCE + decision.id)) continue;
      if (isWorn(device, decision.id)) continue;
      scene.fail('9 an open proposal raises a fence', `${device.name} ${decision.id.slice(0, 8)}`);
    }
  };

  const isWriting = ({ device, fresh }: Commit): boolean =>
    fresh.some(
      ({ body, fact }) =>
        fact.envelope.author === device.keys.signer.device &&
        body?.kind.startsWith('record.') === true,
    );

  const commit = (commit: Commit): void => {
    const { device, entries, fresh, changes, askedMs } = commit;
    const raised = raisedBy.get(device) ?? new Map<string, Raised>();
    raisedBy.set(device, raised);
    dropWhatIsOver();
    if (isWriting(commit)) {
      for (const statement of raised.keys()) {
        scene.fail('9 no edit inside a fence', `${device.name} in ${statement.slice(0, 8)}`);
      }
      // A clock that was set while the store was busy may show open what had lapsed.
      const isSameClock = (skewBy.get(device) ?? device.skewMs) === device.skewMs;
      if (!device.isDamaged && isSameClock) lookForUnfenced(device);
    }
    skewBy.set(device, device.skewMs);
    for (const change of changes) {
      if (change.kind !== 'put') continue;
      if (change.table === 'own' && change.key.startsWith(FENCE)) {
        const wallMs = raisedIn(change.value) - WALL_START_MS;
        // Its clock may have been set while a slow store wrote the row.
        const atMs = Math.min(askedMs, wallMs - device.skewMs);
        const at = { atMs, wallMs, life: device.life?.number ?? 0 };
        raised.set(change.key.slice(FENCE.length), at);
      }
      if (change.table === 'governance' && /^(?:head|receipt|roster|evidence):/.test(change.key)) {
        raised.clear();
      }
    }
    for (const { body } of entries) {
      if (body?.kind === 'snapshot.abandoned') raised.delete(body.statement);
    }
    const me = device.keys.signer.device;
    const isProposing = fresh.some(
      ({ body, fact }) => body?.kind === 'snapshot.proposed' && fact.envelope.author === me,
    );
    if (isProposing && !changes.some((each) => 'key' in each && each.key.startsWith(FENCE))) {
      scene.fail('9 a proposal goes out with its fence', device.name);
    }
  };

  return {
    commit,
    wrote,
    step: dropWhatIsOver,
    end: () => {
      for (const device of scene.devices) {
        const view = replicaOf(device)?.view();
        if (view == null || device.isLiar || !mayWrite(device)) continue;
        if (view.fence !== null) scene.fail('9 every fence ends', device.name);
        if (view.journal.queuedEdits > 0) scene.fail('9 every queue empties', device.name);
      }
    },
  };
};

const isTurnedDown = (device: SimDevice, statement: string): boolean =>
  replicaOf(device)
    ?.view()
    .decisions.some((each) => each.id === statement && each.isTurnedDown) === true;

/** The device's wall clock when it raised the fence; a slow store has the row a little later. */
const raisedIn = (row: Uint8Array): number => {
  const read = decodeCanonical(row);
  const value = read.ok ? (read.value as { readonly raised?: unknown }).raised : null;
  return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;
};

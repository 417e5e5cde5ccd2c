import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import { bytesToHex, hexToBytes } from '../../core/base/hash.js';
import { err, ok } from '../../core/base/result.js';
import {
  type BallotVote,
  compareBallots,
  encodePromise,
  promiseSigningBytes,
} from '../../core/authority/ballot.js';
import { memberOf } from '../../core/authority/roster.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import type { Body } from '../../core/facts/bodies.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Row } from '../../ports/store.js';
import type { Done } from '../commands.js';
import type { Confirmations } from '../membership/confirmations.js';
import { decidersOf } from '../membership/choice.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import { NOTHING_OFFERED, type OfferedShare } from '../membership/governance.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import {
  type RosterCeremony,
  ballotOf,
  isAboutRoster,
  promisesHeld,
  rosterCeremonies,
} from '../membership/roster-ballots.js';
import type { RosterCourse } from '../membership/roster-course.js';
import type { RosterService } from '../membership/roster-service.js';
import { KEYS, deleteRow, putBytes } from '../storage/rows.js';
import { stageNow } from '../decisions/standing-of.js';

/**
 * Votes of the key on paper (rules A3, A5 and A9).
 *
 * The key is at hand for a moment only. What it signs then is for one ballot, is kept by the device
 * that it was typed on, and is cast under the conditions of that device's own vote: after the delay
 * of a dangerous change, and while nobody who may vetoes it.
 */
export interface PaperVotes {
  /** Errors: blocked where an earlier word of the key forbids it, or its envelope does not open. */
  readonly sign: (keys: DeviceKeys, ceremony: RosterCeremony) => Done;
  /** Casts what may be cast now; true when it cast something. */
  readonly settle: () => Promise<boolean>;
  readonly load: (own: readonly Row[]) => void;
}

export interface PaperVoteParts {
  readonly rosters: RosterService;
  readonly confirmations: Confirmations;
  readonly course: RosterCourse;
  readonly secrets: EpochSecrets;
  /** Tells the members that are connected. */
  readonly tell: (share: OfferedShare) => void;
}

const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;

export const createPaperVotes = (
  context: Context,
  intake: Intake,
  { rosters, confirmations, course, secrets, tell }: PaperVoteParts,
): PaperVotes => {
  const kept = new Map<StatementHash, OfferedShare>();

  /** The last vote of the key that is known here, cast or still kept. */
  const lastVote = (holdings: Holdings, paper: DeviceId): BallotVote | null => {
    const votes = rosterCeremonies(holdings)
      .filter(
        ({ approvals, statement }) => approvals.has(paper) || kept.get(statement)?.signer === paper,
      )
      .map(({ matter }) => ({ ...ballotOf(matter), record: matter.recordHash }));
    return votes.sort(compareBallots).at(-1) ?? null;
  };

  /** Whether the key has given its word against this ballot, as far as is known here. */
  const isBound = (holdings: Holdings, paper: DeviceId, { matter }: RosterCeremony): boolean => {
    const ballot = ballotOf(matter);
    const last = lastVote(holdings, paper);
    const order = last === null ? -1 : compareBallots(last, ballot);
    if (order > 0 || (order === 0 && last?.record !== matter.recordHash)) return true;
    return rosterCeremonies(holdings).some((each) => {
      const other = ballotOf(each.matter);
      const isHigher = compareBallots(other, ballot) > 0;
      return isHigher && promisesHeld(holdings, other).some(({ signer }) => signer === paper);
    });
  };

  /** A ballot that waits for promises gets the key's. */
  const promiseOf = async (
    holdings: Holdings,
    keys: DeviceKeys,
    { matter }: RosterCeremony,
  ): Promise<readonly Body[]> => {
    const { device: signer } = keys.signer;
    const ballot = ballotOf(matter);
    const isGiven = promisesHeld(holdings, ballot).some((each) => each.signer === signer);
    if (matter.round === 0 || isGiven || rosters.isVotable(matter)) return [];
    const said = { previous: matter.previous, ...ballot, last: lastVote(holdings, signer) };
    const signature = await keys.signer.sign(promiseSigningBytes(holdings.account, said));
    return [{ kind: 'roster.promised', promise: encodePromise({ ...said, signer, signature }) }];
  };

  const sign: PaperVotes['sign'] = async (keys, ceremony) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const { matter, statement } = ceremony;
    const { device: signer } = keys.signer;
    if (isBound(holdings, signer, ceremony)) {
      return err({ kind: 'blocked', blocker: { kind: 'answered-another' } });
    }
    const stays = memberOf(matter.record, signer) !== null;
    if (stays && (await secrets.open(matter.record, matter.envelopes, keys)) === null) {
      return err({ kind: 'blocked', blocker: { kind: 'envelope-unopenable' } });
    }
    const promise = await promiseOf(holdings, keys, ceremony);
    const signature = await keys.signer.sign(shareSigningBytes(statement));
    const bytes = new Uint8Array([...hexToBytes(signer), ...signature]);
    const row = putBytes('own', KEYS.paperVote(statement), bytes);
    const done =
      promise.length > 0 ? await intake.own(promise, [row]) : await context.commit([row], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    kept.set(statement, { statement, signer, signature });
    return ok(undefined);
  };

  const isDue = (holdings: Holdings, ceremony: RosterCeremony): boolean => {
    const { matter } = ceremony;
    const isMember = memberOf(decidersOf(holdings, matter), holdings.me) !== null;
    const isAgreed = confirmations.of(matter.recordHash) !== null;
    const isReady = rosters.isVotable(matter) && rosters.missing(matter) === 0;
    return isMember && isAgreed && isReady && !course.isHeldBack(ceremony);
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    for (const [statement, share] of kept) {
      const ceremony = holdings.ceremonies().get(statement);
      const isPast =
        ceremony !== undefined &&
        stageNow(holdings, ceremony, context.ports.clock.wallMs()) !== 'open';
      const isCast = ceremony?.approvals.has(share.signer) === true;
      if (isPast || isCast) {
        const done = await context.commit([deleteRow('own', KEYS.paperVote(statement))], 'strict');
        if (done.ok) kept.delete(statement);
        continue;
      }
      if (ceremony === undefined || !isAboutRoster(ceremony)) continue;
      if (!isDue(holdings, ceremony)) continue;
      const offer = { ...NOTHING_OFFERED, shares: [share] };
      if ((await intake.foreign([], offer, null)).error !== null) continue;
      tell(share);
      context.activity.add('recovery-key-signed', 'warn', holdings.me, {});
      return true;
    }
    return false;
  };

  return {
    sign,
    settle,
    load: (own) => {
      for (const { key, value } of own) {
        const [kind, name = ''] = key.split(':');
        const isOurs = kind === 'paper' && isHex32(name);
        if (!isOurs || value.length !== ID_BYTES + SIGNATURE_BYTES) continue;
        const statement = brandHex<StatementHash>(name);
        const signer = brandHex<DeviceId>(bytesToHex(value.slice(0, ID_BYTES)));
        kept.set(statement, { statement, signer, signature: value.slice(ID_BYTES) });
      }
    },
  };
};

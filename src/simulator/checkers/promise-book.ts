import { type BallotPromise, parsePromise } from '../../core/authority/ballot.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { SimDevice } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import type { ProposedRecord } from './roster-words.js';

/** What members said that they voted for last; null for nothing. */
type LastVotes = ReadonlyMap<DeviceId, RosterHash | null>;

/** Who promised which ballot, as proposals list it and as devices heard it. */
export interface PromiseBook {
  readonly list: (proposed: ProposedRecord) => void;
  /** Of facts of honest members alone: what becomes of others' is another matter. */
  readonly hear: (device: SimDevice, entry: LedgerEntry) => void;
  /**
   * Whether a ballot's record may have its votes already, by what the proposal lists and what a
   * device heard besides: with all who said nothing added to those who claim a vote for it.
   */
  readonly mayBeChosen: (
    device: SimDevice,
    proposed: ProposedRecord,
    deciders: RosterRecord,
  ) => boolean;
}

const NOBODY: LastVotes = new Map();

export const createPromiseBook = (): PromiseBook => {
  const listed = new Map<StatementHash, LastVotes>();
  const heard = new Map<SimDevice, Map<string, Map<DeviceId, RosterHash | null>>>();

  return {
    list: ({ statement, promises }) => {
      const read = promises.flatMap((bytes) => {
        const promise = parsePromise(bytes);
        return promise.ok ? [promise.value] : [];
      });
      const votes = new Map(read.map(({ signer, last }) => [signer, last?.record ?? null]));
      if (votes.size >= (listed.get(statement)?.size ?? 0)) listed.set(statement, votes);
    },
    hear: (device, { body, fact }) => {
      const promise = body?.kind === 'roster.promised' ? parsePromise(body.promise) : null;
      if (promise?.ok !== true || promise.value.signer !== fact.envelope.author) return;
      const byBallot = heard.get(device) ?? new Map<string, Map<DeviceId, RosterHash | null>>();
      heard.set(device, byBallot);
      const name = nameOf(promise.value);
      const votes = byBallot.get(name) ?? new Map<DeviceId, RosterHash | null>();
      byBallot.set(name, votes);
      votes.set(promise.value.signer, promise.value.last?.record ?? null);
    },
    mayBeChosen: (device, proposed, { members, governanceThreshold }) => {
      const claimed = listed.get(proposed.statement) ?? NOBODY;
      if (claimed.size === 0) return false;
      const known = new Map([...(heard.get(device)?.get(nameOf(proposed)) ?? []), ...claimed]);
      const others = members.filter(
        (each) => (known.get(each.device) ?? null) === proposed.record || !known.has(each.device),
      );
      return others.length >= governanceThreshold;
    },
  };
};

const nameOf = ({
  previous,
  round,
  proposer,
}: Pick<BallotPromise, 'previous' | 'round' | 'proposer'>): string =>
  `${previous}:${round}:${proposer}`;

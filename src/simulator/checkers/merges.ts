import { forkHashOf } from '../../core/authority/fork.js';
import { promiseSigningBytes } from '../../core/authority/ballot.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import {
  rosterStatement,
  shareSigningBytes,
  statementHashOf,
} from '../../core/authority/statement.js';
import type { AccountId, DeviceId, RosterHash } from '../../core/base/brands.js';
import type { SignatureCheck } from '../../ports/verifier.js';
import type { CreateChecker, Scene } from './checker.js';
import { type BookEntry, type RosterBook, bookOf, lineageOf } from './roster-book.js';

/**
 * A3: a record on an honest disk that unites branches shows who broke its word in what followed the
 * last record before them (two votes in one ballot, or a vote that a promise for a higher one does
 * not tell), as many as two majorities share at least; a majority of its other members voted for
 * it, all kept by every branch; and nobody that a branch took out is back.
 *
 * Counts by itself; no code of the product that decides is asked.
 */
export const checkMerges: CreateChecker = (scene) => ({
  end: async () => {
    const seen = new Set<RosterHash>();
    for (const device of scene.devices) {
      if (device.isLiar) continue;
      const book = bookOf(device.disk);
      for (const entry of book.values()) {
        if (entry.record.merges.length === 0 || seen.has(entry.hash)) continue;
        seen.add(entry.hash);
        await lookAt(scene, book, entry);
      }
    }
  },
});

const lookAt = async (scene: Scene, book: RosterBook, entry: BookEntry): Promise<void> => {
  const { record, completion, hash } = entry;
  const what = `merge ${record.epoch} ${hash.slice(0, 8)}`;
  const branches = record.merges.map((name) => lineageOf(book, name));
  const [first = [], ...others] = branches;
  const common = first.find((each) => others.every((branch) => branch.includes(each)));
  const account = first.at(-1)?.hash as string as AccountId;
  if (common === undefined) return scene.fail('A3 a merge unites branches of one record', what);
  const shown = (completion.votedTwice ?? []).filter(
    ({ device, votes: [one, two] }) =>
      isIn(common.record, device) && one !== undefined && one.record !== two?.record,
  );
  const checks = shown.flatMap(({ device, round, ballotProposer: proposer, votes }) =>
    votes.map(({ record: voted, signature }): SignatureCheck => {
      const subject = { account, epoch: common.record.epoch, roster: common.hash };
      return checkOf(device, { ...subject, record: voted, round, proposer }, signature);
    }),
  );
  const { members, governanceThreshold } = common.record;
  const hidden = (completion.brokePromise ?? []).filter(
    ({ device, promise }) =>
      isIn(common.record, device) && promise.signer === device && promise.previous === common.hash,
  );
  const doubles = new Set([...shown, ...hidden].map(({ device }) => device));
  for (const { device, record: voted, promise, signature, ...ballot } of hidden) {
    const { round, ballotProposer: proposer } = ballot;
    const subject = { account, epoch: common.record.epoch, roster: common.hash };
    checks.push(checkOf(device, { ...subject, record: voted, round, proposer }, signature));
    checks.push({
      key: device,
      message: promiseSigningBytes(account, promise),
      signature: promise.signature,
    });
    const at = placeOf({ round, proposer });
    const last = promise.last === null ? '' : placeOf(promise.last);
    const isTold = last > at || (last === at && promise.last?.record === voted);
    if (at >= placeOf(promise) || isTold) {
      scene.fail('A3 a merge shows who broke its word', `${what}: an honest promise`);
    }
  }
  if (doubles.size < Math.max(1, 2 * governanceThreshold - members.length)) {
    scene.fail('A3 a merge shows who broke its word', `${what}: ${doubles.size}`);
  }
  const { round, proposer, votes } = completion;
  const roster = forkHashOf(record.merges);
  const asked = { account, epoch: record.epoch - 1, roster, record: hash, round, proposer };
  checks.push(...votes.map(({ signer, signature }) => checkOf(signer, asked, signature)));
  const tips = branches.flatMap(([tip]) => tip?.record ?? []);
  const counted = new Set(votes.map(({ signer }) => signer)).size;
  const mayVote = (device: DeviceId): boolean =>
    !doubles.has(device) && [common.record, ...tips].every((each) => isIn(each, device));
  const left = members.length - doubles.size;
  if (!votes.every(({ signer }) => mayVote(signer)) || 2 * counted <= left) {
    scene.fail('A3 a majority of those who kept their word unites', `${what}: ${counted}`);
  }
  const back = record.members.find(({ device }) => branches.some((each) => wasOut(each, device)));
  if (back !== undefined) scene.fail('16 who was removed stays removed', what);
  const verdicts = await scene.verifier.verify(checks);
  if (!verdicts.every(Boolean)) scene.fail('7 every counted signature is one', what);
};

const checkOf = (
  key: DeviceId,
  subject: Parameters<typeof rosterStatement>[0],
  signature: Uint8Array,
): SignatureCheck => ({
  key,
  message: shareSigningBytes(statementHashOf(rosterStatement(subject))),
  signature,
});

/** Ballots in their order, as texts. */
const placeOf = ({ round, proposer }: { readonly round: number; readonly proposer: string }) =>
  `${String(round).padStart(16, '0')}:${proposer}`;

const isIn = ({ members }: RosterRecord, device: DeviceId): boolean =>
  members.some((each) => each.device === device);

/** In some record of a branch, and not in its last one. */
const wasOut = ([tip, ...before]: readonly BookEntry[], device: DeviceId): boolean =>
  tip !== undefined &&
  !isIn(tip.record, device) &&
  before.some(({ record }) => isIn(record, device));

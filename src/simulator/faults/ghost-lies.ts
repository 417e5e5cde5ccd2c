import { encodeRosterCompletion, sortedShares } from '../../core/authority/roster-completion.js';
import { type RosterRecord, encodeRosterRecord } from '../../core/authority/roster.js';
import { planRosterChange } from '../../core/authority/roster-plan.js';
import type { RosterHash } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { factSigningBytes } from '../../core/facts/codec.js';
import type { KnownMessage } from '../../core/links/messages.js';
import { secretCommitment } from '../../core/links/rooms.js';
import { captureState } from '../../core/snapshots/payload.js';
import { planSnapshot } from '../../core/snapshots/proposal.js';
import type { DeviceKeys } from '../../ports/keys.js';
import { sealSecret } from '../../replica/membership/epoch-secrets.js';
import type { Holdings } from '../../replica/journal/holdings.js';
import { promisesOf } from '../../replica/membership/known-promises.js';
import { ballotsOf, rosterCeremonies } from '../../replica/membership/roster-ballots.js';
import type { Chance } from '../chance.js';
import { completedWith, firstEnough, sharesOf, signedBy } from './old-days.js';
import { type Pen, createPen } from './pen.js';

/** What a device speaks with whose time is over. */
export interface GhostScene {
  readonly keys: DeviceKeys;
  /** What its own disk holds. */
  readonly own: Holdings;
  /** What some member holds, who knows what came since. */
  readonly fresh: Holdings;
  /** The last record in which it had what it lost. */
  readonly record: RosterRecord;
  readonly roster: RosterHash;
  /** The keys of others who were removed, who sign whatever this one asks for. */
  readonly friends: readonly DeviceKeys[];
  readonly chance: Chance;
}

/** Words that anyone may carry: they count for what they are signed with. */
export type GhostLie = (scene: GhostScene) => Promise<readonly KnownMessage[]>;

type Claim = 'old' | 'new';

const penOf = ({ keys, own, fresh, record, roster, chance }: GhostScene, claim: Claim): Pen => {
  const chain = fresh.chain();
  const { tip, tipHash } = claim === 'new' ? chain : { tip: record, tipHash: roster };
  const past = { ...own, chain: () => ({ ...chain, tip, tipHash }) };
  return createPen(keys, past, bytesToHex(chance.bytes(16)));
};

const told = async (pen: Pen): Promise<readonly KnownMessage[]> => [
  { kind: 'runs', runs: [await pen.run()] },
];

const writes =
  (claim: Claim): GhostLie =>
  async (scene) => {
    const pen = penOf(scene, claim);
    const title = `a ghost of the ${claim} record`;
    pen.write({ kind: 'record.created', title, text: 'late', labels: [] });
    return told(pen);
  };

/** Votes for whatever somebody asks for now, as a fact of old and as a share of its own. */
const votes: GhostLie = async (scene) => {
  const open = [...scene.fresh.ceremonies().values()];
  if (open.length === 0) return [];
  const { statement, matter } = scene.chance.pick(open);
  const share = await signedBy(scene.keys, statement);
  const pen = penOf(scene, scene.chance.pick(['old', 'new']));
  const kind = matter.purpose === 'roster' ? 'roster.approved' : 'snapshot.approved';
  const { signature } = share;
  pen.write({ kind, statement, signature, comment: '', bundle: null });
  return [{ kind: 'share', statement, ...share }, ...(await told(pen))];
};

/** What it wrote where nobody else was, carried in by others later. */
const ownRun: GhostLie = async ({ own, keys }) => {
  const runs = [...own.journal().sessions()].flatMap(([session, { facts, firstSeq }]) => {
    const last = facts.at(-1);
    return last?.envelope.author === keys.signer.device ? [{ session, facts, firstSeq, last }] : [];
  });
  return Promise.all(
    runs.slice(-1).map(async ({ session, facts, firstSeq, last }) => {
      const signature = await keys.signer.sign(factSigningBytes(last.id));
      const signatures = [{ seq: last.envelope.seq, signature }];
      const bytes = facts.map((fact) => fact.bytes);
      return { kind: 'runs', runs: [{ session, firstSeq, facts: bytes, signatures }] } as const;
    }),
  );
};

/** A snapshot of the old days, signed by those of them whose time is over. */
const oldHead: GhostLie = async ({ own, fresh, keys, friends, ...last }) => {
  const gone = [keys, ...friends];
  const { record, roster } = firstEnough(fresh.chain(), gone) ?? last;
  const capture = captureState(own.fold().state(), roster);
  const ground = { ...own.ground(), roster, epoch: record.epoch };
  const subject = planSnapshot(ground, capture);
  if (subject.advance.length === 0) return [];
  return completed(completedWith(record, subject, await sharesOf(gone, subject)));
};

/** What others had said yes to before it went: its own yes is all that was missing. */
const lateYes: GhostLie = async ({ own, fresh, record, roster, keys, friends, chance }) => {
  const open = [own, fresh].flatMap((each) =>
    [...each.ceremonies().values()].filter(({ roster: under }) => under === roster),
  );
  if (open.length === 0) return [];
  const { matter, approvals } = chance.pick(open);
  if (matter.purpose !== 'snapshot') return [];
  const theirs = [...approvals].map(([signer, { signature }]) => ({ signer, signature }));
  const ours = await sharesOf([keys, ...friends], matter.subject);
  return completed(completedWith(record, matter.subject, [...theirs, ...ours]));
};

const completed = (completion: Uint8Array): readonly KnownMessage[] => [
  { kind: 'completions', completions: [completion] },
];

/** Votes that were given, put together by somebody who does not wait for the rest. */
export const earlyRecords = (held: Holdings): readonly KnownMessage[] => {
  const open = rosterCeremonies(held).filter(({ approvals }) => approvals.size > 0);
  const completions = open.map(({ matter, approvals }) =>
    encodeRosterCompletion({
      ...{ record: matter.record, round: matter.round, proposer: matter.ballotProposer },
      votes: sortedShares([...approvals].map(([signer, each]) => ({ ...each, signer }))),
      consents: matter.consents.map(({ device, signature }) => ({ signer: device, signature })),
      promises: promisesOf(matter),
    }),
  );
  return completions.length === 0 ? [] : [{ kind: 'rosterChain', completions }];
};

const impatient: GhostLie = async ({ fresh }) => earlyRecords(fresh);

/** The admin's own ballot, opened by who is admin no more or never was (rules A3, A8). */
const firstBallot: GhostLie = async (scene) => {
  const { fresh, keys, chance } = scene;
  const { tip } = fresh.chain();
  const secret = chance.bytes(32);
  const ground = { commitment: secretCommitment(secret), closing: [], heads: fresh.tips() };
  const planned = planRosterChange(tip, {}, ground);
  if (!planned.ok || ballotsOf(fresh, planned.value.previous as RosterHash).length > 0) return [];
  const { account } = fresh;
  const envelopes = await sealSecret(keys.sealer, account, planned.value.members, secret);
  const pen = penOf(scene, 'new');
  pen.write({
    ...{ kind: 'roster.proposed', record: encodeRosterRecord(planned.value), envelopes },
    ...{ consents: [], comment: 'as ever', expires: 2 ** 43, round: 0, promises: [] },
  });
  return told(pen);
};

/** What a removed device may try, by name. */
export const REMOVED_LIES: Readonly<Record<string, GhostLie>> = {
  'late record': writes('old'),
  'from the future': writes('new'),
  ...{ votes, 'own run': ownRun, 'old head': oldHead, 'late yes': lateYes, impatient },
  'first ballot': firstBallot,
};

/** What a member may try that was the admin. */
export const RETIRED_LIES: Readonly<Record<string, GhostLie>> = {
  'first ballot': firstBallot,
  impatient,
};

import {
  type BallotPromise,
  encodePromise,
  promiseSigningBytes,
} from '../../core/authority/ballot.js';
import type { DeviceId } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { compareBy, compareText, sortedBy } from '../../core/base/ordering.js';
import type { KnownMessage } from '../../core/links/messages.js';
import { promisesHeld, rosterCeremonies } from '../../replica/membership/roster-ballots.js';
import type { Lie, LieScene } from './lies.js';
import { createPen } from './pen.js';

/** A decision that somebody asks for and that nobody let go of, as the liar knows it. */
const openOf = ({ holdings, chance }: LieScene) => {
  const { tipHash } = holdings.chain();
  const open = [...holdings.ceremonies().values()].filter(
    ({ roster, statement, abandoned }) =>
      roster === tipHash && abandoned === null && !holdings.completions().has(statement),
  );
  return open.length === 0 ? null : chance.pick(open);
};

/**
 * A change that others ask for, in a ballot of the liar's own. Once enough have promised that, it
 * names no more of them than it has to, and says that its own vote before forces the change.
 */
const claimedVote: Lie = async ({ keys, holdings, chance }) => {
  const { tip, tipHash, isForked } = holdings.chain();
  const { device: signer } = keys.signer;
  const open = rosterCeremonies(holdings).filter(({ abandoned }) => abandoned === null);
  if (isForked || open.length === 0) return [];
  const own = open.find(
    ({ matter }) => matter.ballotProposer === signer && matter.promises.length === 0,
  );
  const { matter, expiresMs: expires } = own ?? chance.pick(open);
  const { recordBytes, recordHash: record, envelopes, consents } = matter;
  const highest = Math.max(...open.map((each) => each.matter.round));
  const round = own === undefined ? highest + 1 : matter.round;
  const pen = createPen(keys, holdings, bytesToHex(chance.bytes(16)));
  const say = async (promises: readonly BallotPromise[]) => {
    const words = { comment: '', expires, round, promises: promises.map(encodePromise) };
    pen.write({ kind: 'roster.proposed', record: recordBytes, envelopes, consents, ...words });
    return [[{ kind: 'runs', runs: [await pen.run()] } as const]];
  };
  if (own === undefined) return say([]);
  const ballot = { round, proposer: signer };
  const others = promisesHeld(holdings, ballot).filter((each) => each.signer !== signer);
  const listed = others.slice(0, tip.governanceThreshold - 1);
  if (round === 0 || listed.length < tip.governanceThreshold - 1) return [];
  const last = { round: 0, proposer: tip.admin, record };
  const said = { previous: tipHash, ...ballot, last };
  const signature = await keys.signer.sign(promiseSigningBytes(holdings.account, said));
  return say(sortedBy([...listed, { ...said, signer, signature }], bySigner));
};

const bySigner = compareBy((each: BallotPromise) => each.signer as string, compareText);

/** What a liar tries about what is being decided: votes that nobody signed, or gave. */
export const VOTE_LIES: Readonly<Record<string, Lie>> = {
  'unsigned yes': async (scene) => {
    const open = openOf(scene);
    if (open === null) return [];
    const { keys, holdings, chance } = scene;
    const pen = createPen(keys, holdings, bytesToHex(chance.bytes(16)));
    const { statement, matter } = open;
    const kind = matter.purpose === 'roster' ? 'roster.approved' : 'snapshot.approved';
    const signature = chance.bytes(64);
    pen.write({ kind, statement, signature, comment: '', bundle: null });
    return [[{ kind: 'runs', runs: [await pen.run()] }]];
  },
  'yes of others': async (scene) => {
    const open = openOf(scene);
    if (open === null) return [];
    const { chance, others } = scene;
    const said = (signer: DeviceId): KnownMessage => ({
      ...{ kind: 'share', statement: open.statement, signer },
      signature: chance.bytes(64),
    });
    return [others.filter(() => chance.happens(0.7)).map(said)];
  },
  'claimed vote': claimedVote,
};

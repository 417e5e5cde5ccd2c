import type { Share } from '../../core/authority/signature-check.js';
import {
  type SnapshotSubject,
  proposalIdOf,
  snapshotStatement,
  statementHashOf,
} from '../../core/authority/statement.js';
import type {
  AccountId,
  DeviceId,
  Digest,
  Hash,
  PayloadId,
  RosterHash,
  StatementHash,
} from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import type { Body } from '../../core/facts/bodies.js';
import type { KnownMessage } from '../../core/links/messages.js';
import { captureState, encodePayload } from '../../core/snapshots/payload.js';
import { planSnapshot } from '../../core/snapshots/proposal.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Holdings } from '../../replica/journal/holdings.js';
import type { Chance } from '../chance.js';
import { completedWith, firstEnough, sharesOf, signedBy } from './old-days.js';
import { type Pen, createPen } from './pen.js';

/** What a liar lies with: keys of a member, what it held when it turned, chance, other members. */
export interface LieScene {
  readonly keys: DeviceKeys;
  readonly holdings: Holdings;
  readonly chance: Chance;
  readonly others: readonly DeviceId[];
  /** Other liars, who sign whatever this one asks for. */
  readonly friends: readonly DeviceKeys[];
}

/** A lie: messages for one peer, and others for the next one where it tells two stories. */
export type Lie = (scene: LieScene) => Promise<readonly (readonly KnownMessage[])[]>;

const hexOf = <T extends string>(chance: Chance): T => bytesToHex(chance.bytes(32)) as T;
const penFor = ({ keys, holdings, chance }: LieScene, account?: AccountId): Pen =>
  createPen(keys, holdings, bytesToHex(chance.bytes(16)), account);
const told = async (...pens: readonly Pen[]): Promise<readonly (readonly KnownMessage[])[]> =>
  Promise.all(pens.map(async (pen) => [{ kind: 'runs', runs: [await pen.run()] } as const]));
const creation = (title: string): Body => ({
  ...{ kind: 'record.created', title, text: 'a lie', labels: [] },
});

const subjectOf = (
  { holdings, chance }: LieScene,
  twist: Partial<SnapshotSubject>,
): SnapshotSubject => {
  const capture = captureState(holdings.fold().state(), holdings.chain().tipHash);
  const plan = planSnapshot(holdings.ground(), capture);
  return { ...plan, digest: hexOf<Digest>(chance), ...twist };
};

const proposalOf = (subject: SnapshotSubject): Body => {
  const { account: _account, ...said } = subject;
  const { epoch, roster, predecessors } = subject;
  const proposal = proposalIdOf({ epoch, roster, predecessors, body: subject });
  return { kind: 'snapshot.proposed', proposal, ...said, comment: 'trust me', expires: 2 ** 43 };
};

const propose = async (
  scene: LieScene,
  twist: Partial<SnapshotSubject>,
): Promise<readonly (readonly KnownMessage[])[]> => {
  const pen = penFor(scene);
  const subject = subjectOf(scene, twist);
  const statement = statementHashOf(snapshotStatement(subject));
  const { signature } = await signedBy(scene.keys, statement);
  pen.write(proposalOf(subject));
  pen.write({ kind: 'snapshot.approved', statement, signature, comment: '', bundle: null });
  return told(pen);
};

const complete: Lie = async (scene) => {
  const { keys, holdings, chance, others, friends } = scene;
  const subject = subjectOf(scene, {});
  const signed = await sharesOf([keys, ...friends], subject);
  const own = signed[0] as Share;
  // Either alone, or with signatures of others that are none.
  const forged = others.map((signer) => ({
    signer,
    signature: chance.happens(0.5) ? own.signature : chance.bytes(64),
  }));
  const shares = chance.happens(0.5) ? signed : [...signed, ...forged];
  const bytes = completedWith(holdings.chain().tip, subject, shares);
  const pen = penFor(scene);
  pen.write({ kind: 'snapshot.completed', completion: bytes });
  const [run] = await told(pen);
  return [[{ kind: 'completions', completions: [bytes] }, ...(run ?? [])]];
};

/** A snapshot with nothing in it, by members that were enough in days when fewer were asked for. */
const completeOfOld: Lie = async ({ keys, holdings, friends }) => {
  const chain = holdings.chain();
  const old = firstEnough(chain, [keys, ...friends]);
  if (old === null || old.roster === chain.tipHash) return [];
  const { record, roster } = old;
  const state = { ...holdings.fold().state(), items: new Map() };
  const capture = captureState(state, roster);
  const ground = { ...holdings.ground(), roster, epoch: record.epoch };
  const subject = planSnapshot(ground, capture);
  const bytes = completedWith(record, subject, await sharesOf([keys, ...friends], subject));
  return [[{ kind: 'completions', completions: [bytes] }]];
};

/** Everything that one member alone may try, by name. */
export const LIES: Readonly<Record<string, Lie>> = {
  equivocate: async (scene) => {
    const pen = penFor(scene);
    const fork = pen.fork();
    pen.write(creation('one story'));
    fork.write(creation('another story'));
    return told(pen, fork);
  },
  'bad-signature': async (scene) => {
    const pen = penFor(scene);
    pen.write(creation('unsigned'));
    const run = await pen.run();
    const signatures = [{ seq: 1, signature: scene.chance.bytes(64) }];
    return [[{ kind: 'runs', runs: [{ ...run, signatures }] }]];
  },
  framed: async (scene) => {
    const pen = penFor(scene);
    pen.write(creation('not me'), { author: scene.chance.pick(scene.others) });
    return told(pen);
  },
  'foreign-account': async (scene) => {
    const pen = penFor(scene, hexOf<AccountId>(scene.chance));
    pen.write(creation('of another account'));
    return told(pen);
  },
  'bad-body': async (scene) => {
    const pen = penFor(scene);
    pen.scrawl('record.created', { title: 7 });
    pen.write(creation('after a bad body'));
    return told(pen);
  },
  'unknown-kind': async (scene) => {
    const pen = penFor(scene);
    pen.write(creation('before an unknown kind'));
    pen.scrawl('future.thing', { said: 'later' });
    return told(pen);
  },
  lamport: async (scene) => {
    const pen = penFor(scene);
    const lamport = scene.chance.pick([2 ** 24, 2 ** 25, Number.MAX_SAFE_INTEGER]);
    pen.write(creation('from far ahead'), { lamport });
    return told(pen);
  },
  'wrong-epoch': async (scene) => {
    const pen = penFor(scene);
    const { lineage, tip } = scene.holdings.chain();
    const twist = scene.chance.pick([
      { epoch: tip.epoch + 5, roster: hexOf<RosterHash>(scene.chance) },
      { epoch: tip.epoch + 1 },
      { epoch: 0, roster: lineage[0] as RosterHash },
    ]);
    pen.write(creation('of another epoch'), twist);
    return told(pen);
  },
  'false-digest': (scene) => propose(scene, {}),
  'false-payload': (scene) =>
    propose(scene, {
      digest: captureState(scene.holdings.fold().state(), scene.holdings.chain().tipHash).digest,
      payload: hexOf<PayloadId>(scene.chance),
    }),
  'false-index': (scene) => propose(scene, { index: 1_000_000 }),
  complete,
  'complete-of-old': completeOfOld,
  'forged-share': async ({ chance, others, holdings }) => {
    const [open] = [...holdings.ceremonies().keys()];
    const statement = open ?? hexOf<StatementHash>(chance);
    const signer = chance.pick(others);
    return [[{ kind: 'share', statement, signer, signature: chance.bytes(64) }]];
  },
  'bad-approval': async (scene) => {
    const [open] = [...scene.holdings.ceremonies().keys()];
    const statement = open ?? hexOf<StatementHash>(scene.chance);
    const signature = scene.chance.bytes(64);
    const pen = penFor(scene);
    pen.write({ kind: 'snapshot.approved', statement, signature, comment: '', bundle: null });
    return told(pen);
  },
  'own-share': async ({ keys, chance }) => {
    const statement = hexOf<StatementHash>(chance);
    return [[{ kind: 'share', statement, ...(await signedBy(keys, statement)) }]];
  },
  heads: async ({ holdings, chance }) => [
    [
      {
        ...{ kind: 'heads', rosterCount: 99, rosterTip: holdings.chain().tipHash },
        ...{ epoch: holdings.chain().tip.epoch, standingHeads: [], base: holdings.base().id },
        heldPayloads: [hexOf<PayloadId>(chance)],
        stateVector: null,
        frontier: [...holdings.journal().frontier()]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([session, tip]) => ({ session, seq: tip.seq + 100, fact: tip.id })),
        ...{ factSet: hexOf<Hash>(chance), wallMs: 0, name: 'liar' },
      },
    ],
  ],
  payload: async ({ holdings, chance }) => {
    const wanted = [...holdings.completions().values()].map((each) => each.completion.payload);
    const payload = wanted.at(-1) ?? hexOf<PayloadId>(chance);
    const bytes = chance.happens(0.5)
      ? chance.bytes(64)
      : encodePayload({ ...holdings.fold().state(), items: new Map() });
    const totalBytes = bytes.length;
    return [[{ kind: 'payloadPart', payload, part: 0, parts: 1, totalBytes, bytes }]];
  },
  'carrier-update': async ({ holdings, chance }) => [
    [
      {
        ...{ kind: 'carrierUpdate', base: holdings.base().id, signatures: [] },
        update: chance.bytes(chance.between(1, 300)),
      },
    ],
  ],
  'roster-chain': async ({ chance }) => [
    [{ kind: 'rosterChain', completions: [chance.bytes(80)] }],
  ],
  evidence: async ({ chance }) => [[{ kind: 'evidence', proofs: [chance.bytes(80)] }]],
};

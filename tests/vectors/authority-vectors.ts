import { bytesToHex } from '../../src/core/base/hash.js';
import type { Digest, FactId, Hash, HeadId, SessionId } from '../../src/core/base/brands.js';
import { encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import { leavingSigningBytes } from '../../src/core/authority/leaving.js';
import {
  encodeRosterRecord,
  genesisRecord,
  rosterHashOf,
  type RosterRecord,
} from '../../src/core/authority/roster.js';
import {
  encodeRosterCompletion,
  sortedShares,
  type RosterCompletion,
} from '../../src/core/authority/roster-completion.js';
import {
  encodeStatement,
  rosterStatement,
  shareSigningBytes,
  shortCodeOf,
  snapshotStatement,
  statementHashOf,
  type Statement,
} from '../../src/core/authority/statement.js';
import { transitionStatement } from '../../src/core/authority/transition.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  completionOf,
  dave,
  GENESIS,
  hexOf,
  memberFrom,
  type Person,
  promiseOf,
  recordOf,
  rosterCompletionOf,
  shareOf,
  subjectOf,
} from '../unit/authority/people.js';

const closing = [{ session: hexOf<SessionId>('bob'), seq: 5, id: hexOf<FactId>('fact 5') }];
const heads = [hexOf<HeadId>('a head')];
const THREE = recordOf([alice, bob, carol], GENESIS);
const FOUR = recordOf([alice, bob, carol, dave], THREE, { heads });
const LESS = recordOf([alice, carol], THREE, { closing });
const FORK = {
  ...FOUR,
  activation: { package: 'app', version: '2.0.0', manifest: hexOf<Hash>('m') },
};
const under = { account: ACCOUNT, record: THREE };

const record = (name: string, value: RosterRecord, outcome = 'ok') => ({
  name,
  bytes: bytesToHex(encodeRosterRecord(value)),
  hash: rosterHashOf(value) as string,
  outcome,
});

const roster = () => [
  record('genesis', GENESIS),
  record('three members', THREE),
  record('closes a session and names none', LESS),
  record('names a head and a bundle', FORK),
  record('governance threshold of a half', { ...FOUR, governanceThreshold: 2 }, 'threshold'),
  record('snapshot threshold above the members', { ...THREE, snapshotThreshold: 4 }, 'threshold'),
  record('admin from elsewhere', { ...THREE, admin: dave.device }, 'admin-not-member'),
  record('members not sorted', { ...THREE, members: [...THREE.members].reverse() }, 'malformed'),
  record('a first record of three', { ...THREE, epoch: 0, previous: null }, 'genesis'),
];

const statement = (name: string, value: Statement) => {
  const hash = statementHashOf(value);
  return {
    name,
    bytes: bytesToHex(encodeStatement(value)),
    hash: hash as string,
    proposal: value.proposal as string,
    signingBytes: bytesToHex(shareSigningBytes(hash)),
    shortCode: shortCodeOf(hash).join('-'),
  };
};

const SUBJECT = subjectOf(THREE, {
  predecessors: heads,
  index: 2,
  quarantine: [{ session: hexOf<SessionId>('carol'), seq: 9 }],
});

const statements = () => [
  statement('first snapshot', snapshotStatement(subjectOf(THREE))),
  statement('second snapshot with a quarantine', snapshotStatement(SUBJECT)),
  statement(
    'roster change in a later round',
    rosterStatement({
      account: ACCOUNT,
      epoch: THREE.epoch,
      roster: rosterHashOf(THREE),
      record: rosterHashOf(FOUR),
      round: 3,
      proposer: carol.device,
    }),
  ),
];

const transition = (name: string, value: RosterCompletion, outcome: string) => ({
  name,
  previous: value.record.epoch === 0 ? null : bytesToHex(encodeRosterRecord(THREE)),
  bytes: bytesToHex(encodeRosterCompletion(value)),
  statement: statementHashOf(
    transitionStatement(value, value.record.epoch === 0 ? null : under),
  ) as string,
  outcome,
});

const later = { round: 2, proposer: carol.device };
const last = { round: 0, proposer: alice.device, record: rosterHashOf(LESS) };
const promises = (vote: typeof last | null) => [
  promiseOf(bob, rosterHashOf(THREE), later, vote),
  promiseOf(carol, rosterHashOf(THREE), later, null),
];

/** Alice and bob left the account together, for one of alice's. */
const ORIGIN = { account: ACCOUNT, head: hexOf<HeadId>('a head') };
const LEFT = genesisRecord(memberFrom(alice), hexOf<Hash>('secret of the new account'), ORIGIN);
const leftBy = (leavers: readonly Person[]) => ({
  ...rosterCompletionOf(LEFT, null, [alice]),
  consents: sortedShares(
    leavers.map((each) => shareOf(each, leavingSigningBytes(ORIGIN, rosterHashOf(LEFT)))),
  ),
});

const transitions = () => [
  transition('genesis', rosterCompletionOf(GENESIS, null, [alice]), 'ok'),
  transition('a device joins', rosterCompletionOf(FOUR, under, [alice, bob]), 'ok'),
  transition('a device leaves', rosterCompletionOf(LESS, under, [alice, carol]), 'ok'),
  transition(
    'a later round, free to choose',
    rosterCompletionOf(FOUR, under, [bob, carol], { ...later, promises: promises(null) }),
    'ok',
  ),
  transition(
    'a later round that drops a vote',
    rosterCompletionOf(FOUR, under, [bob, carol], { ...later, promises: promises(last) }),
    'value-not-repeated',
  ),
  transition(
    'a later round without promises',
    rosterCompletionOf(FOUR, under, [bob, carol], later),
    'promises-missing',
  ),
  transition(
    'round 0 of another than the admin',
    rosterCompletionOf(FOUR, under, [alice, bob], { proposer: bob.device }),
    'ballot-not-open-to',
  ),
  transition('too few votes', rosterCompletionOf(FOUR, under, [alice]), 'below-threshold'),
  transition(
    'no consent',
    rosterCompletionOf(FOUR, under, [alice, bob], { consenting: [] }),
    'consent-missing',
  ),
  transition(
    'an epoch skipped',
    rosterCompletionOf({ ...FOUR, epoch: 3 }, under, [alice, bob]),
    'epoch',
  ),
  transition('two who left another account together', leftBy([alice, bob]), 'ok'),
  transition('an origin that nobody signed', leftBy([]), 'origin-unsigned'),
];

const good = completionOf(THREE, SUBJECT, [alice, bob]);

const completion = (name: string, value: typeof good, outcome: string) => ({
  name,
  record: bytesToHex(encodeRosterRecord(THREE)),
  bytes: bytesToHex(encodeSnapshotCompletion(value)),
  head: statementHashOf(snapshotStatement(value)) as string,
  outcome,
});

const completions = () => [
  completion('two of three', good, 'ok'),
  completion('all three', completionOf(THREE, SUBJECT, [alice, bob, carol]), 'ok'),
  completion('one of three', completionOf(THREE, SUBJECT, [bob]), 'below-threshold'),
  completion(
    'signatures over another digest',
    {
      ...completionOf(THREE, { ...SUBJECT, digest: hexOf<Digest>('other') }, [alice, bob]),
      signature: good.signature,
    },
    'below-threshold',
  ),
  completion(
    'a bit beyond the roster',
    {
      ...good,
      signature: {
        ...good.signature,
        signers: Uint8Array.of((good.signature.signers[0] as number) | 128),
        signatures: [...good.signature.signatures, new Uint8Array(64)],
      },
    },
    'bit-beyond-roster',
  ),
  completion('a foreign proposal', { ...good, proposal: hexOf<Hash>('other') }, 'malformed'),
];

/** The bytes that this version's rosters, statements and completions have, made with fixed keys. */
export const authorityVectors = () => ({
  roster: roster(),
  statement: statements(),
  transition: transitions(),
  completion: completions(),
});

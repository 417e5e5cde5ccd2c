import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import {
  brandHex,
  type AccountId,
  type DeviceId,
  type Digest,
  type EncryptionKey,
  type FactId,
  type Hash,
  type PayloadId,
  type RosterHash,
  type SessionId,
} from '../../../src/core/base/brands.js';
import { bytesToHex, sha256, sha256Hex } from '../../../src/core/base/hash.js';
import {
  promiseSigningBytes,
  type BallotPromise,
  type BallotVote,
} from '../../../src/core/authority/ballot.js';
import { ALL_CAPABILITIES_MASK } from '../../../src/core/authority/capability.js';
import {
  admitCompletion,
  completionChecks,
  createCompletion,
  headOf,
  type AdmittedCompletion,
  type SnapshotCompletion,
} from '../../../src/core/authority/completion.js';
import {
  accountOf,
  genesisRecord,
  rosterHashOf,
  type KeyStorage,
  type RosterMember,
  type RosterRecord,
} from '../../../src/core/authority/roster.js';
import {
  sortedShares,
  type RosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import type { Share, SignatureCheck } from '../../../src/core/authority/signature-check.js';
import {
  shareSigningBytes,
  snapshotStatement,
  statementHashOf,
  type SnapshotSubject,
} from '../../../src/core/authority/statement.js';
import { joinShares } from '../../../src/core/authority/threshold-signature.js';
import {
  admitTransition,
  consentSigningBytes,
  newcomersOf,
  transitionChecks,
  transitionStatement,
  type AdmittedTransition,
  type Predecessor,
} from '../../../src/core/authority/transition.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** 32 bytes that differ by what they are called. */
export const hexOf = <T extends string>(name: string): T => brandHex<T>(sha256Hex(utf8(name)));

export interface Person {
  readonly device: DeviceId;
  readonly encryptionKey: EncryptionKey;
  readonly name: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Keys that are the same in every run. */
export const personOf = (name: string): Person => {
  const secret = sha256(utf8(`signing key of ${name}`));
  return {
    device: brandHex<DeviceId>(bytesToHex(ed25519.getPublicKey(secret))),
    encryptionKey: brandHex<EncryptionKey>(
      bytesToHex(x25519.getPublicKey(sha256(utf8(`encryption key of ${name}`)))),
    ),
    name,
    sign: (message) => ed25519.sign(message, secret),
  };
};

export const [alice, bob, carol, dave, erin] = ['alice', 'bob', 'carol', 'dave', 'erin'].map(
  personOf,
) as [Person, Person, Person, Person, Person];

export const memberFrom = (
  person: Person,
  capabilities: number = ALL_CAPABILITIES_MASK,
  storage: KeyStorage = 'soft',
): RosterMember => ({
  device: person.device,
  encryptionKey: person.encryptionKey,
  name: person.name,
  capabilities,
  storage,
});

export const GENESIS: RosterRecord = genesisRecord(memberFrom(alice), hexOf<Hash>('secret 0'));
export const ACCOUNT: AccountId = accountOf(GENESIS);

export const byDevice = (members: readonly RosterMember[]): readonly RosterMember[] =>
  [...members].sort((a, b) => (a.device < b.device ? -1 : 1));

/** A record of these people that follows another; thresholds are majorities unless said. */
export const recordOf = (
  people: readonly Person[],
  previous: RosterRecord,
  changes: Partial<RosterRecord> = {},
): RosterRecord => ({
  ...previous,
  epoch: previous.epoch + 1,
  previous: rosterHashOf(previous),
  members: byDevice(people.map((person) => memberFrom(person))),
  snapshotThreshold: Math.floor(people.length / 2) + 1,
  governanceThreshold: Math.floor(people.length / 2) + 1,
  admin: (people[0] as Person).device,
  commitment: hexOf<Hash>(`secret ${previous.epoch + 1}`),
  closing: [],
  heads: [],
  origin: null,
  ...changes,
});

/** A record of the founders that needs no history behind it: for what is judged by one record. */
export const standaloneRecord = (
  people: readonly Person[],
  changes: Partial<RosterRecord> = {},
): RosterRecord => recordOf(people, GENESIS, changes);

const verify = (check: SignatureCheck): boolean => {
  try {
    const key = Uint8Array.from(Buffer.from(check.key, 'hex'));
    return ed25519.verify(check.signature, check.message, key, { zip215: false });
  } catch {
    return false;
  }
};

export const verdictsOf = (checks: readonly SignatureCheck[]): readonly boolean[] =>
  checks.map(verify);

export const shareOf = (person: Person, message: Uint8Array): Share => ({
  signer: person.device,
  signature: person.sign(message),
});

export const promiseOf = (
  person: Person,
  previous: RosterHash,
  ballot: { readonly round: number; readonly proposer: DeviceId },
  last: BallotVote | null,
  account: AccountId = ACCOUNT,
): BallotPromise => {
  const content = { previous, round: ballot.round, proposer: ballot.proposer, last };
  const signature = person.sign(promiseSigningBytes(account, content));
  return { ...content, signer: person.device, signature };
};

interface CompletionParts {
  readonly round?: number;
  readonly proposer?: DeviceId;
  readonly promises?: readonly BallotPromise[];
  readonly consenting?: readonly Person[];
}

const sorted = <T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] =>
  [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** A roster completion by these voters; every newcomer among `people` consents unless said. */
export const rosterCompletionOf = (
  record: RosterRecord,
  predecessor: Predecessor | null,
  voters: readonly Person[],
  parts: CompletionParts = {},
): RosterCompletion => {
  const base = {
    record,
    round: parts.round ?? 0,
    proposer: parts.proposer ?? predecessor?.record.admin ?? record.admin,
    promises: sorted(parts.promises ?? [], (promise) => promise.signer),
    votes: [],
    consents: [],
  };
  const vote = shareSigningBytes(statementHashOf(transitionStatement(base, predecessor)));
  const joining = new Set(newcomersOf(record, predecessor?.record ?? null));
  const consenting =
    parts.consenting ??
    [alice, bob, carol, dave, erin].filter(
      (person) => predecessor !== null && joining.has(person.device),
    );
  const consent = consentSigningBytes(predecessor?.account ?? ACCOUNT, rosterHashOf(record));
  return {
    ...base,
    votes: sortedShares(voters.map((person) => shareOf(person, vote))),
    consents: sortedShares(consenting.map((person) => shareOf(person, consent))),
  };
};

export const judge = (completion: RosterCompletion, predecessor: Predecessor | null) =>
  admitTransition(completion, predecessor, verdictsOf(transitionChecks(completion, predecessor)));

/** The admitted step from one record to another; throws when it is refused. */
export const stepTo = (
  record: RosterRecord,
  previous: RosterRecord | null,
  voters: readonly Person[],
  parts: CompletionParts = {},
): AdmittedTransition => {
  const predecessor = previous === null ? null : { account: ACCOUNT, record: previous };
  const step = judge(rosterCompletionOf(record, predecessor, voters, parts), predecessor);
  if (!step.ok) throw new Error(`the step was refused: ${JSON.stringify(step.error)}`);
  return step.value;
};

/** A snapshot subject under a record; changes may replace any part. */
export const subjectOf = (
  record: RosterRecord,
  changes: Partial<SnapshotSubject> = {},
): SnapshotSubject => ({
  account: ACCOUNT,
  epoch: record.epoch,
  roster: rosterHashOf(record),
  predecessors: [],
  index: 1,
  advance: [{ session: hexOf<SessionId>('session'), seq: 7, id: hexOf<FactId>('fact 7') }],
  quarantine: [],
  lamport: 40,
  digest: hexOf<Digest>('digest'),
  payload: hexOf<PayloadId>('payload'),
  fold: 1,
  ...changes,
});

export const completionOf = (
  record: RosterRecord,
  subject: SnapshotSubject,
  signers: readonly Person[],
): SnapshotCompletion => {
  const message = shareSigningBytes(statementHashOf(snapshotStatement(subject)));
  const shares = signers.map((person) => shareOf(person, message));
  return createCompletion(subject, joinShares(record, shares));
};

export const judgeCompletion = (completion: SnapshotCompletion, record: RosterRecord) =>
  admitCompletion(
    completion,
    { account: ACCOUNT, record },
    verdictsOf(completionChecks(completion, record)),
  );

/** The admitted completion; throws when it is refused. */
export const headBy = (
  record: RosterRecord,
  signers: readonly Person[],
  changes: Partial<SnapshotSubject> = {},
): AdmittedCompletion => {
  const completion = completionOf(record, subjectOf(record, changes), signers);
  const judged = judgeCompletion(completion, record);
  if (!judged.ok) throw new Error(`${headOf(completion)}: ${JSON.stringify(judged.error)}`);
  return judged.value;
};

import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { type MemoryDisk, createMemoryDisk } from '../../src/adapters/memory/memory-store.js';
import { ALL_CAPABILITIES_MASK } from '../../src/core/authority/capability.js';
import {
  type RosterCompletion,
  encodeRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import {
  type RosterMember,
  type RosterRecord,
  accountOf,
  genesisRecord,
  rosterHashOf,
} from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import {
  type Predecessor,
  consentSigningBytes,
  transitionStatement,
} from '../../src/core/authority/transition.js';
import { sha256 } from '../../src/core/base/hash.js';
import { assert } from '../../src/core/base/result.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import type { Change } from '../../src/ports/store.js';
import { envelopesRow, sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import type { Replica } from '../../src/replica/commands.js';
import { accountRows } from '../../src/replica/pairing/pending-join.js';
import { KEYS, putBytes } from '../../src/replica/storage/rows.js';
import { type Household, createHousehold } from './household.js';
import { areEqual } from './with-liar.js';

const nameOf = (index: number): string => `device ${String(index).padStart(2, '0')}`;

const memberFor = (name: string): RosterMember => {
  const { signer, sealer } = createMemoryKeys(name);
  return {
    ...{ device: signer.device, encryptionKey: sealer.encryptionKey, name },
    ...{ capabilities: ALL_CAPABILITIES_MASK, storage: signer.storage },
  };
};

const completed = async (
  record: RosterRecord,
  predecessor: Predecessor | null,
  names: readonly string[],
): Promise<Uint8Array> => {
  const [first = ''] = names;
  const { device: proposer } = createMemoryKeys(first).signer;
  const draft = {
    ...{ record, round: 0, proposer, votes: [], consents: [], promises: [] },
  } satisfies RosterCompletion;
  const signedBy = async (name: string, message: Uint8Array) => {
    const { signer } = createMemoryKeys(name);
    return { signer: signer.device, signature: await signer.sign(message) };
  };
  const vote = shareSigningBytes(statementHashOf(transitionStatement(draft, predecessor)));
  const account = predecessor?.account ?? accountOf(record);
  const consent = consentSigningBytes(account, rosterHashOf(record));
  const consents =
    predecessor === null ? [] : names.slice(1).map((each) => signedBy(each, consent));
  return encodeRosterCompletion({
    ...draft,
    votes: [await signedBy(first, vote)],
    consents: sortedShares(await Promise.all(consents)),
  });
};

/** What so many devices keep that became members of one account with a single record. */
export const meshDisks = async (count: number): Promise<ReadonlyMap<string, MemoryDisk>> => {
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const [first = '', ...others] = names;
  const secret = sha256(new TextEncoder().encode('mesh'));
  const genesis = genesisRecord(memberFor(first), secretCommitment(secret));
  const account = accountOf(genesis);
  const planned = planRosterChange(
    genesis,
    { add: others.map(memberFor) },
    { commitment: secretCommitment(secret), closing: [], heads: [] },
  );
  assert(planned.ok, 'all may be added');
  const record = planned.value;
  const { sealer } = createMemoryKeys(first);
  const envelopes = await sealSecret(sealer, account, record.members, secret);
  const changes = [
    putBytes(
      'governance',
      KEYS.roster(rosterHashOf(genesis)),
      await completed(genesis, null, [first]),
    ),
    putBytes(
      ...(['governance', KEYS.roster(rosterHashOf(record))] as const),
      await completed(record, { account, record: genesis }, names),
    ),
    envelopesRow(rosterHashOf(record), envelopes),
  ];
  return new Map(names.map((name) => [name, diskOf([...accountRows(account, name), ...changes])]));
};

export interface Mesh {
  readonly home: Household;
  readonly names: readonly string[];
  readonly all: readonly Replica[];
}

/** So many devices that all know of all that they are in step. */
export const startMesh = async (count: number): Promise<Mesh> => {
  const disks = await meshDisks(count);
  const names = [...disks.keys()];
  const home = createHousehold({ disks });
  const all: Replica[] = [];
  for (const name of names) all.push(await home.start(name));
  await home.until('all in step', () => areSettled(all));
  await home.pass(3_000);
  return { home, names, all };
};

/** Whether all hold the same, and know of each other that they do. */
export const areSettled = (all: readonly Replica[]): boolean =>
  areEqual(...all) && all.every((each) => each.view().sync.inStepCount === all.length);

/** What runs whether or not anything is new. */
const BEATS = new Set(['ping', 'pong', 'beat']);

export interface Tellings {
  readonly messages: number;
  readonly bytes: number;
  /** What came in over the same connections. */
  readonly heardBytes: number;
  readonly byKind: ReadonlyMap<string, number>;
}

/** What left all of them to those that they are connected to, heartbeats apart. */
export const tellingsOf = (all: readonly Replica[]): Tellings => {
  const byKind = new Map<string, number>();
  let [messages, bytes, heardBytes] = [0, 0, 0];
  const traffic = all.flatMap((each) => each.view().peers.flatMap((peer) => peer.traffic));
  for (const { kind, sent, received } of traffic) {
    if (BEATS.has(kind)) continue;
    byKind.set(kind, (byKind.get(kind) ?? 0) + sent.messages);
    messages += sent.messages;
    bytes += sent.bytes;
    heardBytes += received.bytes;
  }
  return { messages, bytes, heardBytes, byKind };
};

const diskOf = (changes: readonly Change[]): MemoryDisk => {
  const disk = createMemoryDisk();
  for (const change of changes) {
    if (change.kind === 'put') disk.rowsOf(change.table).set(change.key, change.value);
  }
  return disk;
};

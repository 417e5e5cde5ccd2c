import { headOf, parseSnapshotCompletion } from '../../core/authority/completion.js';
import { parseRosterCompletion } from '../../core/authority/roster-completion.js';
import { type RosterRecord, rosterHashOf } from '../../core/authority/roster.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import { transitionStatement } from '../../core/authority/transition.js';
import { statementHashOf } from '../../core/authority/statement.js';
import type { AccountId, DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { SignatureCheck } from '../../ports/verifier.js';
import type { Change } from '../../ports/store.js';
import type { CreateChecker, Scene } from './checker.js';
import { signersIn } from './head-book.js';
import { statementIdOf } from './own-word.js';

/**
 * 6, 7, 14: what completes was signed by enough distinct members, and by no honest device whose
 * person did not say yes.
 *
 * Reads bitmaps and counts by itself; no code of the product that counts is asked.
 */
export const checkThresholds: CreateChecker = (scene) => {
  const recordByHash = new Map<RosterHash, RosterRecord>();
  const seen = new Set<string>();
  const claims: { readonly what: string; readonly check: SignatureCheck }[] = [];

  const count = (
    what: string,
    statement: StatementHash,
    signed: readonly (readonly [DeviceId, Uint8Array])[],
    record: RosterRecord,
    need: number,
  ): void => {
    const members = new Set(record.members.map(({ device }) => device));
    const counted = new Set(signed.map(([device]) => device).filter((each) => members.has(each)));
    if (counted.size < need) {
      scene.fail('7 nothing completes below its threshold', `${what}: ${counted.size} of ${need}`);
    }
    if (counted.size !== signed.length) scene.fail('7 every signer counts once', what);
    const message = shareSigningBytes(statement);
    for (const [key, signature] of signed)
      claims.push({ what, check: { key, message, signature } });
  };

  const lookAtRoster = (value: Uint8Array): void => {
    const read = parseRosterCompletion(value);
    if (!read.ok) return scene.fail('7 completions read back', 'a roster record');
    const { record, votes } = read.value;
    recordByHash.set(rosterHashOf(record), record);
    const before = record.previous === null ? undefined : recordByHash.get(record.previous);
    // What unites branches follows other rules (`merges`).
    if (before === undefined || record.merges.length > 0) return;
    const account = accountOf(recordByHash);
    if (account === null) return;
    const statement = transitionStatement(read.value, { account, record: before });
    const signed = votes.map(({ signer, signature }) => [signer, signature] as const);
    const what = `roster ${record.epoch}`;
    count(what, statementHashOf(statement), signed, before, before.governanceThreshold);
  };

  const lookAtHead = (value: Uint8Array): void => {
    const read = parseSnapshotCompletion(value);
    const record = read.ok ? recordByHash.get(read.value.roster) : undefined;
    if (!read.ok || record === undefined) return;
    const { signatures } = read.value.signature;
    const signers = signersIn(read.value, record);
    const signed = signers.map((device, at) => [device, signatures[at] as Uint8Array] as const);
    const head = headOf(read.value);
    const what = `snapshot ${read.value.index} ${head.slice(0, 8)}`;
    if (signatures.length !== signers.length) scene.fail('7 every signer counts once', what);
    count(what, head, signed, record, record.snapshotThreshold);
    for (const device of signers) {
      const asked = scene.deviceOf(device);
      if (asked !== null && !asked.isLiar && !saidYes(scene, device, head)) {
        scene.fail('14 nobody approves unasked', `${asked.name} in ${what}`);
      }
    }
  };

  const look = (changes: readonly Change[]): void => {
    const fresh = changes.flatMap((change) => {
      if (change.kind !== 'put' || change.table !== 'governance') return [];
      const isKnown = seen.has(`${change.key}/${change.value.length}`);
      seen.add(`${change.key}/${change.value.length}`);
      return isKnown ? [] : [change];
    });
    for (const { key, value } of fresh) if (key.startsWith('roster:')) lookAtRoster(value);
    for (const { key, value } of fresh) if (key.startsWith('head:')) lookAtHead(value);
  };

  return {
    commit: ({ changes }) => look(changes),
    end: async () => {
      const verdicts = await scene.verifier.verify(claims.map(({ check }) => check));
      verdicts.forEach((isGood, index) => {
        if (!isGood) scene.fail('7 every counted signature is one', claims[index]?.what ?? '');
      });
    },
  };
};

const accountOf = (records: ReadonlyMap<RosterHash, RosterRecord>): AccountId | null => {
  for (const [hash, record] of records) {
    if (record.previous === null) return hash as string as AccountId;
  }
  return null;
};

/** By proposing it or by approving it; `proposals` and `yeses` are what the person really did. */
const saidYes = (scene: Scene, device: DeviceId, statement: StatementHash): boolean => {
  const person = scene.deviceOf(device)?.person;
  if (person?.yeses.has(statement) === true) return true;
  if (person === undefined || person.proposals === 0) return false;
  return scene.ledger
    .all()
    .some((entry) => entry.fact.envelope.author === device && statementIdOf(entry) === statement);
};

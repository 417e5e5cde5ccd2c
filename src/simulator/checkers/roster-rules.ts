import { compareBallots, promiseCheck } from '../../core/authority/ballot.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import { consentSigningBytes } from '../../core/authority/transition.js';
import type { AccountId, DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { SignatureCheck } from '../../ports/verifier.js';
import type { CreateChecker } from './checker.js';
import { type BookEntry, bookOf, entryOf } from './roster-book.js';
import { proposedIn } from './roster-words.js';

/**
 * 7, 13, 14: a record on an honest disk has what those who come need, besides the votes of those
 * who were there: its own threshold, every newcomer's word, and a ballot that was its proposer's to
 * open; and no honest device voted for it whose person did not say yes to it.
 *
 * The first ballot is the admin's of that time: one who retired, or is yet to come, opens none.
 */
export const checkRosterRules: CreateChecker = (scene) => {
  const known = new Map<RosterHash, RosterRecord>();
  const asked = new Map<RosterHash, Set<DeviceId>>();
  const about = new Map<StatementHash, RosterHash>();
  const claims: { readonly what: string; readonly check: SignatureCheck }[] = [];
  for (const { disk } of scene.devices) {
    for (const { hash, record } of bookOf(disk).values()) known.set(hash, record);
  }

  const lookAtBallot = ({ completion }: BookEntry, before: RosterRecord, what: string): void => {
    const { round, proposer, promises } = completion;
    if (round === 0) {
      if (proposer !== before.admin) scene.fail('13 the first ballot is the admin’s', what);
      return;
    }
    const old = devicesIn(before);
    const promised = new Set(promises.map(({ signer }) => signer).filter((each) => old.has(each)));
    const isIts = promises.every((promise) => compareBallots(promise, completion) === 0);
    if (!old.has(proposer) || !isIts || promised.size < before.governanceThreshold) {
      scene.fail('A3 a ballot rests on promises', `${what}: ${promised.size}`);
    }
    for (const promise of promises) {
      const account = accountOf(known);
      if (account !== null) claims.push({ what, check: promiseCheck(account, promise) });
    }
  };

  const lookAtYeses = ({ hash, completion }: BookEntry, what: string): void => {
    for (const { signer } of completion.votes) {
      const device = scene.deviceOf(signer);
      if (device === null || device.isLiar || device.mayRepeat) continue;
      const isAsked = asked.get(hash)?.has(signer) === true;
      const saidYes = isAsked || [...device.person.yeses].some((each) => about.get(each) === hash);
      if (!saidYes) scene.fail('14 nobody approves unasked', `${device.name} in ${what}`);
    }
  };

  const lookAt = (entry: BookEntry): void => {
    const { record, completion, hash } = entry;
    const before = record.previous === null ? undefined : known.get(record.previous);
    known.set(hash, record);
    // What unites branches follows other rules (`merges`).
    if (before === undefined || record.merges.length > 0) return;
    const what = `roster ${record.epoch} ${hash.slice(0, 8)}`;
    const [old, now] = [devicesIn(before), devicesIn(record)];
    const consents = new Set(completion.consents.map(({ signer }) => signer));
    const staying = completion.votes.filter(({ signer }) => old.has(signer) && now.has(signer));
    const coming = [...now].filter((device) => !old.has(device));
    if (!coming.every((device) => consents.has(device))) {
      scene.fail('7 every newcomer consents', what);
    }
    const have = new Set([...staying.map(({ signer }) => signer), ...coming]).size;
    if (have < record.governanceThreshold) {
      scene.fail('7 nothing completes below its threshold', `${what}: ${have} of the new`);
    }
    const account = accountOf(known);
    for (const { signer, signature } of account === null ? [] : completion.consents) {
      const message = consentSigningBytes(account as AccountId, hash);
      claims.push({ what, check: { key: signer, message, signature } });
    }
    lookAtBallot(entry, before, what);
    lookAtYeses(entry, what);
  };

  return {
    wrote: (entry) => {
      const proposed = proposedIn(entry);
      if (proposed === null) return;
      const { record, statement } = proposed;
      about.set(statement, record);
      asked.set(record, (asked.get(record) ?? new Set()).add(entry.fact.envelope.author));
    },
    commit: ({ changes }) => {
      for (const change of changes) {
        if (change.kind !== 'put' || !change.key.startsWith('roster:')) continue;
        const entry = entryOf(change.value);
        if (entry !== null && !known.has(entry.hash)) lookAt(entry);
      }
    },
    end: async () => {
      const verdicts = await scene.verifier.verify(claims.map(({ check }) => check));
      verdicts.forEach((isGood, index) => {
        if (!isGood) scene.fail('7 every counted signature is one', claims[index]?.what ?? '');
      });
    },
  };
};

const devicesIn = ({ members }: RosterRecord): ReadonlySet<DeviceId> =>
  new Set(members.map(({ device }) => device));

const accountOf = (records: ReadonlyMap<RosterHash, RosterRecord>): AccountId | null => {
  for (const [hash, { previous }] of records) {
    if (previous === null) return hash as string as AccountId;
  }
  return null;
};

import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import {
  brandHex,
  type AccountId,
  type DeviceId,
  type EncryptionKey,
  type RosterHash,
} from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import {
  parseRosterCompletion,
  encodeRosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import {
  admitTransition,
  transitionChecks,
  type Predecessor,
} from '../../../src/core/authority/transition.js';
import {
  ACCOUNT,
  alice,
  bob,
  byDevice,
  carol,
  dave,
  GENESIS,
  hexOf,
  judge,
  memberFrom,
  promiseOf,
  recordOf,
  rosterCompletionOf,
  type Person,
} from './people.js';

const under = (record: RosterRecord): Predecessor => ({ account: ACCOUNT, record });
const THREE = recordOf([alice, bob, carol], GENESIS);
const FOUR = recordOf([alice, bob, carol, dave], THREE);
type Parts = Parameters<typeof rosterCompletionOf>[3];
const outcome = (record: RosterRecord, voters: readonly Person[], parts: Parts = {}): unknown => {
  const judged = judge(rosterCompletionOf(record, under(THREE), voters, parts), under(THREE));
  return judged.ok ? 'admitted' : judged.error;
};

describe('roster transitions', () => {
  it('[A2] an account opens with one device that vouches for itself', () => {
    const judged = judge(rosterCompletionOf(GENESIS, null, [alice]), null);
    expect(judged.ok && judged.value.account).toBe(ACCOUNT);
    const unsigned = judge(rosterCompletionOf(GENESIS, null, []), null);
    expect(unsigned).toMatchObject({ ok: false, error: { kind: 'below-threshold' } });
    const foreign = judge(rosterCompletionOf(GENESIS, null, [bob]), null);
    expect(foreign).toMatchObject({ ok: false, error: { kind: 'voter-not-member' } });
    const proposer = { proposer: bob.device };
    const elsewhere = judge(rosterCompletionOf(GENESIS, null, [alice], proposer), null);
    expect(elsewhere).toMatchObject({ ok: false, error: { kind: 'ballot-not-open-to' } });
  });

  it('[A2] the old governance threshold and every newcomer admit a device', () => {
    expect(outcome(FOUR, [alice, bob])).toBe('admitted');
    expect(outcome(FOUR, [alice])).toMatchObject({ kind: 'below-threshold', of: 'old' });
    expect(outcome(FOUR, [alice, dave])).toMatchObject({ kind: 'voter-not-member' });
  });

  it('[A2] a newcomer without consent is not admitted', () => {
    expect(outcome(FOUR, [alice, bob, carol], { consenting: [] })).toEqual({
      kind: 'consent-missing',
      device: dave.device,
    });
    expect(outcome(FOUR, [alice, bob], { consenting: [dave, bob] })).toEqual({
      kind: 'consent-unexpected',
      device: bob.device,
    });
  });

  it('[A2] the new governance threshold counts voters who stay and newcomers', () => {
    const record = recordOf([alice, dave], THREE, { governanceThreshold: 2 });
    expect(outcome(record, [bob, carol])).toEqual({
      kind: 'below-threshold',
      of: 'new',
      have: 1,
      need: 2,
    });
    expect(outcome(record, [alice, carol])).toBe('admitted');
  });

  it('[A11] a member who signs its own removal counts', () => {
    expect(
      outcome(recordOf([alice, bob], THREE, { governanceThreshold: 2 }), [bob, carol]),
    ).toEqual({
      kind: 'below-threshold',
      of: 'new',
      have: 1,
      need: 2,
    });
    const record = recordOf([alice], THREE);
    expect(outcome(record, [alice, carol])).toBe('admitted');
  });

  it('[A10] the epoch may advance with no change of members', () => {
    expect(outcome(recordOf([alice, bob, carol], THREE), [bob, carol])).toBe('admitted');
  });

  it('[A2] a record follows its predecessor by epoch and hash', () => {
    const skip = recordOf([alice, bob, carol], THREE, { epoch: 3 });
    expect(outcome(skip, [alice, bob])).toEqual({ kind: 'epoch', have: 3, need: 2 });
    const other = recordOf([alice, bob, carol], FOUR, { epoch: 2 });
    expect(outcome(other, [alice, bob])).toMatchObject({ kind: 'other-predecessor' });
    expect(outcome(GENESIS, [alice, bob])).toEqual({ kind: 'genesis' });
  });

  it('[A2] torsioned and small-order keys are not enrolled', () => {
    const torsion = ed25519.Point.fromHex(
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    );
    const clean = ed25519.Point.fromHex(dave.device);
    for (const point of [torsion, clean.add(torsion)]) {
      const device = brandHex<DeviceId>(bytesToHex(point.toBytes()));
      const members = byDevice([...THREE.members, { ...memberFrom(dave), device }]);
      const record = recordOf([alice, bob, carol], THREE, { members, governanceThreshold: 3 });
      const completion = rosterCompletionOf(record, under(THREE), [alice, bob, carol]);
      const consents = [{ signer: device, signature: new Uint8Array(64) }];
      const judged = judgeAsIfVerified({ ...completion, consents });
      expect(judged).toEqual({ ok: false, error: { kind: 'key-unacceptable', device } });
    }
  });

  it('[F9] keys that were sound when their record was stored are not looked at again', () => {
    const encryptionKey = brandHex<EncryptionKey>('00'.repeat(32));
    const members = THREE.members.map((each) =>
      each.device === bob.device ? { ...each, encryptionKey } : each,
    );
    const record = recordOf([alice, bob, carol], THREE, { members });
    const completion = rosterCompletionOf(record, under(THREE), [alice, carol]);
    const verdicts = transitionChecks(completion, under(THREE)).map(() => true);
    const admit = (areKeysKnown: boolean): boolean =>
      admitTransition(completion, under(THREE), verdicts, areKeysKnown).ok;
    expect([admit(true), admit(false)]).toEqual([true, false]);
  });

  it('[A2] a new encryption key of an old member is judged as a newcomer is', () => {
    const encryptionKey = brandHex<EncryptionKey>('00'.repeat(32));
    const members = THREE.members.map((each) =>
      each.device === bob.device ? { ...each, encryptionKey } : each,
    );
    expect(outcome(recordOf([alice, bob, carol], THREE, { members }), [alice, carol])).toEqual({
      kind: 'key-unacceptable',
      device: bob.device,
    });
  });

  it('[A3] a record that unites forks is not followed by this version', () => {
    const merges = ['one', 'two'].map((name) => hexOf<RosterHash>(name)).sort();
    expect(outcome(recordOf([alice, bob, carol], THREE, { merges }), [alice, bob])).toEqual({
      kind: 'merge-unknown',
    });
  });

  it('[A6] votes of another account or ballot do not count', () => {
    const completion = rosterCompletionOf(FOUR, under(THREE), [alice, bob]);
    const account = hexOf<AccountId>('another account');
    expect(judge(completion, { account, record: THREE })).toMatchObject({
      error: { kind: 'consent-missing' },
    });
    const promises = [alice, bob].map((person) =>
      promiseOf(person, rosterHashOf(THREE), { round: 1, proposer: bob.device }, null),
    );
    const moved = { ...completion, round: 1, proposer: bob.device, promises };
    expect(judge(moved, under(THREE))).toMatchObject({
      error: { kind: 'below-threshold', have: 0 },
    });
  });

  it('[A3] round 0 is open to the admin alone', () => {
    expect(outcome(FOUR, [alice, bob], { proposer: bob.device })).toEqual({
      kind: 'ballot-not-open-to',
      proposer: bob.device,
    });
  });

  it('[A3] a later round rests on promises and repeats the highest last vote', () => {
    const ballot = { round: 2, proposer: carol.device };
    const rival = recordOf([alice, bob], THREE);
    const last = { round: 0, proposer: alice.device, record: rosterHashOf(rival) };
    const promise = (person: Person, vote: typeof last | null) =>
      promiseOf(person, rosterHashOf(THREE), ballot, vote);
    const by = (promises: ReturnType<typeof promise>[], record = FOUR) =>
      outcome(record, [bob, carol], { ...ballot, promises });
    expect(by([promise(bob, null), promise(carol, null)])).toBe('admitted');
    expect(by([promise(bob, null)])).toEqual({ kind: 'promises-missing', have: 1, need: 2 });
    expect(by([promise(bob, last), promise(carol, null)])).toEqual({
      kind: 'value-not-repeated',
      needed: last.record,
    });
    expect(by([promise(bob, null), promise(dave, null)])).toMatchObject({
      kind: 'promise-unexpected',
    });
    const elsewhere = promiseOf(bob, rosterHashOf(THREE), { ...ballot, round: 3 }, null);
    expect(by([elsewhere, promise(carol, null)])).toMatchObject({ kind: 'promise-unexpected' });
    const staying = outcome(rival, [alice, bob], {
      ...ballot,
      promises: [promise(bob, last), promise(carol, null)],
    });
    expect(staying).toBe('admitted');
  });

  it('[F2] a completion reads back from its bytes', () => {
    const promises = [alice, bob].map((person) =>
      promiseOf(person, rosterHashOf(THREE), { round: 1, proposer: bob.device }, null),
    );
    const parts = { round: 1, proposer: bob.device, promises };
    const completion = rosterCompletionOf(FOUR, under(THREE), [alice, bob], parts);
    const read = parseRosterCompletion(encodeRosterCompletion(completion));
    expect(read).toEqual({ ok: true, value: completion });
  });
});

const judgeAsIfVerified = (completion: Parameters<typeof judge>[0]) =>
  admitTransition(
    completion,
    under(THREE),
    transitionChecks(completion, under(THREE)).map(() => true),
  );

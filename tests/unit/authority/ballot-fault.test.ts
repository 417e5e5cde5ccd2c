import { describe, expect, it } from 'vitest';
import type { Hash, RosterHash } from '../../../src/core/base/brands.js';
import {
  BALLOT_ROUND_MAX,
  ballotFault,
  compareBallots,
  encodePromise,
  parsePromise,
  promiseCheck,
  promiseSigningBytes,
  type BallotPromise,
  type BallotVote,
} from '../../../src/core/authority/ballot.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { ACCOUNT, alice, bob, carol, dave, hexOf, promiseOf, standaloneRecord } from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const previous = { hash: rosterHashOf(THREE), record: THREE };
const [left, right] = ['left', 'right'].map((name) => hexOf<RosterHash>(name)) as [
  RosterHash,
  RosterHash,
];
const vote = (round: number, person: typeof alice, record: Hash | RosterHash = left) => ({
  round,
  proposer: person.device,
  record: record as RosterHash,
});
const promise = (
  person: typeof alice,
  ballot: BallotVote,
  last: BallotVote | null = null,
  of: RosterHash = previous.hash,
): BallotPromise => promiseOf(person, of, ballot, last);
const fault = (asked: BallotVote, promises: readonly BallotPromise[] = []) =>
  ballotFault(asked, previous, promises);

describe('what keeps a ballot from choosing', () => {
  it('[A3] round 0 is open to the admin alone, and takes no promise', () => {
    expect(fault(vote(0, alice))).toBeNull();
    const closed = { kind: 'ballot-not-open-to', proposer: bob.device };
    expect(fault(vote(0, bob))).toEqual(closed);
    const asked = vote(0, alice);
    const given = promise(bob, asked);
    expect(fault(asked, [given])).toEqual({ kind: 'promise-unexpected', signer: bob.device });
  });

  it('[A3] later rounds are open to members alone, the admin or not', () => {
    for (const person of [alice, bob]) {
      const asked = vote(2, person);
      expect(fault(asked, [promise(alice, asked), promise(carol, asked)])).toBeNull();
    }
    expect(fault(vote(2, dave))).toEqual({ kind: 'ballot-not-open-to', proposer: dave.device });
  });

  it('[A3] as many members promise as govern, each once', () => {
    const asked = vote(1, bob);
    const one = promise(carol, asked);
    expect(fault(asked)).toEqual({ kind: 'promises-missing', have: 0, need: 2 });
    expect(fault(asked, [one])).toEqual({ kind: 'promises-missing', have: 1, need: 2 });
    const twice = { kind: 'promise-unexpected', signer: carol.device };
    expect(fault(asked, [one, one])).toEqual(twice);
    const all = [alice, bob, carol].map((person) => promise(person, asked));
    expect(fault(asked, all)).toBeNull();
  });

  it('[A3] a promise for another record, another ballot or by a stranger is unexpected', () => {
    const asked = vote(1, bob);
    const good = promise(alice, asked);
    const unexpected = (by: typeof alice) => ({ kind: 'promise-unexpected', signer: by.device });
    const elsewhere = promise(carol, asked, null, hexOf<RosterHash>('another'));
    expect(fault(asked, [good, elsewhere])).toEqual(unexpected(carol));
    expect(fault(asked, [good, promise(carol, vote(2, bob))])).toEqual(unexpected(carol));
    expect(fault(asked, [good, promise(carol, vote(1, carol))])).toEqual(unexpected(carol));
    expect(fault(asked, [good, promise(dave, asked)])).toEqual(unexpected(dave));
  });

  it('[A3] what may have been chosen before is chosen again, and nothing else', () => {
    const asked = vote(3, bob);
    const earlier = vote(1, carol, right);
    const promises = [promise(alice, asked, earlier), promise(carol, asked)];
    expect(fault(asked, promises)).toEqual({ kind: 'value-not-repeated', needed: right });
    expect(fault({ ...asked, record: right }, promises)).toBeNull();
  });
});

describe('promises', () => {
  const asked = vote(2, bob);
  const whole = promise(alice, asked, vote(1, carol));
  const errorOf = (bytes: Uint8Array): unknown => {
    const read = parsePromise(bytes);
    return read.ok ? 'read' : read.error;
  };

  it('[A3] are ordered by round, then by proposer', () => {
    const [lesser, greater] = [alice, bob].sort((a, b) => (a.device < b.device ? -1 : 1));
    expect(compareBallots(vote(1, greater!), vote(2, lesser!))).toBeLessThan(0);
    expect(compareBallots(vote(2, greater!), vote(2, lesser!))).toBeGreaterThan(0);
    expect(compareBallots(vote(2, bob, left), vote(2, bob, right))).toBe(0);
  });

  it('[F2] that are spoilt, too long or out of range are told as such', () => {
    const bytes = encodePromise(whole);
    expect(errorOf(bytes)).toBe('read');
    expect(errorOf(bytes.slice(0, -1))).toMatchObject({ kind: 'truncated' });
    expect(errorOf(new Uint8Array(513))).toMatchObject({ kind: 'too-large', bytesMax: 512 });
    expect(errorOf(encodeCanonical({}))).toMatchObject({ kind: 'malformed' });
    const roundOf = (round: number) => errorOf(encodePromise({ ...whole, round, last: null }));
    expect(roundOf(BALLOT_ROUND_MAX)).toBe('read');
    expect(roundOf(1)).toBe('read');
    expect(roundOf(0)).toEqual({ kind: 'malformed', field: 'round' });
    const last = { kind: 'malformed', field: 'last' };
    expect(errorOf(encodePromise({ ...whole, last: vote(2, bob) }))).toEqual(last);
    expect(errorOf(encodePromise({ ...whole, last: vote(3, alice) }))).toEqual(last);
  });

  it('[A3] are signed over the account, the record, the ballot and the last vote', () => {
    const check = promiseCheck(ACCOUNT, whole);
    expect(check).toEqual({
      key: alice.device,
      message: promiseSigningBytes(ACCOUNT, whole),
      signature: whole.signature,
    });
    const others = [
      promiseSigningBytes(hexOf('another account'), whole),
      promiseSigningBytes(ACCOUNT, { ...whole, previous: hexOf('another') }),
      promiseSigningBytes(ACCOUNT, { ...whole, round: 3 }),
      promiseSigningBytes(ACCOUNT, { ...whole, proposer: carol.device }),
      promiseSigningBytes(ACCOUNT, { ...whole, last: null }),
    ].map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(new Set([...others, Buffer.from(check.message).toString('hex')]).size).toBe(6);
  });
});

import type { Change } from '../../src/ports/store.js';
import { expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createMemoryDisk, createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import type { DeviceId, RosterHash, StatementHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { ok } from '../../src/core/base/result.js';
import type { Body } from '../../src/core/facts/bodies.js';
import { createBallotBox } from '../../src/replica/membership/ballot-box.js';
import type { Context } from '../../src/replica/context.js';
import type { Intake } from '../../src/replica/journal/intake.js';
import type { RosterCeremony } from '../../src/replica/membership/roster-ballots.js';
import { KEYS, putBytes } from '../../src/replica/storage/rows.js';

const hashOf = <T extends string>(name: string): T =>
  sha256Hex(new TextEncoder().encode(name)) as T;
const previous = hashOf<RosterHash>('previous');

/** A ballot of alice's that puts a record forward; nobody else has promised or voted. */
const ballotFor = (record: string, round: number): RosterCeremony =>
  ({
    statement: hashOf<StatementHash>(`${record} in round ${round}`),
    matter: {
      ...{ previous, round, promises: [] },
      recordHash: hashOf<RosterHash>(record),
      ballotProposer: hashOf<DeviceId>('alice'),
    },
  }) as unknown as RosterCeremony;

/** Bob's ballot box on a store of its own, and every word that left it. */
const boxOfBob = () => {
  const said: Body['kind'][] = [];
  const store = createMemoryStore(createMemoryDisk());
  const context = {
    holdings: null,
    keys: createMemoryKeys('bob'),
    code: { content: null },
    ports: { store, verifier: createNobleVerifier() },
  } as unknown as Context;
  const own: Intake['own'] = async (bodies, extra = []) => {
    const done = await store.commit(extra as readonly Change[], 'strict');
    if (done.ok) said.push(...bodies.map(({ kind }) => kind));
    return done.ok ? ok([]) : done;
  };
  return { box: createBallotBox(context, { own } as Intake, { lostUnder: null }), said, store };
};

test('[A3] who voted for a record votes for no other one in that ballot, and in a higher one may', async () => {
  const { box, said } = boxOfBob();
  const [first, rival] = [ballotFor('first', 0), ballotFor('rival', 0)];
  expect([await box.isFree(first), await box.isFree(rival)]).toEqual([true, true]);
  expect((await box.vote(first, '')).ok).toBe(true);
  expect([await box.isFree(first), await box.isFree(rival)]).toEqual([true, false]);
  const memory = await box.memoryOf(previous);
  expect(await box.vote(rival, 'this one too')).toEqual({
    ok: false,
    error: { kind: 'blocked', blocker: { kind: 'answered-another' } },
  });
  // Nothing left this device, and it is bound to what it was bound to before.
  expect(said).toEqual(['roster.approved']);
  expect(await box.memoryOf(previous)).toEqual(memory);
  expect((await box.vote(ballotFor('rival', 1), '')).ok).toBe(true);
  expect((await box.vote(first, '')).ok).toBe(false);
});

test('[A3, F9] who cannot read back what it voted for, nor knows it from facts, gives no word', async () => {
  const { box, said, store } = boxOfBob();
  expect((await box.vote(ballotFor('first', 0), '')).ok).toBe(true);
  const key = KEYS.ballot(previous);
  const row = await store.get('own', key);
  for (const harmed of [new Uint8Array(), row.ok && row.value ? row.value.slice(1) : null]) {
    if (harmed === null) throw new Error('the vote is remembered');
    await store.commit([putBytes('own', key, harmed)], 'strict');
    expect(await box.memoryOf(previous)).toEqual({ ok: true, value: null });
    expect(box.isForgotten(previous)).toBe(true);
    for (const each of [ballotFor('first', 0), ballotFor('rival', 0), ballotFor('rival', 1)]) {
      expect(await box.isFree(each)).toBe(false);
      expect(await box.promise(each)).toBe(false);
      expect(await box.vote(each, '')).toEqual({
        ok: false,
        error: { kind: 'blocked', blocker: { kind: 'votes-forgotten' } },
      });
    }
  }
  expect(said).toEqual(['roster.approved']);
  // What follows another record is another matter.
  const other = hashOf<RosterHash>('other');
  expect(await box.memoryOf(other)).toMatchObject({ value: { promised: null, lastVote: null } });
  expect(box.isForgotten(other)).toBe(false);
});

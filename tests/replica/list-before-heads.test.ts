import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import { encodeRosterCompletion } from '../../src/core/authority/roster-completion.js';
import { type RosterRecord, rosterHashOf } from '../../src/core/authority/roster.js';
import type { SnapshotSubject } from '../../src/core/authority/statement.js';
import { captureState } from '../../src/core/snapshots/payload.js';
import { type Holdings, createHoldings } from '../../src/replica/journal/holdings.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { KEYS, factRows, putBytes, putRow } from '../../src/replica/storage/rows.js';
import { lifeOf, runOf } from '../property/journal/lives.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  headBy,
  recordOf,
  stepTo,
} from '../unit/authority/people.js';

const ALL = [alice, bob, carol, dave, erin];
const FIVE = recordOf(ALL, GENESIS, { snapshotThreshold: 2 });
const steps = [stepTo(GENESIS, null, [alice]), stepTo(FIVE, GENESIS, [alice])];
const created = (title: string) =>
  ({ kind: 'record.created', title, text: '', labels: [] }) as const;
const life = lifeOf(alice, FIVE, ['a', 'b', 'c', 'd'].map(created));
const [opening] = life;
if (opening === undefined) throw new Error('a life begins');
const { session } = opening.envelope;

const memberWith = (facts: typeof life): Holdings => {
  const holdings = createHoldings(ACCOUNT, alice.device);
  for (const step of steps) holdings.addTransition(step);
  holdings.addRuns([runOf(facts)]);
  return holdings;
};

/** What the account came to after so many facts, and a snapshot of it. */
const snapshotAfter = (count: number, changes: Partial<SnapshotSubject>) => {
  const state = memberWith(life.slice(0, count)).fold().state();
  const capture = captureState(state, rosterHashOf(FIVE));
  const { payload, digest } = capture;
  return {
    ...capture,
    ...headBy(FIVE, [dave, erin], { payload, digest, advance: [], ...changes }),
  };
};

const first = snapshotAfter(3, {});
const second = snapshotAfter(4, { predecessors: [first.head], index: 2 });
/** It asks for more yeses than the snapshots had, and names the later one. */
const RAISED: RosterRecord = recordOf(ALL, FIVE, { snapshotThreshold: 3, heads: [second.head] });
const raised = stepTo(RAISED, FIVE, [alice, bob, carol]);
const UNNAMED: RosterRecord = recordOf(ALL, FIVE, { snapshotThreshold: 3 });

/** A device that holds the first snapshot and facts after it. */
const behind = (): Holdings => {
  const holdings = memberWith(life);
  holdings.addCompletion(first);
  holdings.addPayload(first.head, first.state);
  return holdings;
};

const titlesOf = (holdings: Holdings) =>
  [...holdings.fold().state().items.values()]
    .map(({ fields }) => fields.get('title')?.value)
    .sort();

const EVERYTHING = ['a', 'b', 'c', 'd'];

describe('a list of devices that comes before the snapshots that it names', () => {
  test('[A11] takes nothing away from who adopted one that they may build on', () => {
    const holdings = behind();
    holdings.addTransition(raised);
    expect(holdings.base().heads).toEqual([first.head]);
    expect([titlesOf(holdings), holdings.tips()]).toEqual([EVERYTHING, [first.head]]);
    holdings.addCompletion(second);
    expect([holdings.base().heads, holdings.tips()]).toEqual([[first.head], [second.head]]);
    holdings.addPayload(second.head, second.state);
    expect([holdings.base().heads, titlesOf(holdings)]).toEqual([[second.head], EVERYTHING]);
  });

  test('[A11] does not make anybody adopt what it may not name', () => {
    const holdings = memberWith(life);
    holdings.addTransition(raised);
    holdings.addCompletion(first);
    expect([...holdings.standing()]).toEqual([]);
  });

  test('[A11, F9] takes nothing away at the next start either', async () => {
    const store = createMemoryStore();
    const transitions = [...steps, raised].map(({ hash, completion }) =>
      putBytes('governance', KEYS.roster(hash), encodeRosterCompletion(completion)),
    );
    const last = life.at(-1);
    if (last === undefined) throw new Error('a life ends');
    await store.commit(
      [
        putRow('profile', KEYS.account, { id: ACCOUNT }),
        ...transitions,
        putBytes('governance', KEYS.head(first.head), encodeSnapshotCompletion(first.completion)),
        putBytes('payloads', KEYS.payload(first.payload), first.bytes),
        ...factRows(session, 0, life),
        putRow('signatures', KEYS.signature(session), [
          ...[last.envelope.seq, new Uint8Array(64), last.id],
        ]),
      ],
      'strict',
    );
    const opened = await openStore(store, alice.device);
    const holdings = opened.ok ? opened.value.holdings : null;
    if (holdings === null) throw new Error('it opens');
    expect(holdings.base().heads).toEqual([first.head]);
    expect(titlesOf(holdings)).toEqual(EVERYTHING);
  });
});

describe('a base that goes back and then on', () => {
  test('[A11, F5] loses no fact that begins beyond where it went back to', () => {
    const holdings = createHoldings(ACCOUNT, alice.device);
    for (const step of steps) holdings.addTransition(step);
    holdings.addCompletion(first);
    holdings.addPayload(first.head, first.state);
    holdings.addRuns([runOf(life.slice(3))]);
    expect(titlesOf(holdings)).toEqual(EVERYTHING);
    holdings.addTransition(stepTo(UNNAMED, FIVE, [alice, bob, carol]));
    expect([holdings.base().heads, titlesOf(holdings)]).toEqual([[], []]);
    const { payload, digest } = first;
    holdings.addCompletion(headBy(FIVE, [alice, bob, carol], { payload, digest, advance: [] }));
    expect([holdings.base().heads, titlesOf(holdings)]).toEqual([[first.head], EVERYTHING]);
    expect(holdings.journal().tip(session)?.seq).toBe(4);
  });
});

import { describe, expect, it } from 'vitest';
import type { HeadId } from '../../../src/core/base/brands.js';
import type { BodyOf } from '../../../src/core/facts/bodies.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import { KINDS, type Kind } from '../../../src/core/facts/kinds.js';
import { createDigestTree, digestOf } from '../../../src/core/journal/digest-tree.js';
import { ALLOWED, createFold } from '../../../src/core/journal/fold.js';
import { EMPTY_STATE } from '../../../src/core/journal/state.js';
import { captureState } from '../../../src/core/snapshots/payload.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import { type Holdings, createHoldings } from '../../../src/replica/journal/holdings.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  carol,
  dave,
  erin,
  headBy,
  recordOf,
  stepTo,
} from '../../unit/authority/people.js';
import { SAMPLE_BODIES } from '../../unit/facts/sample-bodies.js';
import { bytesOf } from './accounts.js';
import { lifeOf, ordersOf, runOf } from './lives.js';

const PEOPLE = [alice, bob, carol, dave, erin];
const FIVE = recordOf(PEOPLE, GENESIS, { snapshotThreshold: 2 });

/** Five lives that each say something of this kind, as much as possible about each other's. */
const livesSaying = (kind: Kind) => {
  const first = lifeOf(alice, FIVE, [note('first')])[0];
  const record = { session: first?.envelope.session as never, seq: 1 };
  return PEOPLE.map((person, index) => {
    const sample = SAMPLE_BODIES[kind];
    const about = 'record' in sample && kind.startsWith('record.') ? { ...sample, record } : sample;
    const named = 'title' in about ? { ...about, title: person.name } : about;
    const said = [...(index === 0 ? [note('first')] : []), named as Body];
    return runOf(lifeOf(person, FIVE, said));
  });
};

const note = (title: string): BodyOf<'record.created'> => ({
  kind: 'record.created',
  title,
  text: 'as good as new',
  labels: ['home'],
});

describe('every order of five sessions', () => {
  it.each(Object.keys(KINDS) as Kind[])('[F7, S4] that say %s is one state and digest', (kind) => {
    const runs = livesSaying(kind);
    const expected = createFold(EMPTY_STATE);
    for (const run of runs) run.facts.forEach((fact) => expected.apply(fact, ALLOWED));
    const state = bytesOf(expected.state());
    const digest = digestOf(expected.state());
    let orders = 0;
    for (const order of ordersOf(runs)) {
      const fold = createFold(EMPTY_STATE);
      const tree = createDigestTree();
      for (const run of order) {
        run.facts.forEach((fact) => fold.apply(fact, ALLOWED));
        tree.touch(fold.takeTouched());
      }
      orders += 1;
      if (tree.root(fold.state()) === digest && bytesOf(fold.state()) === state) continue;
      expect(bytesOf(fold.state())).toBe(state);
      expect(tree.root(fold.state())).toBe(digest);
    }
    expect(orders).toBe(120);
  });
});

/*
 *  genesis ── five ── four     four removes dave, whose session closes after its first note
 *               │
 *               └─ head        covers alice's first note; bob's session is quarantined from 2 on
 */
const aliceFacts = lifeOf(alice, FIVE, [note('a1'), note('a2'), note('a3')]);
const daveFacts = lifeOf(dave, FIVE, [note('d1'), note('d2')]);
const bobFacts = lifeOf(bob, FIVE, [
  note('b1'),
  {
    kind: 'record.edited',
    record: { session: daveFacts[1]?.envelope.session as never, seq: 1 },
    title: 'b2',
  },
]);
const closing = [
  { session: daveFacts[1]?.envelope.session as never, seq: 1, id: daveFacts[1]?.id as never },
];
const FOUR = recordOf([alice, bob, carol, erin], FIVE, { closing, snapshotThreshold: 2 });
const FIRST = stepTo(GENESIS, null, [alice]);
const SECOND = stepTo(FIVE, GENESIS, [alice]);
const THIRD = stepTo(FOUR, FIVE, [alice, bob, carol]);

const atCut = createFold(EMPTY_STATE);
for (const fact of runOf(aliceFacts.slice(0, 2)).facts) atCut.apply(fact, ALLOWED);
const capture = captureState(atCut.state(), rosterHashOf(FIVE));
const cut = aliceFacts[1];
const HEAD = headBy(FIVE, [alice, bob], {
  advance: [{ session: cut?.envelope.session as never, seq: 1, id: cut?.id as never }],
  digest: capture.digest,
  payload: capture.payload,
});

type Arrival = readonly [name: string, comes: (holdings: Holdings) => void];
const ARRIVALS: readonly Arrival[] = [
  ['the third record', (holdings) => holdings.addTransition(THIRD)],
  [
    'the snapshot',
    (holdings) => {
      holdings.addCompletion(HEAD);
      holdings.addPayload(HEAD.head as HeadId, capture.state);
    },
  ],
  ['alice', (holdings) => void holdings.addRuns([runOf(aliceFacts)])],
  ['bob', (holdings) => void holdings.addRuns([runOf(bobFacts)])],
  ['dave', (holdings) => void holdings.addRuns([runOf(daveFacts)])],
  [
    'the proof against bob',
    (holdings) =>
      holdings.addQuarantine({ session: bobFacts[0]?.envelope.session as never, seq: 2 }),
  ],
];

const toldBy = (holdings: Holdings) => ({
  state: bytesOf(holdings.fold().state()),
  digest: holdings.tree().root(holdings.fold().state()),
  base: holdings.base().id,
  standing: [...holdings.standing()],
  facts: holdings.journal().setDigest(),
  waiting: holdings.undecidedCount(),
});

const arrive = (order: readonly Arrival[]) => {
  const holdings = createHoldings(ACCOUNT, alice.device);
  holdings.addTransition(FIRST);
  holdings.addTransition(SECOND);
  for (const [, comes] of order) comes(holdings);
  return toldBy(holdings);
};

describe('every order of arrival', () => {
  it('[F7, S6, A4, F6] of records, a snapshot, a proof and facts is one state and digest', () => {
    const expected = arrive(ARRIVALS);
    expect(expected.standing).toEqual([HEAD.head]);
    let orders = 0;
    for (const order of ordersOf(ARRIVALS)) {
      const told = arrive(order);
      if (JSON.stringify(told) !== JSON.stringify(expected)) {
        expect(told, order.map(([name]) => name).join(', ')).toEqual(expected);
      }
      orders += 1;
    }
    expect(orders).toBe(720);
  });

  it('[F7] with everything heard twice is the same', () => {
    expect(arrive([...ARRIVALS, ...ARRIVALS])).toEqual(arrive(ARRIVALS));
  });
});

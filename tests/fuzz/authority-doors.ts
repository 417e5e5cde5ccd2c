import {
  encodePromise,
  parsePromise,
  promiseCheck,
  valueForced,
} from '../../src/core/authority/ballot.js';
import {
  encodeBallotMemory,
  freshMemory,
  mayPromise,
  mayVote,
  parseBallotMemory,
} from '../../src/core/authority/ballot-memory.js';
import {
  admitCompletion,
  completionChecks,
  encodeSnapshotCompletion,
  joinCompletions,
  parseSnapshotCompletion,
} from '../../src/core/authority/completion.js';
import {
  encodeRosterRecord,
  parseRosterRecord,
  rosterFault,
  rosterHashOf,
} from '../../src/core/authority/roster.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
} from '../../src/core/authority/roster-completion.js';
import {
  admitTransition,
  predecessorOf,
  transitionChecks,
} from '../../src/core/authority/transition.js';
import { snapshotStatement, statementHashOf } from '../../src/core/authority/statement.js';
import { HELD, merged, recordsIn } from '../unit/authority/branches.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  carol,
  completionOf,
  promiseOf,
  recordOf,
  rosterCompletionOf,
  subjectOf,
} from '../unit/authority/people.js';
import { demand, demandSame, type Door } from './door.js';
import { vectorBytes } from './seeds.js';

const RECORD = recordOf([alice, bob, carol], GENESIS);
const NEXT = recordOf([alice, bob], RECORD);
const PREVIOUS = { account: ACCOUNT, record: RECORD };
const ROSTER = rosterHashOf(RECORD);
const BALLOT = { round: 3, proposer: bob.device };
const VOTE = { round: 1, proposer: alice.device, record: rosterHashOf(NEXT) };
const PROMISES = [alice, bob].map((person) => promiseOf(person, ROSTER, BALLOT, VOTE));

const record: Door = {
  name: 'roster record',
  weight: 8,
  seeds: [GENESIS, RECORD, NEXT]
    .map(encodeRosterRecord)
    .concat(vectorBytes('roster.json', 'bytes')),
  enter: (input) => {
    const read = parseRosterRecord(input);
    if (!read.ok) return false;
    demandSame(encodeRosterRecord(read.value), input);
    demand(rosterFault(read.value) === null, 'it contradicts the rules');
    return true;
  },
};

const promise: Door = {
  name: 'promise',
  weight: 4,
  seeds: [...PROMISES, promiseOf(carol, ROSTER, BALLOT, null)].map(encodePromise),
  enter: (input) => {
    const read = parsePromise(input);
    if (!read.ok) return false;
    demandSame(encodePromise(read.value), input);
    promiseCheck(ACCOUNT, read.value);
    valueForced([...PROMISES, read.value], RECORD);
    return true;
  },
};

const memory = freshMemory(ROSTER);
const ballotMemory: Door = {
  name: 'ballot memory',
  weight: 3,
  seeds: [
    memory,
    { ...memory, promised: BALLOT },
    { ...memory, promised: BALLOT, lastVote: VOTE },
  ].map(encodeBallotMemory),
  enter: (input) => {
    const read = parseBallotMemory(input);
    if (!read.ok) return false;
    demandSame(encodeBallotMemory(read.value), input);
    mayPromise(read.value, BALLOT);
    mayVote(read.value, VOTE);
    return true;
  },
};

const transitions = [
  rosterCompletionOf(GENESIS, null, [alice]),
  rosterCompletionOf(NEXT, PREVIOUS, [alice, bob]),
  rosterCompletionOf(NEXT, PREVIOUS, [alice, bob], { ...BALLOT, promises: PROMISES }),
].map(encodeRosterCompletion);

const transition: Door = {
  name: 'roster completion',
  weight: 6,
  seeds: [
    ...transitions,
    encodeRosterCompletion(merged.completion),
    ...vectorBytes('transition.json', 'bytes'),
  ],
  enter: (input) => {
    const read = parseRosterCompletion(input);
    if (!read.ok) return false;
    demandSame(encodeRosterCompletion(read.value), input);
    const branches = recordsIn(...HELD);
    const previous = predecessorOf(ACCOUNT, read.value.record, branches) ?? PREVIOUS;
    const checks = transitionChecks(read.value, previous);
    // With every signature taken for good: what a colluding majority could have signed.
    const isFamiliar = read.value.record.members.every(({ device, encryptionKey }) =>
      RECORD.members.some((m) => m.device === device && m.encryptionKey === encryptionKey),
    );
    if (isFamiliar)
      admitTransition(
        read.value,
        previous,
        checks.map(() => true),
      );
    return true;
  },
};

const UNDER = { account: ACCOUNT, record: RECORD };
const completions = [
  completionOf(RECORD, subjectOf(RECORD), [alice, bob]),
  completionOf(RECORD, subjectOf(RECORD, { index: 2 }), [alice, bob, carol]),
].map(encodeSnapshotCompletion);

const completion: Door = {
  name: 'snapshot completion',
  weight: 8,
  seeds: [...completions, ...vectorBytes('completion.json', 'bytes')],
  enter: (input) => {
    const read = parseSnapshotCompletion(input);
    if (!read.ok) return false;
    demandSame(encodeSnapshotCompletion(read.value), input);
    const checks = completionChecks(read.value, RECORD);
    const signed = admitCompletion(
      read.value,
      UNDER,
      checks.map(() => true),
    );
    if (!signed.ok) return true;
    const { head, signers } = signed.value;
    demand(head === statementHashOf(snapshotStatement(read.value)), 'it is another head');
    demand(new Set(signers).size >= RECORD.snapshotThreshold, 'too few signed');
    const joined = joinCompletions(signed.value, signed.value);
    demandSame(encodeSnapshotCompletion(joined.completion), input);
    return true;
  },
};

export const AUTHORITY_DOORS: readonly Door[] = [
  ...[record, promise, ballotMemory, transition, completion],
];

import { decodeCanonical, encodeCanonical } from '../../src/core/base/canonical.js';
import { foldCeremonies } from '../../src/core/ceremonies/ceremony.js';
import { createDigestTree, digestOf } from '../../src/core/journal/digest-tree.js';
import { EMPTY_STATE, joinStates } from '../../src/core/journal/state.js';
import { parseState, stateToCanonical } from '../../src/core/journal/state-codec.js';
import {
  encodePayload,
  parsePayload,
  payloadIdOf,
  readPayload,
} from '../../src/core/snapshots/payload.js';
import {
  abandoned,
  actBy,
  approved,
  changeProposed,
  proposed,
  refused,
} from '../unit/ceremonies/acts.js';
import { ACCOUNT, alice, bob } from '../unit/authority/people.js';
import { demand, demandSame, type Door } from './door.js';
import { vectorBytes } from './seeds.js';

const PAYLOADS = vectorBytes('payload.json', 'bytes');
const digest = digestOf(EMPTY_STATE);

const payload: Door = {
  name: 'payload',
  weight: 3,
  seeds: PAYLOADS,
  enter: (input) => {
    const stored = readPayload(input);
    const read = parsePayload(input, { payload: payloadIdOf(input), digest });
    demand(read.ok || read.error.kind !== 'other-payload', 'it has another id than its own');
    if (!stored.ok) return false;
    const { state: held, fold } = stored.value;
    const written = encodePayload(held, fold);
    const joined = encodePayload(joinStates(held, held), fold);
    demandSame(joined, written, 'joined with itself it is another');
    if (!read.ok && read.error.kind === 'malformed-payload') return false;
    demandSame(written, input);
    const own = { payload: payloadIdOf(input), digest: digestOf(held) };
    demand(parsePayload(input, own).ok, 'it is refused under its own digest');
    return true;
  },
};

const state: Door = {
  name: 'state',
  weight: 2,
  seeds: vectorBytes('state.json', 'bytes'),
  enter: (input) => {
    const value = decodeCanonical(input);
    const read = value.ok ? parseState(value.value) : null;
    if (!read?.ok) return false;
    const written = encodeCanonical(stateToCanonical(read.value));
    const again = decodeCanonical(written);
    demand(again.ok && parseState(again.value).ok, 'what it is written as is refused');
    const tree = createDigestTree();
    demand(tree.root(read.value) === digestOf(read.value), 'its tree differs');
    return true;
  },
};

const ACTS = [
  ...[actBy(alice, 1, proposed()), actBy(bob, 1, approved(bob)), actBy(bob, 2, refused('no'))],
  ...[actBy(alice, 2, changeProposed()), actBy(alice, 3, abandoned('withdrawn'))],
];

/** What an act of any kind says, folded with the acts of others. */
const ceremony: Door = {
  name: 'ceremony',
  weight: 1,
  seeds: ACTS.map((act) => act.body),
  enter: (input, chance) => {
    const model = chance.pick(ACTS);
    const act = { ...model, body: input, author: chance.pick([alice, bob]).device };
    const open = foldCeremonies(ACCOUNT, [act, ...ACTS], new Map());
    for (const [statement, each] of open) demand(each.statement === statement, 'names differ');
    return foldCeremonies(ACCOUNT, [act], new Map()).size > 0;
  },
};

export const JOURNAL_DOORS: readonly Door[] = [payload, state, ceremony];

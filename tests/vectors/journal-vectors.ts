import type { HeadId } from '../../src/core/base/brands.js';
import { encodeCanonical } from '../../src/core/base/canonical.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import { createDigestTree } from '../../src/core/journal/digest-tree.js';
import { EMPTY_STATE, type State } from '../../src/core/journal/state.js';
import { stateToCanonical } from '../../src/core/journal/state-codec.js';
import { encodePayload, payloadIdOf } from '../../src/core/snapshots/payload.js';
import { baseIdOf } from '../../src/replica/journal/heads.js';
import { prefixOf, sessionsOf, stateOf, type Saying } from '../property/journal/accounts.js';
import { idNamed } from '../unit/facts/fixtures.js';

const say = (session: number, kind: Saying['kind'], word: string, target: Saying['target']) => ({
  ...{ session, kind, target, word },
  lamportStep: 1,
  isRefused: false,
});

/** Records, an edit of one, a removal, an edit and a removal that wait, and a ceremony's answer. */
const SAID: readonly Saying[] = [
  say(0, 'create', 'a', [0, 0]),
  say(0, 'create', 'b', [0, 0]),
  say(1, 'create', 'c', [0, 0]),
  say(2, 'edit', 'b', [0, 1]),
  say(2, 'relabel', 'a', [0, 1]),
  say(2, 'remove', 'a', [0, 2]),
  say(3, 'edit', 'c', [1, 5]),
  say(3, 'remove', 'a', [2, 9]),
  say(3, 'act', 'b', [0, 0]),
  { ...say(3, 'create', 'c', [0, 0]), isRefused: true },
];

/** By name: states of an account, the last with everything that a state can hold. */
export const sampleStates = (): Readonly<Record<string, State>> => {
  const sessions = sessionsOf(SAID);
  return {
    empty: EMPTY_STATE,
    'one record': stateOf(prefixOf(sessions, [2, 0, 0, 0])),
    'records, waiting changes, an act and sessions': stateOf(sessions),
  };
};

/** What this version makes of them, as it is frozen. */
export const journalVectors = () => {
  const states = Object.entries(sampleStates());
  const heads = [idNamed<HeadId>('head one'), idNamed<HeadId>('head two')].sort();
  return {
    state: states.map(([name, state]) => ({
      name,
      bytes: bytesToHex(encodeCanonical(stateToCanonical(state))),
    })),
    payload: states.map(([name, state]) => {
      const bytes = encodePayload(state);
      return { name, bytes: bytesToHex(bytes), id: payloadIdOf(bytes) as string };
    }),
    digest: states.map(([name, state]) => {
      const tree = createDigestTree();
      const { acts, pending, sessions, items } = tree.parts(state);
      const buckets = items.flatMap((hash, bucket) => (hash === '' ? [] : [{ bucket, hash }]));
      return { name, digest: tree.root(state) as string, acts, pending, sessions, buckets };
    }),
    'base-id': [
      { heads: [] as string[], id: baseIdOf([]) as string },
      { heads: heads as string[], id: baseIdOf(heads) as string },
    ],
  };
};

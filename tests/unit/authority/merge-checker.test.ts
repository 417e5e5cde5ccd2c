import { describe, expect, it } from 'vitest';
import { createNobleVerifier } from '../../../src/adapters/noble-verifier.js';
import {
  encodeRosterCompletion,
  type RosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import type { Scene } from '../../../src/simulator/checkers/checker.js';
import { checkMerges } from '../../../src/simulator/checkers/merges.js';
import {
  alice,
  bob,
  carol,
  first,
  mergeOf,
  merged,
  ONE,
  one,
  three,
  TWO,
  two,
} from './branches.js';

/** What the simulator's checker says of a disk with both branches and this completion of a merge. */
const complaintsOf = async (merge: RosterCompletion): Promise<readonly string[]> => {
  const held = [first, three, one, two].map(({ completion }) => completion);
  const rows = new Map(
    [...held, merge].map((each) => [
      `roster:${rosterHashOf(each.record)}`,
      encodeRosterCompletion(each),
    ]),
  );
  const said: string[] = [];
  const scene = {
    devices: [{ isLiar: false, disk: { rowsOf: () => rows } }],
    verifier: createNobleVerifier(),
    fail: (promise: string) => void said.push(promise),
  };
  await checkMerges(scene as unknown as Scene).end?.();
  return said;
};

describe('the checker of merges', () => {
  it('[X2, A3] lets a sound one pass, and names what another lacks', async () => {
    const { completion } = merged;
    expect(await complaintsOf(completion)).toEqual([]);
    const lacking: readonly (readonly [Partial<RosterCompletion>, string])[] = [
      [{ votes: completion.votes.slice(1) }, 'A3 a majority of those who kept their word unites'],
      [{ votedTwice: [] }, 'A3 a merge shows who broke its word'],
      [{ round: completion.round + 1 }, '7 every counted signature is one'],
    ];
    for (const [change, promise] of lacking) {
      expect(await complaintsOf({ ...completion, ...change })).toContain(promise);
    }
    const votedOn = mergeOf([alice, bob, carol], [ONE, TWO], { epoch: 9 });
    expect(await complaintsOf({ ...completion, record: votedOn })).toContain(
      '7 every counted signature is one',
    );
  });
});

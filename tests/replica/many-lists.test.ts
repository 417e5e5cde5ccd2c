import { expect, test } from 'vitest';
import { encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import type { RosterRecord } from '../../src/core/authority/roster.js';
import type { HeadId } from '../../src/core/base/brands.js';
import { type Holdings, createHoldings } from '../../src/replica/journal/holdings.js';
import { rosterRows } from '../../src/replica/membership/roster-rows.js';
import { loadGovernance } from '../../src/replica/storage/opening.js';
import { KEYS, putBytes } from '../../src/replica/storage/rows.js';
import { ACCOUNT, GENESIS, alice, headBy, recordOf, stepTo } from '../unit/authority/people.js';

const LISTS = 30;

/** A list after the other, and a snapshot under each that builds on the one before. */
const history = () => {
  const steps = [stepTo(GENESIS, null, [alice])];
  const heads: ReturnType<typeof headBy>[] = [];
  let tip: RosterRecord = GENESIS;
  for (let index = 1; index <= LISTS; index += 1) {
    const next = recordOf([alice], tip, { heads: heads.slice(-1).map(({ head }) => head) });
    steps.push(stepTo(next, tip, [alice]));
    const predecessors: HeadId[] = heads.slice(-1).map(({ head }) => head);
    heads.push(headBy(next, [alice], { predecessors, index }));
    tip = next;
  }
  return { steps, heads };
};

test('[F7, F9] what many lists and snapshots come to is worked out once, be it at a start', () => {
  const { steps, heads } = history();
  const changes = [
    ...heads.map(({ head, completion }) =>
      putBytes('governance', KEYS.head(head), encodeSnapshotCompletion(completion)),
    ),
    ...steps.flatMap(rosterRows).toReversed(),
  ];
  const rows = changes.flatMap((each) =>
    each.kind === 'put' ? { key: each.key, value: each.value } : [],
  );
  const one = createHoldings(ACCOUNT, alice.device);
  for (const step of steps) one.addTransition(step);
  for (const head of heads) one.addCompletion(head);
  const holdings = createHoldings(ACCOUNT, alice.device);
  let times = 0;
  const counting: Holdings = {
    ...holdings,
    addTransition: () => expect.unreachable('a list by itself'),
    addCompletion: () => expect.unreachable('a snapshot by itself'),
    addGovernance: (...all) => {
      times += 1;
      holdings.addGovernance(...all);
    },
  };
  loadGovernance(counting, rows);
  expect(times).toBe(2);
  for (const each of [one, holdings]) {
    expect(each.chain().tip.epoch).toBe(LISTS);
    expect([...each.standing()].sort()).toEqual(heads.map(({ head }) => head).sort());
    expect(each.tips()).toEqual([heads.at(-1)?.head]);
  }
  expect(holdings.footing()).toBe(one.footing());
});

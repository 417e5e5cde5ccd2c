import { beforeAll, describe, expect, it } from 'vitest';
import {
  ROSTER_PROTOCOL,
  SNAPSHOT_PROTOCOL,
  type Stage,
} from '../../../src/core/ceremonies/protocol.js';
import {
  DEVICES,
  THRESHOLD,
  explore,
  keyOf,
  knowledgeOf,
  type Knowledge,
  type Step,
  type World,
} from './three-devices.js';

const isEnd = (stage: 'none' | Stage): boolean => stage !== 'none' && stage !== 'open';

/** Everything found wrong in any world, by what is wrong; a few of each are enough. */
type Faults = Readonly<Record<'stuck' | 'below' | 'twice' | 'late' | 'again' | 'turned', string[]>>;
const FEW = 3;

describe.each([SNAPSHOT_PROTOCOL, ROSTER_PROTOCOL])(
  'every interleaving of $purpose',
  (protocol) => {
    const faults: Faults = {
      ...{ stuck: [], below: [], twice: [], late: [], again: [], turned: [] },
    };
    const ends = new Set<string>();
    let worlds = 0;
    let completions = 0;
    let vanished = 0;

    const note = (kind: keyof Faults, world: World): void => {
      if (faults[kind].length < FEW) faults[kind].push(keyOf(world));
    };

    const look = (world: World, known: readonly Knowledge[], steps: readonly Step[]): void => {
      const stages = known.map(({ stage }) => stage);
      const living = DEVICES.filter((device) => device !== world.gone);
      for (const device of living) ends.add(stages[device] as string);
      if (steps.every(({ name }) => name === 'vanish')) {
        const theirs = living.map((device) => stages[device] as 'none' | Stage);
        const isSettled = theirs.every(isEnd) || theirs.every((stage) => stage === 'none');
        if (!isSettled || new Set(theirs).size > 1) note('stuck', world);
      }
      for (const step of steps) judge(world, known[step.device] as Knowledge, step);
      if (world.gone !== null) vanished += 1;
    };

    const judge = (world: World, knows: Knowledge, { name, device, to }: Step): void => {
      if (name === 'hear' && knows.stage === 'completed') {
        // What is completed stays so, whatever is heard later.
        const after = knowledgeOf(protocol.purpose, to, device).stage;
        if (after !== 'completed') note('turned', to);
      }
      if (name === 'hear' || name === 'time' || name === 'vanish') return;
      if (isEnd(knows.stage)) note('late', world);
      if ((name === 'approve' || name === 'refuse') && knows.isAnswered) note('again', world);
      if (name !== 'complete') return;
      completions += 1;
      const approving = world.said.filter((words) => words.includes('A')).length;
      if (knows.approvals < THRESHOLD || approving < THRESHOLD) note('below', world);
      if (world.said[device].includes('C')) note('twice', world);
    };

    beforeAll(() => {
      worlds = explore(protocol, look);
    });

    it('[C1] is looked at, message by message, with a device lost at any moment', () => {
      expect(worlds).toBeGreaterThan(100_000);
      expect(vanished).toBeGreaterThan(50_000);
      expect(completions).toBeGreaterThan(1000);
      expect([...ends].sort()).toEqual(['completed', 'expired', 'none', 'open', 'withdrawn']);
    });

    it('[C1, C3, C4] ends for all who are there, and alike', () => {
      expect(faults.stuck).toEqual([]);
    });

    it('[C1, C4] completes at the threshold or above, and for nobody twice', () => {
      expect(faults.below).toEqual([]);
      expect(faults.twice).toEqual([]);
    });

    it('[C10] has one answer of each device, none after its end, and completion outranks all', () => {
      expect(faults.again).toEqual([]);
      expect(faults.late).toEqual([]);
      expect(faults.turned).toEqual([]);
    });
  },
);

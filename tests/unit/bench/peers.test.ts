import { describe, expect, test } from 'vitest';
import { PEERS, answersOf } from '../../bench/peers/answers.js';
import { recordsOf, workOf } from '../../bench/peers/work.js';

const FACTS = 300;

describe('libraries that are measured beside ours', () => {
  test('[P3] there is work of every kind for them, and it leaves records', () => {
    const { acts } = workOf(FACTS);
    expect(acts.length).toBe(FACTS);
    expect(new Set(acts.map(({ deed }) => deed.kind)).size).toBe(4);
    const creations = acts.filter(({ deed }) => deed.kind === 'create').length;
    expect(recordsOf(acts).length).toBeGreaterThan(FACTS / 2);
    expect(recordsOf(acts).length).toBeLessThan(creations);
    expect(recordsOf(acts).filter((line) => line.includes(', checked|')).length).toBeGreaterThan(9);
  });

  test.each(Object.keys(PEERS))(
    '[P3] %s does all of it and lists what every other lists',
    async (name) => {
      const make = PEERS[name];
      if (make === undefined) throw new Error('it is known');
      const answers = answersOf(make());
      // An answer throws when it lists anything but the plain fold of all deeds.
      await answers.prepare(FACTS);
      const { length } = recordsOf(workOf(FACTS).acts);
      expect((await answers.merge()).records).toBe(length);
      expect((await answers.coldStart()).records).toBe(length);
      const signed = await answers.mergeSigned();
      expect(signed?.records ?? length).toBe(length);
    },
  );
});

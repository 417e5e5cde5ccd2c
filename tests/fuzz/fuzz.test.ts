import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { encodeCanonical } from '../../src/core/base/canonical.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { createHousehold } from '../replica/household.js';
import { runCampaign } from './campaign.js';
import type { Door } from './door.js';
import { DOORS } from './doors.js';
import { diskOf, type KeptRow } from './household-rows.js';
import { KEPT } from './store-doors.js';

const RUNS = 26_000;

describe('doors', () => {
  it('[F2, F11, N4, N8, N9] take any bytes without throwing, and say again what they let in', async () => {
    const report = await runCampaign({ doors: DOORS, runs: RUNS, seed: 11 });
    expect(report.findings).toEqual([]);
    expect(report.runs).toBe(RUNS);
    const counts = [...report.countByDoor];
    expect(counts.filter(([, { runs }]) => runs === 0)).toEqual([]);
    const shut = counts.filter(([, { accepted }]) => accepted === 0).map(([name]) => name);
    // Who lacks the room's key seals nothing that opens.
    expect(shut).toEqual(['sealed signal']);
  });

  it('[X1] get the same bytes from the same seed', async () => {
    const doors = DOORS.filter(({ weight }) => weight >= 1);
    const reports = [];
    for (const seed of [5, 5, 6]) reports.push(await runCampaign({ doors, runs: 3000, seed }));
    const [one, two, other] = reports;
    expect([...(one?.countByDoor ?? [])]).toEqual([...(two?.countByDoor ?? [])]);
    expect([...(one?.countByDoor ?? [])]).not.toEqual([...(other?.countByDoor ?? [])]);
  });

  it('[X2] that throw are told of, with the command that shows it again', async () => {
    const door: Door = {
      name: 'weak',
      weight: 1,
      seeds: [encodeCanonical(['a', 1])],
      enter: (input) => {
        if (input.length === 0) throw new Error('it broke');
        return true;
      },
    };
    const { findings } = await runCampaign({ doors: [door], runs: 500, seed: 3 });
    const [first] = findings;
    expect(first).toMatchObject({ kind: 'crash', door: 'weak', input: '' });
    expect(first?.what).toContain('it broke');
    const only = first?.run ?? -1;
    const again = await runCampaign({ doors: [door], runs: 1, seed: 3, only });
    expect(again.findings).toMatchObject([{ kind: 'crash', run: only, input: '' }]);
  });
});

const DAMAGE: readonly (readonly [string, (row: KeptRow) => Uint8Array])[] = [
  ['nothing in it', () => new Uint8Array(0)],
  ['null in it', () => encodeCanonical(null)],
  ['a list of nothings', () => encodeCanonical([null, 1, 'x', []])],
  ['an empty map in it', () => encodeCanonical({})],
  ['its end cut off', ({ value }) => value.slice(0, -1)],
  ['short bytes in it', () => encodeCanonical([[new Uint8Array(5), new Uint8Array(5)]])],
];

describe('a store', () => {
  it.each(DAMAGE)('[F9] opens although any one row has %s', async (_what, damage) => {
    for (const row of KEPT.later) {
      const others = KEPT.later.filter((each) => each !== row);
      const store = createMemoryStore(diskOf([...others, { ...row, value: damage(row) }]));
      const opened = await openStore(store, KEPT.device);
      expect(opened.ok, row.key).toBe(true);
    }
  });
});

/** A row that only a device that waits to join has. */
const PENDING: KeptRow = {
  table: 'profile',
  key: 'pending',
  value: encodeCanonical({ peer: 'Ann' }),
};

describe('a device', () => {
  it('[F9] starts on a store in which any one row is damaged', async () => {
    const rows = [...KEPT.later, PENDING];
    for (const [index, row] of rows.entries()) {
      const [, damage] = DAMAGE[
        row.key.startsWith('envelopes:') ? 5 : 2 + (index % 2)
      ] as (typeof DAMAGE)[number];
      const damaged = { ...row, value: row === PENDING ? row.value : damage(row) };
      const others = KEPT.later.filter((each) => each !== row);
      const disks = new Map([['ann', diskOf([...others, damaged])]]);
      const household = createHousehold({ disks });
      const ann = await household.start('ann');
      expect(['member', 'empty'], row.key).toContain(ann.view().stage);
      await household.stop('ann');
    }
  });
});

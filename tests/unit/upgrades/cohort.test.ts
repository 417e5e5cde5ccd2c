import { describe, expect, test } from 'vitest';
import { cohortOf, groupsByCohort, wavesByCohort } from '../../../src/core/upgrades/cohort.js';
import { waveOf } from '../../../src/core/upgrades/roll-out.js';
import { deviceNamed, proposes } from './said.js';

const told = (name: string, cohort: string | null) => ({ device: deviceNamed(name), cohort });
const ids = (...names: readonly string[]) => names.map(deviceNamed);

describe('turns in a roll-out', () => {
  test('[U1, U9] a name that is none of ours, and no word at all, is the usual turn', () => {
    expect(['early', 'late', 'usual', '', 'beta', 'EARLY', null].map(cohortOf)).toEqual([
      ...['early', 'late', 'usual', 'usual', 'usual', 'usual', 'usual'],
    ]);
  });

  test('[U9] early ones are the first wave, and the last group is in none: who joins later comes with it', () => {
    const all = [
      told('alice', ''),
      told('bob', 'late'),
      told('carol', 'early'),
      told('dave', 'beta'),
    ];
    const waves = wavesByCohort(all);
    expect(waves).toEqual([ids('carol'), ids('alice', 'dave')]);
    const { body } = proposes('v2', 2, { waves });
    const upgrade = { body: body as never };
    expect(ids('carol', 'dave', 'bob', 'eve').map((id) => waveOf(upgrade, id))).toEqual([
      ...[0, 1, 2, 2],
    ]);
  });

  test('[U9] a turn that nobody has is no wave; one turn alone is no roll-out in waves', () => {
    expect(wavesByCohort([told('alice', 'late'), told('bob', 'early')])).toEqual([ids('bob')]);
    expect(wavesByCohort([told('alice', 'late'), told('bob', 'late')])).toEqual([]);
    expect(wavesByCohort([])).toEqual([]);
    expect(groupsByCohort([told('alice', null)])).toHaveLength(1);
  });
});

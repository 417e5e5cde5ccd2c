import { describe, expect, test } from 'vitest';
import type { CommandError } from '../../src/replica/commands.js';
import type { Result } from '../../src/core/base/result.js';
import { createHousehold } from './household.js';

const HALF = '\ud83d';
/** Cut at 64 units it would end in half of a character. */
const LONG = `${'x'.repeat(63)}\u{1f4f1}`;
const errorOf = (done: Result<unknown, CommandError>): CommandError | null =>
  done.ok ? null : done.error;

describe('names of devices', () => {
  test('[N9, F1] what no record can hold is refused where it is typed, and nothing changes', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    const refusals = [
      [' ', { kind: 'empty', field: 'name' }],
      [LONG, { kind: 'too-long', field: 'name', max: 64 }],
      [`phone ${HALF}`, { kind: 'ill-formed', field: 'name' }],
    ] as const;
    for (const [name, error] of refusals) {
      expect(errorOf(await alice.account.create(name))).toEqual(error);
    }
    expect(alice.view().stage).toBe('empty');
    await alice.account.create(' Alice phone ');
    await alice.devices.invite();
    const { pairing, devices } = alice.view();
    const code = pairing.kind === 'inviting' ? pairing.uri : '';
    const [own] = devices;
    expect(own?.name).toBe('Alice phone');
    for (const [name, error] of refusals) {
      expect(errorOf(await bob.devices.join(code, name))).toEqual(error);
      if (own === undefined) continue;
      expect(errorOf(await alice.devices.rename(own.id, name))).toEqual(error);
    }
    expect(bob.view().pairing.kind).toBe('idle');
    // The code is as good as before.
    await bob.devices.join(code, 'x'.repeat(64));
    await home.until('both compare', () => alice.view().pairing.kind === 'comparing');
  });
});

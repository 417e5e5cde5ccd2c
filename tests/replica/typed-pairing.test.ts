import { describe, expect, test } from 'vitest';
import { encodeShortCode, parseShortCode } from '../../src/core/links/short-code.js';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold } from './household.js';
import type { Household } from './household.js';

const failureOf = (replica: Replica) => {
  const { pairing } = replica.view();
  return pairing.kind === 'failed' ? pairing.reason : null;
};
const isComparing = (replica: Replica) => replica.view().pairing.kind === 'comparing';

/** Alice shows a code; Bob has no account yet. */
const begin = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  return { alice, bob, typed: await showTyped(alice) };
};

const showTyped = async (replica: Replica): Promise<string> => {
  await replica.devices.invite();
  const { pairing } = replica.view();
  if (pairing.kind !== 'inviting') throw new Error('it shows a code');
  return pairing.groups.join(' ');
};

/** A code for the same place with another secret, as somebody who guesses would type it. */
const guessed = (typed: string): string => {
  const read = parseShortCode(typed);
  if (!read.ok) throw new Error('the code reads');
  const secret = read.value.secret.replace(/./, (first) => (first === '7' ? '8' : '7'));
  return encodeShortCode({ ...read.value, secret }).join('-');
};

describe('pairing by a code that is typed', () => {
  test('[N9] sixteen characters bring a device in, with the same words on both screens', async () => {
    const home = createHousehold();
    const { alice, bob, typed } = await begin(home);
    expect((await bob.devices.join(typed.toLowerCase(), 'Bob phone')).ok).toBe(true);
    await home.until('both compare', () => [alice, bob].every(isComparing));
    const [left, right] = [alice.view().pairing, bob.view().pairing];
    if (left.kind !== 'comparing' || right.kind !== 'comparing') throw new Error('both compare');
    expect(left.words).toEqual(right.words);
    await bob.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('bob is in', () => bob.view().stage === 'member');
    expect(alice.view().devices.length).toBe(2);
  });

  test('[N9] one wrong try spends the code, and neither side hands anything over', async () => {
    const home = createHousehold();
    const { alice, bob, typed } = await begin(home);
    const eve = await home.start('eve');
    await eve.devices.join(guessed(typed), 'Eve phone');
    await home.until('alice is told', () => failureOf(alice) === 'code-guessed');
    await home.until('eve is told', () => failureOf(eve) === 'code-wrong');
    const lines = alice.view().activity.filter(({ kind }) => kind === 'pairing-failed');
    expect(lines.map(({ details }) => details['reason'])).toEqual(['code-guessed']);
    await bob.devices.join(typed, 'Bob phone');
    await home.until('the right code is spent too', () => failureOf(bob) === 'code-used');
    expect(await eve.devices.join(guessed(typed), 'Eve phone')).toEqual({
      ok: false,
      error: { kind: 'pairing', reason: 'code-used' },
    });
    expect(alice.view().devices.length).toBe(1);
    await bob.devices.join(await showTyped(alice), 'Bob phone');
    await home.until('a new code works', () => [alice, bob].every(isComparing));
  });

  test('[N2, N9] a relay between the two channels comes to no key with either', async () => {
    const home = createHousehold();
    const { alice, bob, typed } = await begin(home);
    home.network.swapFingerprints(true);
    await bob.devices.join(typed, 'Bob phone');
    await home.until('alice is told', () => failureOf(alice) === 'code-guessed');
    await home.until('bob is told', () => failureOf(bob) === 'code-wrong');
    expect(alice.view().devices.length).toBe(1);
  });

  test('[N9] a code that ran out, was called off or is mistyped is named as such', async () => {
    const home = createHousehold();
    const { alice, bob, typed } = await begin(home);
    const slip = [...typed].with(5, typed[5] === '7' ? '8' : '7').join('');
    expect(await bob.devices.join(slip, 'Bob phone')).toEqual({
      ok: false,
      error: { kind: 'pairing', reason: 'code-mistyped' },
    });
    home.clock.advance(601_000);
    await home.until('it ran out', () => failureOf(alice) === 'code-expired');
    await bob.devices.join(typed, 'Bob phone');
    await home.until('bob is told', () => failureOf(bob) === 'code-expired');
    const second = await showTyped(alice);
    await alice.devices.cancelPairing();
    await bob.devices.join(second, 'Bob phone');
    await home.until('bob is told again', () => failureOf(bob) === 'withdrawn');
  });

  test('[N9] a second device with the same code hears that it is used', async () => {
    const home = createHousehold();
    const { alice, bob, typed } = await begin(home);
    const carol = await home.start('carol');
    await bob.devices.join(typed, 'Bob phone');
    await home.until('both compare', () => [alice, bob].every(isComparing));
    await carol.devices.join(typed, 'Carol phone');
    await home.until('carol is told', () => failureOf(carol) === 'code-used');
    expect(isComparing(alice)).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { type Household, createHousehold, pair } from './household.js';
import { decisionOf, threeMembers } from './three-members.js';
import { idOf } from './with-liar.js';

/** So long the others have to answer here, so that no days have to pass. */
const APPROVAL_MS = 20_000;

/** Alice and Bob are members; Carol consented and waits for Bob, who was asked. */
const waitingCarol = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const carol = await home.start('carol');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await alice.devices.invite();
  const inviting = alice.view().pairing;
  if (inviting.kind !== 'inviting') throw new Error('alice shows a code');
  await carol.devices.join(inviting.uri, 'Carol laptop');
  await home.until('words', () => carol.view().pairing.kind === 'comparing');
  await carol.devices.confirmWords(true);
  await alice.devices.confirmWords(true);
  const asked = () => bob.view().decisions.find((each) => each.needsMe);
  await home.until('bob is asked', () => asked() !== undefined);
  /** What each of the two screens says, once the pairing is over. */
  const outcomes = async () => {
    const both = [alice, carol];
    await home.until('it is over', () =>
      both.every((each) => each.view().pairing.kind === 'failed'),
    );
    return both.map((each) => each.view().pairing);
  };
  return { alice, bob, asked, outcomes };
};

/** What both are told. */
const told = (reason: string) => [
  { kind: 'failed', role: 'inviter', reason },
  { kind: 'failed', role: 'newcomer', reason },
];

describe('a joining that came to nothing says why', () => {
  test('[C3, N9] the others said no', async () => {
    const home = createHousehold();
    const { bob, asked, outcomes } = await waitingCarol(home);
    const decision = asked();
    if (decision !== undefined) await bob.decisions.refuse(decision.id, 'not her');
    expect(await outcomes()).toEqual(told('refused-by-members'));
  });

  test('[C5, N9] nobody said no, and nobody answered in time', async () => {
    const home = createHousehold({ timing: { approvalMs: APPROVAL_MS } });
    const { outcomes } = await waitingCarol(home);
    expect(await outcomes()).toEqual(told('lapsed'));
  });

  test('[C5, N9] the devices changed meanwhile, so that it would have to be asked anew', async () => {
    const home = createHousehold();
    const { alice, bob, outcomes } = await waitingCarol(home);
    const renamed = await bob.devices.rename(idOf(bob), 'Bob new');
    if (!renamed.ok) throw new Error(renamed.error.kind);
    const seen = () => alice.view().decisions.find((each) => each.id === renamed.value);
    await home.until('alice is asked', () => seen() !== undefined);
    await alice.decisions.approve(renamed.value, '');
    expect(await outcomes()).toEqual(told('superseded'));
  });

  test('[A9, N9] new keys for a device that somebody stopped are waited for no more', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const again = await home.start('bob anew');
    await alice.devices.invite(idOf(bob));
    const code = alice.view().pairing;
    await again.devices.join(code.kind === 'inviting' ? code.uri : '', 'Bob phone');
    await home.until('both compare', () =>
      [alice, again].every((each) => each.view().pairing.kind === 'comparing'),
    );
    await again.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('carol is asked', () => decisionOf(carol)?.approveBlocker === null);
    const stopped = await carol.decisions.veto(decisionOf(carol)!.id, 'it is in his hand');
    expect(stopped.ok).toBe(true);
    await home.until('it is over', () =>
      [alice, again].every((each) => each.view().pairing.kind === 'failed'),
    );
    expect([alice, again].map((each) => each.view().pairing)).toEqual(told('refused-by-members'));
  });
});

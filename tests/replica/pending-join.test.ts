import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import { KEYS } from '../../src/replica/storage/rows.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, titlesOf } from './with-liar.js';

/** Alice and Bob are members; Carol consented and waits for Bob, who has not looked yet. */
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
  await home.until('carol waits', () => carol.view().pairing.kind === 'waiting');
  return { alice, bob, carol };
};

/** The transport of a device whose words to newcomers come harmed from some moment on. */
const harmedWords = (transport: Transport, isHarmed: () => boolean): Transport => ({
  ...transport,
  join: (config, onChannel) =>
    transport.join(config, (channel) =>
      onChannel({
        ...channel,
        send: (bytes) =>
          channel.send(
            config.purpose === 'pairing' && isHarmed() ? Uint8Array.of(255, 255, 255) : bytes,
          ),
      }),
    ),
});

/** So long the others have to answer here, so that no days have to pass. */
const APPROVAL_MS = 40_000;

/** What a newcomer knows of a question whose end it may not hear. */
const outOfSightOf = (replica: Replica) => {
  const { pairing } = replica.view();
  return pairing.kind === 'waiting' ? pairing.outOfSight : undefined;
};

const openDecision = (replica: Replica) => replica.view().decisions.find((each) => each.needsMe);

describe('a newcomer that sleeps while the others decide', () => {
  test('[A2, N9] it closes after its consent, is agreed to, and comes back as a member', async () => {
    const home = createHousehold();
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const decision = openDecision(bob);
    expect(decision?.subject.kind).toBe('roster');
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('three members', () => alice.view().devices.length === 3);
    const carol = await home.start('carol');
    await home.until('carol is in', () => carol.view().stage === 'member');
    await home.until('in step', () =>
      [alice, bob, carol].every((each) => each.view().sync.inStepCount === 3),
    );
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
  });

  test('[A2, N9] it comes back before the others have decided, and waits on', async () => {
    const home = createHousehold();
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const carol = await home.start('carol');
    expect(carol.view().stage).toBe('pairing');
    expect(carol.view().pairing.kind).toBe('waiting');
    const created = await carol.records.create({ title: 'too early', text: '', labels: [] });
    expect(created.ok).toBe(false);
    const decision = openDecision(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('carol is in', () => carol.view().stage === 'member');
    expect(alice.view().devices.length).toBe(3);
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
  });

  test('[A2, N9] a harmed word after its consent undoes nothing: it waits, and is met', async () => {
    let isHarmed = false;
    const home = createHousehold({
      wire: (name, transport) =>
        name === 'alice' ? harmedWords(transport, () => isHarmed) : transport,
    });
    const { alice, bob } = await waitingCarol(home);
    isHarmed = true;
    const decision = openDecision(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('three members', () => alice.view().devices.length === 3);
    await home.until('in step', () => alice.view().sync.inStepCount === 3);
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
  });

  test('[C3] it gives up waiting and is as it was before', async () => {
    const home = createHousehold();
    await waitingCarol(home);
    await home.stop('carol');
    const carol = await home.start('carol');
    await carol.devices.cancelPairing();
    expect(carol.view().stage).toBe('empty');
    await home.stop('carol');
    const again = await home.start('carol');
    expect(again.view().stage).toBe('empty');
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
  });

  test('[A2, N9] it gave up, was made a member all the same, and finishes with a new code', async () => {
    const home = createHousehold();
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const decision = openDecision(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('three members', () => alice.view().devices.length === 3);
    home.network.partition(['carol'], ['alice', 'bob']);
    const carol = await home.start('carol');
    await carol.devices.cancelPairing();
    expect(carol.view().stage).toBe('empty');
    home.network.heal();
    const epoch = alice.view().account?.identityEpoch;
    await pair(home, alice, carol, 'Carol laptop');
    await carol.records.create({ title: 'from carol', text: '', labels: [] });
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect(alice.view().account?.identityEpoch).toBe(epoch);
    expect(bob.view().devices.length).toBe(3);
    expect(titlesOf(bob)).toEqual(['from carol']);
  });

  test('[A3, N9] its inviter dies and it gives up: the same record is gone on with', async () => {
    const home = createHousehold();
    const { bob } = await waitingCarol(home);
    home.crash('alice');
    await home.stop('carol');
    const alice = await home.start('alice');
    const carol = await home.start('carol');
    await carol.devices.cancelPairing();
    expect(carol.view().stage).toBe('empty');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect(bob.view().decisions.filter(({ subject }) => subject.kind === 'roster').length).toBe(2);
    expect(alice.view().devices.length).toBe(3);
  });

  test('[C3, F9] what it withdrew while the other side was there stays withdrawn over a restart', async () => {
    const home = createHousehold();
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const carol = await home.start('carol');
    await carol.devices.cancelPairing();
    await alice.devices.cancelPairing();
    await alice.devices.invite();
    const inviting = alice.view().pairing;
    if (inviting.kind !== 'inviting') throw new Error('alice shows a code');
    await carol.devices.join(inviting.uri, 'Carol laptop');
    await home.until('words', () => carol.view().pairing.kind === 'comparing');
    await carol.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('carol waits', () => carol.view().pairing.kind === 'waiting');
    await carol.devices.cancelPairing();
    await home.stop('carol');
    const again = await home.start('carol');
    expect(again.view().stage).toBe('empty');
    await pair(home, alice, again, 'Carol laptop', [bob]);
  });

  test('[A2, F9] it dies between the record and its last word, and starts with nobody there', async () => {
    const home = createHousehold();
    const { bob } = await waitingCarol(home);
    await home.stop('carol');
    const waiting = home.disk('carol').rowsOf('profile').get(KEYS.pending)?.slice();
    const decision = openDecision(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    const carol = await home.start('carol');
    await home.until('carol is in', () => carol.view().stage === 'member');
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
    home
      .disk('carol')
      .rowsOf('profile')
      .set(KEYS.pending, waiting ?? new Uint8Array());
    const again = await home.start('carol');
    expect(again.view().stage).toBe('member');
    expect((await again.records.create({ title: 'alone', text: '', labels: [] })).ok).toBe(true);
  });

  test('[C5, N9] it is told that only a yes reaches it now, and by when the question has run out', async () => {
    const home = createHousehold({ timing: { approvalMs: APPROVAL_MS } });
    const { carol } = await waitingCarol(home);
    expect(outOfSightOf(carol)).toBeUndefined();
    const askedMs = home.clock.wallMs();
    await home.stop('carol');
    const again = await home.start('carol');
    const told = outOfSightOf(again);
    expect(told?.lapsesMs).toBeGreaterThan(askedMs);
    expect(told?.lapsesMs).toBeLessThanOrEqual(askedMs + APPROVAL_MS);
    await home.stop('carol');
    expect(outOfSightOf(await home.start('carol'))).toEqual(told);
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
  });

  test('[C5, N9] its inviter goes while it looks on: it is told the same', async () => {
    const home = createHousehold();
    const { carol } = await waitingCarol(home);
    home.crash('alice');
    await home.until('carol is told', () => outOfSightOf(carol) !== undefined);
    expect(carol.view().pairing.kind).toBe('waiting');
  });

  test('[C5, N9] what ran out unheard is asked anew with a new code', async () => {
    const home = createHousehold({ timing: { approvalMs: APPROVAL_MS } });
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const carol = await home.start('carol');
    await home.pass(APPROVAL_MS + 1);
    expect(outOfSightOf(carol)?.lapsesMs).toBeLessThan(home.clock.wallMs());
    expect(alice.view().pairing).toMatchObject({ kind: 'failed', reason: 'lapsed' });
    await carol.devices.cancelPairing();
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    expect(bob.view().devices.length).toBe(3);
  });

  test('[A2, C5, N9] a yes in time lets it in, however late it hears of it', async () => {
    const home = createHousehold({ timing: { approvalMs: APPROVAL_MS } });
    const { alice, bob } = await waitingCarol(home);
    await home.stop('carol');
    const decision = openDecision(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('three members', () => alice.view().devices.length === 3);
    await home.pass(APPROVAL_MS + 1);
    const carol = await home.start('carol');
    await home.until('carol is in', () => carol.view().stage === 'member');
  });
});

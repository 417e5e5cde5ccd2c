import { describe, expect, test } from 'vitest';
import { encodePromise } from '../../src/core/authority/ballot.js';
import { encodeRosterRecord } from '../../src/core/authority/roster.js';
import { createLiar, createPen } from './liar.js';
import { areOne, errorOf, namesOn, part } from './parted.js';
import { type LaterBallot, promisesIn, rivalBy } from './rivals.js';
import { epochOf, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

/** Three members, the second of whom is a liar from now on. */
const withLiar = async () => {
  const three = await threeMembers();
  await three.home.stop('bob');
  const liar = await createLiar(three.home, 'bob');
  const rename = (name: string) => ({ rename: [{ device: liar.device, name }] });
  const one = await rivalBy(liar, 'one', rename('Bob one'), ['alice', 'bob']);
  return { ...three, liar, rename, one, common: liar.holdings.chain() };
};

/** Two of three unite the lists and go on; whoever hid a vote stays, and had no say. */
const uniteBy = async (
  { home, alice, carol }: Pick<Awaited<ReturnType<typeof withLiar>>, 'home' | 'alice' | 'carol'>,
  epoch: number,
): Promise<void> => {
  const { merging } = alice.view();
  expect(merging).toMatchObject({ needed: 2, blocker: null });
  expect(merging?.deciders.map(({ device }) => device)).toEqual([alice, carol].map(idOf).sort());
  expect((await carol.devices.mergeFork([])).ok).toBe(true);
  await sayYes(home, alice, carol);
  await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
  expect(epochOf(alice)).toBe(epoch + 1);
  expect(titlesOf(carol)).toEqual(['of alice', 'of carol', 'old']);
  expect(namesOn(carol)).toContain('Carol laptop');
  expect((await alice.records.create(draftOf('after it'))).ok).toBe(true);
  await home.until('they go on', () => titlesOf(carol).includes('after it'));
};

describe('a vote that a promise for a later ballot hides', () => {
  test('[A3, A12] shows its device, so that the others bring both lists together', async () => {
    const { home, alice, carol, liar, rename, one, common } = await withLiar();
    const voters = ['bob', 'carol'];
    const later = { round: 1, by: 'carol', promises: voters.map((name) => [name, null] as const) };
    const two = await rivalBy(liar, 'two', rename('Bob two'), voters, common.tip, later);
    await part(
      home,
      liar,
      { at: ['alice', alice], records: [one] },
      { at: ['carol', carol], records: [two] },
    );
    expect(alice.view().forks).toMatchObject([{ votedTwice: [], brokePromise: [liar.device] }]);
    await uniteBy({ home, alice, carol }, two.record.epoch);
    liar.leave();
    const bob = await home.start('bob');
    await home.until('its own device follows', () => areOne(alice, carol, bob));
    expect(bob.view().decisions.filter(({ stage }) => stage === 'open')).toEqual([]);
  });

  //  round 0: alice, bob ── ONE came about
  //  round 1: bob promises and hides it; carol votes for TWO; it comes to nothing
  //  round 2: bob tells it now, carol her later one, which has to be repeated: TWO came about
  test('[A3, A12] shows it too where only a ballot that came to nothing has that promise', async () => {
    const { home, alice, carol, liar, rename, one, common } = await withLiar();
    const voters = ['bob', 'carol'];
    const { tip, tipHash } = common;
    const two = (later?: LaterBallot) =>
      rivalBy(liar, 'two', rename('Bob two'), voters, tip, later);
    const { hash, record } = await two();
    const silent = { round: 1, by: 'bob', promises: voters.map((name) => [name, null] as const) };
    const told = {
      ...{ round: 2, by: 'carol' },
      promises: [
        ['bob', { round: 0, proposer: idOf(alice), record: one.hash }],
        ['carol', { round: 1, proposer: liar.device, record: hash }],
      ],
    } as const;
    await part(
      home,
      liar,
      { at: ['alice', alice], records: [one] },
      { at: ['carol', carol], records: [await two(told)] },
    );
    expect(alice.view().forks).toMatchObject([{ votedTwice: [], brokePromise: [] }]);
    expect(await alice.devices.mergeFork([])).toEqual(errorOf('merge-not-shown'));
    const promises = (await promisesIn(liar.holdings, tipHash, silent)).map(encodePromise);
    const pen = createPen(liar, 'the ballot between');
    pen.write({
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(record), envelopes: [] },
      ...{ consents: [], comment: '', expires: home.clock.wallMs() + 3_600_000 },
      ...{ round: silent.round, promises },
    });
    // What somebody made up in another's name says nothing of that one.
    const other = await rivalBy(liar, 'other', rename('Bob three'), voters, tip);
    const [own] = await promisesIn(liar.holdings, tipHash, silent);
    if (own === undefined) throw new Error('it is his own');
    pen.write({
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(other.record), envelopes: [] },
      ...{ consents: [], comment: '', expires: home.clock.wallMs() + 3_600_000 },
      ...{ round: silent.round, promises: [encodePromise({ ...own, signer: idOf(alice) })] },
    });
    for (const to of [alice, carol]) {
      liar.to(idOf(to)).say({ kind: 'runs', runs: [await pen.run()] });
    }
    const isShown = () => [alice, carol].every((each) => each.view().merging?.blocker === null);
    await home.until('it is shown', isShown);
    expect(alice.view().forks).toMatchObject([{ votedTwice: [], brokePromise: [liar.device] }]);
    await uniteBy({ home, alice, carol }, record.epoch);
  });
});

import { describe, expect, test } from 'vitest';
import { encodePromise } from '../../src/core/authority/ballot.js';
import { matchNumberOf } from '../../src/core/authority/danger.js';
import type { RosterChange } from '../../src/core/authority/roster-plan.js';
import { encodeRosterRecord } from '../../src/core/authority/roster.js';
import { rosterStatement, statementHashOf } from '../../src/core/authority/statement.js';
import type { DeviceId, StatementHash } from '../../src/core/base/brands.js';
import { sha256 } from '../../src/core/base/hash.js';
import type { Replica } from '../../src/replica/commands.js';
import { sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import { createLiar, createPen } from './liar.js';
import { promisesIn, rivalBy } from './rivals.js';
import { DANGER_MS, dangerAt, decisionOf, threeMembers } from './three-members.js';
import { idOf } from './with-liar.js';

/** So long promises that may free a record are waited for. */
const MORE_PROMISES_MS = 10_000;

/**
 * Three members, the second of whom is a liar from now on. It opens ballots for one change, and
 * says of each, with alice’s promise and its own, that a vote of its own before forces that change.
 */
const withClaims = async (change: (carol: DeviceId) => RosterChange) => {
  const three = await threeMembers();
  const { home, alice, carol } = three;
  await home.stop('bob');
  const liar = await createLiar(home, 'bob');
  const { tipHash: roster, tip } = liar.holdings.chain();
  const { account } = liar.holdings;
  const devices = [alice, carol].map(idOf);
  const [admin] = devices;
  if (admin === undefined) throw new Error('alice is the admin');
  const { record, hash } = await rivalBy(liar, 'claimed', change(idOf(carol)), ['bob']);
  const secret = sha256(new TextEncoder().encode('claimed'));
  const envelopes = await sealSecret(liar.keys.sealer, account, record.members, secret);
  const pen = createPen(liar, 'claims');
  const said = {
    ...({ kind: 'roster.proposed', record: encodeRosterRecord(record), consents: [] } as const),
    ...{ comment: '', expires: home.clock.wallMs() + 3_600_000 },
  };
  const idIn = (round: number): StatementHash => {
    const ballot = { round, proposer: liar.device, record: hash };
    return statementHashOf(rosterStatement({ account, epoch: tip.epoch, roster, ...ballot }));
  };
  const tell = async (): Promise<void> => {
    await home.until('the liar is connected', () => liar.isLinkedTo(admin));
    const run = await pen.run();
    for (const to of devices)
      if (liar.isLinkedTo(to)) liar.to(to).say({ kind: 'runs', runs: [run] });
    await home.pass(300);
  };
  return {
    ...three,
    ...{ idIn, number: matchNumberOf(hash) },
    open: (round: number): Promise<void> => {
      pen.write({ ...said, envelopes, round, promises: [] });
      return tell();
    },
    claim: async (round: number): Promise<void> => {
      const last = { round: 0, proposer: admin, record: hash };
      const promises = await promisesIn(liar.holdings, roster, {
        ...{ round, by: 'bob', promises: [['alice', null] as const, ['bob', last] as const] },
      });
      pen.write({ ...said, envelopes: [], round, promises: promises.map(encodePromise) });
      return tell();
    },
    /** In a ballot of alice’s. */
    promiseHer: async (round: number): Promise<void> => {
      const last = { round: 1, proposer: liar.device, record: hash };
      const [promise] = await promisesIn(liar.holdings, roster, {
        ...{ round, by: 'alice', promises: [['bob', last] as const] },
      });
      if (promise === undefined) throw new Error('it is his own');
      pen.write({ kind: 'roster.promised', promise: encodePromise(promise) });
      return tell();
    },
  };
};

const hasVoted = (replica: Replica, id: StatementHash): boolean =>
  decisionOf(replica, id)?.answers.some(
    ({ device, answer }) => device === idOf(replica) && answer === 'yes',
  ) === true;

const raised = (): RosterChange => ({ thresholds: { snapshot: 3, governance: 3 } }) as never;

describe('a vote that one member claims to have given', () => {
  test('[A9, A3] shortens no delay: what it would force waits on each device all the same', async () => {
    const { home, alice, idIn, number, open, claim } = await withClaims((carol) => ({
      remove: [carol],
    }));
    await home.stop('carol');
    await open(1);
    await claim(1);
    expect((await alice.decisions.approve(idIn(1), '', number)).ok).toBe(true);
    await home.pass(DANGER_MS - 1_500);
    expect(dangerAt(alice)?.votesAtMs).toBeGreaterThan(home.clock.wallMs());
    expect(hasVoted(alice, idIn(1))).toBe(false);
    // It may have been chosen, so it can still come about.
    await home.until('she votes', () => hasVoted(alice, idIn(1)));
  });

  test('[A9, A3] takes nothing from a veto once the promise of a third member frees the ballot', async () => {
    const { home, alice, carol, idIn, number, open, claim } = await withClaims(raised);
    await open(1);
    expect((await alice.decisions.approve(idIn(1), '', number)).ok).toBe(true);
    expect((await carol.decisions.veto(idIn(1), 'no')).ok).toBe(true);
    await home.until('heard', () => dangerAt(alice)?.vetoedBy === idOf(carol));
    await claim(1);
    await home.pass(DANGER_MS + 2 * MORE_PROMISES_MS);
    expect(hasVoted(alice, idIn(1))).toBe(false);
    expect(dangerAt(alice)?.vetoedBy).toBe(idOf(carol));
  });

  test('[A9, A3] nor where that member hears of the ballot when its record is said already', async () => {
    const { home, alice, idIn, number, open, claim } = await withClaims(raised);
    await home.stop('carol');
    await open(1);
    await claim(1);
    expect((await alice.decisions.approve(idIn(1), '', number)).ok).toBe(true);
    const carol = await home.start('carol');
    await home.until('she hears', () => decisionOf(carol, idIn(1)) !== undefined);
    expect((await carol.decisions.veto(idIn(1), 'no')).ok).toBe(true);
    await home.pass(DANGER_MS + 2 * MORE_PROMISES_MS);
    expect(hasVoted(alice, idIn(1))).toBe(false);
    expect(dangerAt(alice)?.vetoedBy).toBe(idOf(carol));
  });

  test('[A3, A9] outweighs a veto where who might free the ballot is silent, not at once', async () => {
    const { home, alice, carol, idIn, number, open, claim } = await withClaims(raised);
    await open(1);
    expect((await alice.decisions.approve(idIn(1), '', number)).ok).toBe(true);
    expect((await carol.decisions.veto(idIn(1), 'no')).ok).toBe(true);
    await home.until('heard', () => dangerAt(alice)?.vetoedBy === idOf(carol));
    await home.stop('carol');
    await home.pass(DANGER_MS);
    await open(2);
    await claim(2);
    await home.pass(MORE_PROMISES_MS - 2_000);
    expect(hasVoted(alice, idIn(2))).toBe(false);
    // With a member out of reach it may have been chosen: the account has to be able to go on.
    await home.until('she votes', () => hasVoted(alice, idIn(2)));
  });

  //  ballot 1: bob asks for thresholds, carol vetoes them and goes
  //  ballot 2: alice asks for a name; by bob’s word the thresholds have to be repeated; carol is back
  //  ballot 3: nobody has to repeat anything
  test('[A3, A9] keeps nothing else from going on once it is shown to force nothing', async () => {
    const { home, alice, carol, idIn, open, promiseHer } = await withClaims(raised);
    await open(1);
    expect((await carol.decisions.veto(idIn(1), 'no')).ok).toBe(true);
    await home.until('heard', () => dangerAt(alice)?.vetoedBy === idOf(carol));
    await home.stop('carol');
    expect((await alice.devices.rename(idOf(alice), 'Alice new')).ok).toBe(true);
    await promiseHer(2);
    await home.pass(MORE_PROMISES_MS + 1_000);
    const again = await home.start('carol');
    const renaming = () =>
      again.view().decisions.findLast(({ stage, subject }) => {
        const isIt = subject.kind === 'roster' && subject.renamed[0]?.to === 'Alice new';
        return stage === 'open' && isIt;
      });
    await home.until('she is asked', () => renaming()?.approveBlocker === null);
    const id = renaming()?.id;
    expect(id !== undefined && (await again.decisions.approve(id, '')).ok).toBe(true);
    const isNamed = (replica: Replica): boolean =>
      replica.view().devices.some(({ name }) => name === 'Alice new');
    await home.until('renamed', () => [alice, again].every(isNamed));
  });
});

import { createMemoryKeys } from '../../../src/adapters/memory/memory-keys.js';
import type { Replica } from '../../../src/replica/commands.js';
import { createLiar, createPen } from '../../replica/liar.js';
import { type LyingHousehold, askedOf, draftOf } from '../../replica/with-liar.js';
import { idOf, lyingHousehold, titlesOf } from '../../replica/with-liar.js';
import { DANGER_MS, sayYes, threeMembers } from '../../replica/three-members.js';
import type { Try, Tries } from './peer.js';

const LIE = 'lie';
const record = (title: string) => ({
  kind: 'record.created' as const,
  ...{ title, text: '', labels: [] },
});

/** What two honest devices make of a third one whose keys are in the hands of a liar. */
export const tryUpkeep = async (): Promise<Tries> => {
  const all = await lyingHousehold();
  return {
    'forged signature': await tryForging(all),
    'author impersonated': await tryImpersonating(all),
    'deletion by a stranger': await tryDeleting(all),
    'pruned facts again': await tryPruned(all),
    equivocation: await tryEquivocating(await lyingHousehold()),
    'removed device writes': await tryRemoved(),
  };
};

/** Honest traffic passes, and then there is nothing of the lie. */
const judged = async (all: LyingHousehold, title: string, why: string): Promise<Try> => {
  await all.converge(`after ${title}`);
  const isTaken = [all.alice, all.bob].some((each) => titlesOf(each).includes(title));
  return isTaken ? { is: 'taken', why: 'in silence' } : { is: 'refused', why };
};

const reasonOf = ({ lines, alice }: LyingHousehold): string =>
  String(lines(alice, 'fact-refused')[0]?.details['reason'] ?? 'it is not allowed');

const tryForging = async (all: LyingHousehold): Promise<Try> => {
  const pen = createPen(all.mallory, 'forged');
  pen.write(record('forged'));
  const run = await pen.run();
  const signatures = [{ seq: 1, signature: new Uint8Array(64).fill(7) }];
  all.mallory.to(idOf(all.alice)).say({ kind: 'runs', runs: [{ ...run, signatures }] });
  await all.home.pass(1_000);
  return judged(all, 'forged', `${reasonOf(all)}, in the log`);
};

const tryImpersonating = async (all: LyingHousehold): Promise<Try> => {
  const pen = createPen(all.mallory, 'framed');
  pen.write(record('framed'), { author: idOf(all.alice) });
  all.mallory.to(idOf(all.alice)).say({ kind: 'runs', runs: [await pen.run()] });
  await all.home.pass(1_000);
  return judged(all, 'framed', `${reasonOf(all)}, in the log`);
};

/** A member carries what one who is no member signed. */
const tryDeleting = async (all: LyingHousehold): Promise<Try> => {
  const made = await all.alice.records.create(draftOf('shared'));
  await all.converge('the record is there');
  if (!made.ok) throw new Error(made.error.kind);
  const [session = '', seq = ''] = made.value.split(':');
  const keys = createMemoryKeys('a stranger');
  const pen = createPen({ ...all.mallory, keys, device: keys.signer.device }, 'stranger');
  pen.write({ kind: 'record.removed', record: { session: session as never, seq: Number(seq) } });
  all.mallory.to(idOf(all.alice)).say({ kind: 'runs', runs: [await pen.run()] });
  await all.home.pass(1_000);
  await all.converge('after the deletion');
  const isGone = [all.alice, all.bob].some((each) => !titlesOf(each).includes('shared'));
  if (isGone) return { is: 'taken', why: 'in silence' };
  return { is: 'refused', why: "whoever is no member counts for nothing; a member's is a fact" };
};

const snapshotOf = async ({ home, alice, bob }: LyingHousehold): Promise<void> => {
  const done = await alice.snapshots.propose('');
  if (!done.ok) throw new Error(done.error.kind);
  const asked = () => askedOf(bob);
  await home.until('bob is asked', () => asked() !== undefined);
  await bob.decisions.approve(asked()?.id as never, '');
  const hasPruned = (each: Replica): boolean => each.view().snapshots[0]?.isHeld === true;
  await home.until('both let go', () => [alice, bob].every(hasPruned));
};

const tryPruned = async (all: LyingHousehold): Promise<Try> => {
  const { home, alice, mallory } = all;
  const pen = createPen(mallory, 'pruned');
  pen.write(record(LIE));
  const old = await pen.run();
  await all.meet(alice);
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [old] });
  await home.until('it is there', () => titlesOf(alice).includes(LIE));
  const key = alice.view().records.find(({ title }) => title === LIE)?.key ?? '';
  await alice.records.remove(key);
  await all.converge('it is removed');
  await snapshotOf(all);
  await all.meet(alice);
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [old] });
  await home.pass(2_000);
  return judged(all, LIE, 'the cut covers it');
};

const tryEquivocating = async (all: LyingHousehold): Promise<Try> => {
  const { home, mallory, alice, bob } = all;
  const left = createPen(mallory, 'two stories');
  const right = left.fork(0);
  left.write(record('to alice'));
  right.write(record('to bob'));
  home.network.partition(['alice'], ['bob']);
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await left.run()] });
  mallory.to(idOf(bob)).say({ kind: 'runs', runs: [await right.run()] });
  await home.until('each has its own', () => titlesOf(alice).includes('to alice'));
  home.network.heal();
  const isTold = (each: Replica): boolean =>
    each.view().problems.some(({ kind }) => kind === 'equivocation');
  await home.pass(10_000);
  const isSame = titlesOf(alice).join() === titlesOf(bob).join();
  const why = `the two ${isSame ? 'agree' : 'stay different'}`;
  if (![alice, bob].every(isTold)) return { is: 'taken', why };
  return { is: 'detected', why: `${why}, neither story counts, both show the proof` };
};

/** The others remove a device; a member then carries what it wrote under its old membership. */
const tryRemoved = async (): Promise<Try> => {
  const { home, alice, bob } = await threeMembers();
  await home.stop('carol');
  const removed = await createLiar(home, 'carol');
  const pen = createPen(removed, 'after the removal');
  pen.write(record(LIE));
  const run = await pen.run();
  removed.leave();
  await alice.devices.remove(removed.device, 'stolen');
  await sayYes(home, bob, alice);
  await home.pass(DANGER_MS);
  const hasHeard = (each: Replica): boolean => each.view().devices.length === 2;
  await home.until('both know', () => [alice, bob].every(hasHeard));
  await home.stop('bob');
  const carrier = await createLiar(home, 'bob');
  await home.until('bob is there', () => carrier.isLinkedTo(idOf(alice)));
  carrier.to(idOf(alice)).say({ kind: 'runs', runs: [run] });
  await home.pass(3_000);
  await alice.records.create(draftOf('after it'));
  const titles = titlesOf(alice);
  if (!titles.includes('after it')) throw new Error('honest writing goes on');
  if (titles.includes(LIE)) return { is: 'taken', why: 'in silence' };
  return {
    is: 'refused',
    why: 'the record that removed it closed its sessions, whatever the date',
  };
};

import type { RecoveryKeyOffer } from '../../replica/commands.js';
import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { Able, RosterScene } from './roster-acts.js';
import { membersMin, otherThan, replicaWith } from './roster-acts.js';

/** A key on paper, in the drawer beside the device that made it: typed in nowhere else. */
interface Paper {
  readonly offer: RecoveryKeyOffer;
  readonly holder: SimDevice;
}

/**
 * In half of the runs people keep a recovery key and use it where others do not answer (rule A5),
 * and let a device in with new keys in the place of another (rules F5, F6).
 *
 * Draws from a stream of its own.
 */
export const armPaper = (given: RosterScene, able: () => readonly Able[]): (() => void) => {
  const scene = { ...given, chance: given.chance.fork('paper') };
  const { chance } = scene;
  const papers: Paper[] = [];
  if (!chance.happens(0.5)) return () => undefined;

  const write = ({ device }: Able): void =>
    scene.persons.issue(
      device,
      'writes a recovery key down',
      replicaWith(device).devices.addRecoveryKey(),
      (offer) => void papers.push({ offer, holder: device }),
    );

  const type = (): void => {
    const paper = papers.findLast(({ offer, holder }) => {
      const view = replicaOf(holder)?.view();
      return view?.recovery?.member != null && stageOf(view, offer) === 'completed';
    });
    const at = able().find(({ device }) => device === paper?.holder);
    if (paper === undefined || at === undefined) return;
    const change = changeFor(scene, at.view);
    if (change === null) return;
    const text = paper.offer.words.join(' ');
    const used = replicaWith(at.device).devices.useRecoveryKey(text, change);
    const what = 'approve' in change ? 'for what it agreed to' : 'to take a lost device out';
    scene.persons.issue(at.device, `types its recovery key ${what}`, used);
  };

  return () => {
    if (!chance.happens(0.08)) return;
    const all = able();
    if (all.length === 0) return;
    const asked = chance.weighed([
      [2, write],
      [3, type],
      [2, (each: Able) => renew(scene, each)],
    ] as const);
    asked?.(chance.pick(all));
  };
};

const stageOf = ({ decisions }: View, { decision }: RecoveryKeyOffer): string | undefined =>
  decisions.find(({ id }) => id === decision)?.stage;

/** A change that this device said yes to and that still lacks others, or taking one out. */
const changeFor = (scene: RosterScene, view: View) => {
  const agreed = view.decisions.find(
    ({ stage, subject, answers }) =>
      stage === 'open' &&
      subject.kind === 'roster' &&
      answers.some(({ device, answer }) => device === view.account?.me && answer === 'yes'),
  );
  if (agreed !== undefined) return { approve: agreed.id };
  const lost = otherThan(scene, view);
  return lost === null || view.devices.length <= membersMin(scene) ? null : { remove: [lost] };
};

/** Somebody who has no account yet comes in the place of a member, of one in trouble rather. */
const renew = (scene: RosterScene, { device, view }: Able): void => {
  const { world, persons, chance } = scene;
  const empty = world.devices.filter(
    (each) => !each.isLiar && replicaOf(each)?.view().stage === 'empty',
  );
  const troubled = view.problems.flatMap((each) =>
    each.kind === 'equivocation' && each.device !== view.account?.me ? [each.device] : [],
  );
  const replaced = troubled[0] ?? otherThan(scene, view);
  if (empty.length === 0 || replaced === null) return;
  persons.pair(device, chance.pick(empty), replaced);
};

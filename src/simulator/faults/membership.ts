import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { Fault } from './fault.js';
import { armGhosts } from './ghosts.js';
import { ROSTER_ACTS, type RosterScene, guessNumber, vetoSomething } from './roster-acts.js';

/**
 * The devices of the account change while it is in use: they are removed, gain and lose what they
 * may do, and so do those who remove them; two change the roster at once; one misses all of it.
 *
 * Persons answer as they attend to their screens, and by chance here too, since what is dangerous
 * takes more than one of them. Whoever is out comes back, and not always as a friend.
 */
export const membership: Fault = (given) => {
  const { chance } = given;
  const scene: RosterScene = { ...given, liarsMax: liarsMaxOf(given) };
  const ghosts = armGhosts(scene);
  const absence = armAbsence(scene);
  const likely = chance.pick([0.03, 0.06, 0.12]);
  return {
    step: () => {
      if (chance.happens(likely)) act(scene);
      if (chance.happens(0.08)) some(scene, (device, view) => vetoOrGuess(scene, device, view));
      if (chance.happens(0.3)) for (const { device } of able(scene)) scene.persons.attend(device);
      absence();
      ghosts.step();
    },
    end: ghosts.end,
  };
};

/** Where no other member lies, a former admin may. */
const liarsMaxOf = ({ faults, chance }: Parameters<Fault>[0]): number => {
  if (faults.includes('colluders')) return 2;
  return faults.includes('liar') || chance.happens(0.4) ? 1 : 0;
};

interface Able {
  readonly device: SimDevice;
  readonly view: View;
}

/** Honest members that run, and what their screens show. */
const able = ({ honest }: RosterScene): readonly Able[] =>
  honest().flatMap((device) => {
    const view = replicaOf(device)?.view();
    return view?.stage === 'member' && view.account !== null ? [{ device, view }] : [];
  });

const some = (scene: RosterScene, run: (device: SimDevice, view: View) => void): void => {
  const all = able(scene);
  if (all.length === 0) return;
  const { device, view } = scene.chance.pick(all);
  run(device, view);
};

/** One person asks for something; now and then another one does too, before it has heard of it. */
const act = (scene: RosterScene): void => {
  const { chance } = scene;
  const times = chance.happens(0.35) ? 2 : 1;
  for (let time = 0; time < times; time += 1) {
    const asked = chance.weighed(ROSTER_ACTS);
    some(scene, (device, view) => asked?.(scene, device, view));
  }
};

const vetoOrGuess = (scene: RosterScene, device: SimDevice, view: View): void =>
  scene.chance.happens(0.2) ? vetoSomething(scene, device, view) : guessNumber(scene, device, view);

/** A member is out of reach while the keys of the account change, and finds the others again. */
const armAbsence = (scene: RosterScene): (() => void) => {
  const { world, chance } = scene;
  let away: SimDevice | null = null;
  return () => {
    if (away !== null && chance.happens(0.06)) {
      world.note(`${away.name} is back`);
      world.network.setOnline(away.name, true);
      away = null;
    } else if (away === null && chance.happens(0.02)) {
      const all = able(scene);
      if (all.length < 3) return;
      away = chance.pick(all).device;
      const stays = all.find(({ device }) => device !== away);
      world.note(`${away.name} goes away`);
      world.network.setOnline(away.name, false);
      const keys = stays === undefined ? null : replicaOf(stays.device);
      if (stays === undefined || keys === null) return;
      scene.persons.issue(stays.device, 'asks for new keys', keys.devices.rotateKeys());
    }
  };
};

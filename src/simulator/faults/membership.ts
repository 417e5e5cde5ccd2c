import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { Fault } from './fault.js';
import { encodeMessage } from '../../core/links/messages.js';
import { earlyRecords } from './ghost-lies.js';
import { armGhosts } from './ghosts.js';
import { holdingsOn } from './reading.js';
import { armPaper } from './paper-acts.js';
import {
  type Able,
  ROSTER_ACTS,
  type RosterScene,
  guessNumber,
  vetoSomething,
} from './roster-acts.js';

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
  const paper = armPaper(scene, () => able(scene));
  const likely = chance.pick([0.05, 0.1, 0.2]);
  return {
    step: () => {
      if (chance.happens(likely)) act(scene);
      if (chance.happens(0.08)) some(scene, (device, view) => vetoOrGuess(scene, device, view));
      if (chance.happens(0.3)) for (const { device } of able(scene)) scene.persons.attend(device);
      if (chance.happens(0.3)) void hurry(scene);
      absence();
      paper();
      ghosts.step();
    },
    end: ghosts.end,
  };
};

/** Persons who stop dangerous changes more often than not, while they wait (rule A9). */
export const vetoes: Fault = (given) => {
  const scene: RosterScene = { ...given, liarsMax: 0 };
  return {
    step: () => {
      if (given.chance.happens(0.2)) {
        some(scene, (device, view) => vetoSomething(scene, device, view));
      }
    },
  };
};

/** Where no other member lies, a former admin may. */
const liarsMaxOf = ({ faults, chance }: Parameters<Fault>[0]): number => {
  if (faults.includes('colluders')) return 2;
  return faults.includes('liar') || chance.happens(0.5) ? 1 : 0;
};

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

/**
 * Somebody puts a record together as soon as there are the votes that it asks for, where the one in
 * force asks for more.
 */
const hurry = async (scene: RosterScene): Promise<void> => {
  const { world, chance } = scene;
  const all = able(scene);
  const early = all.find(({ view }) =>
    view.decisions.some(({ stage, subject, answers }) => {
      if (stage !== 'open' || subject.kind !== 'roster') return false;
      const { from, to } = subject.governanceThreshold;
      return to < from && answers.filter(({ answer }) => answer === 'yes').length >= to;
    }),
  );
  const others = all.filter((each) => each !== early);
  if (early === undefined || others.length === 0) return;
  const hearer = chance.pick(others).device;
  const held = await holdingsOn(world, early.device);
  world.note(`${early.device.name} does not wait for the rest`);
  for (const message of held === null ? [] : earlyRecords(held)) {
    world.network.inject(early.device.name, hearer.name, encodeMessage(message));
  }
};

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

import { compareText, sortedUnique } from '../../core/base/ordering.js';
import { contentRootOf } from '../../core/upgrades/manifest.js';
import type { UpgradeView } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import { WALL_START_MS } from '../ports/sim-clock.js';
import { releaseBytes, releaseOf } from '../ports/sim-code.js';
import type { FaultScene } from './fault.js';
import { armLoaders } from './upgrade-loaders.js';
import type { Releases } from './upgrade.js';

/** Hard forks of a run; `isBehind`: who takes nothing by itself until a fence has come. */
export interface HardForks {
  readonly step: () => void;
  readonly isBehind: (device: SimDevice) => boolean;
  readonly end: () => void;
}

/** So many in one run at most: what each brings is asked for from then on. */
const FORKS_MAX = 2;

/**
 * In half of the runs releases come that older code cannot follow (rules U4, U5 and C9): they are
 * published, run, put to the devices, and bind after their notice, while one device looks on. It
 * writes behind the fence, may be asked for its yes there, and comes back sooner or later; whoever
 * it is that asks may be gone meanwhile.
 */
export const armHardForks = (scene: FaultScene, releases: Releases): HardForks => {
  const { world, persons } = scene;
  const chance = scene.chance.fork('hard forks');
  if (!chance.happens(0.5)) {
    return { step: () => undefined, isBehind: () => false, end: () => undefined };
  }
  const likely = chance.pick([0.02, 0.05]);
  // The first of all is the admin, who asks the others: somebody else stays behind.
  const behind = chance.pick(world.devices.slice(1));
  const told = new Set<SimDevice>();
  const loaders = armLoaders(scene, releases.host);
  let count = 0;

  const inAWeek = (): number => WALL_START_MS + world.queue.nowMs() + 7 * 86_400_000;

  const leaders = (): SimDevice[] =>
    scene.honest().filter((each) => {
      const view = replicaOf(each)?.view();
      return view?.stage === 'member' && view.upgrades.mayPublish;
    });

  const publish = (): void => {
    const able = leaders();
    const device = able.length === 0 ? undefined : chance.pick(able);
    const replica = device === undefined ? null : replicaOf(device);
    if (device === undefined || replica === null) return;
    count += 1;
    releases.latest += 1;
    const sequence = releases.latest;
    const protocols = [...releases.protocols, `upkeep/fork/${sequence}`].sort();
    releases.words = `fork ${sequence} of step ${world.step}`;
    const bytes = releaseBytes(releases.words);
    const told = releaseOf(sequence, releases.words, protocols, loaders.next());
    const manifest = releases.host.publish(told, bytes);
    const draft = { manifest, urls: [releases.host.url], fork: 'hard', notes: 'fork' } as const;
    const done = replica.upgrades.publish({ ...draft, expiresMs: inAWeek() });
    // What binds and then fails on a device leaves it outside until somebody helps: none fails.
    releases.lasting.add(contentRootOf(told));
    releases.protocols = protocols;
    persons.issue(device, `publishes hard fork ${sequence}`, done);
  };

  /** Those who do not stay behind take it, and say what they see of it: else few ever bind. */
  const take = (device: SimDevice): void => {
    const replica = replicaOf(device);
    const view = replica?.view();
    const next = view?.upgrades.pending.find(({ fork }) => fork === 'hard');
    if (replica == null || view === undefined || next === undefined) return;
    const { id, mine, canFetch, canActivate } = next;
    if (mine.kind !== 'running' && canActivate) {
      persons.issue(device, 'switches', replica.upgrades.activate(id), ({ reload }) => {
        if (reload) world.reload(device);
      });
    } else if (canFetch && mine.kind !== 'verified') {
      persons.issue(device, 'fetches an upgrade', replica.upgrades.fetch(id));
    }
  };

  /** One of those that may asks the others, and all look at their screens more often. */
  const bind = (): void => {
    for (const device of scene.honest()) {
      const replica = replicaOf(device);
      const due = replica?.view().upgrades.pending.find(isDue);
      if (replica == null || due === undefined) continue;
      persons.issue(device, 'asks to bind', replica.upgrades.activate(due.id));
      return;
    }
  };

  world.offerAnew = () => {
    const able = leaders().sort((a, b) => Number(isFencedOut(a)) - Number(isFencedOut(b)))[0];
    const replica = able === undefined ? null : replicaOf(able);
    if (able === undefined || replica === null) return;
    releases.latest += 1;
    const required = replica.view().upgrades.required;
    const protocols = sortedUnique([...releases.protocols, ...required], compareText);
    const words = `offered anew ${releases.latest}`;
    const told = releaseOf(releases.latest, words, protocols);
    const manifest = releases.host.publish(told, releaseBytes(words));
    const draft = { manifest, urls: [releases.host.url], fork: 'soft', notes: 'anew' } as const;
    persons.issue(
      able,
      'offers anew',
      replica.upgrades.publish({ ...draft, expiresMs: inAWeek() }),
    );
  };

  const isFencedOut = (device: SimDevice): boolean =>
    (replicaOf(device)?.view().upgrades.fencedOut ?? null) !== null;

  const hurry = (): void => {
    for (const device of scene.honest()) {
      const decisions = replicaOf(device)?.view().decisions ?? [];
      const isAsked = decisions.some(
        ({ needsMe, subject }) =>
          needsMe && subject.kind === 'roster' && subject.activation !== null,
      );
      if (isAsked && chance.happens(0.3)) persons.attend(device, true);
      if (!isFencedOut(device)) continue;
      if (!told.has(device)) world.note(`${device.name} is behind a fence`);
      told.add(device);
      if (chance.happens(0.3)) persons.create(device);
    }
  };

  return {
    step: () => {
      if (count < FORKS_MAX && chance.happens(likely)) publish();
      for (const device of scene.honest()) {
        if (device !== behind && chance.happens(0.12)) take(device);
      }
      if (chance.happens(0.1)) bind();
      hurry();
      loaders.step();
    },
    end: loaders.end,
    isBehind: (device) => device === behind && !isFencedOut(device),
  };
};

const isDue = ({ fork, canActivate, mine }: UpgradeView): boolean =>
  fork === 'hard' && canActivate && mine.kind === 'running';

import type { DeviceId } from '../../core/base/brands.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import { contentRootOf } from '../../core/upgrades/manifest.js';
import type { Replica, UpgradeDraft } from '../../replica/commands.js';
import type { UpgradeView, View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import { WALL_START_MS } from '../ports/sim-clock.js';
import { type SimHost, releaseBytes, releaseOf } from '../ports/sim-code.js';
import type { Fault, FaultScene } from './fault.js';
import { armHardForks } from './upgrade-forks.js';
import { otherPolicy, readyAsked } from './upgrade-policies.js';
import { armOutsiders } from './upgrade-outsiders.js';
import { type Unwell, armUnwell } from './upgrade-unwell.js';

const ROOM = Number.MAX_SAFE_INTEGER;

/** What the releases of one run are. */
export interface Releases {
  readonly host: SimHost;
  latest: number;
  /** Words of the last of them, for one that is the same under another number. */
  words: string;
  /** What the code speaks that comes from now on. */
  protocols: readonly string[];
  /** Contents that do not start on a device: `name/content`. */
  readonly broken: Set<string>;
  /** Contents that start everywhere. */
  readonly lasting: Set<string>;
  /** How likely a page on trial is left before anyone can say that it is well. */
  readonly restless: number;
}

/**
 * The account's code comes as releases, and what may go wrong with them does: trials fail on some
 * devices, disks are full in the middle, hosts are out of reach, pages end before they are healthy,
 * and people stop, resume, decline, revoke, and go back (rules U2 to U9).
 */
export const upgrade: Fault = (scene) => {
  const { world, chance } = scene;
  const releases: Releases = {
    ...{ host: world.kit.createHost(), latest: 1, words: 'first', broken: new Set<string>() },
    protocols: THIS_BUILD.protocols,
    lasting: new Set(),
    restless: chance.pick([0.15, 0.15, 0.7]),
  };
  for (const device of world.devices) {
    device.code = releases.host.createDisk(releaseOf(1, 'first'));
    world.reload(device);
  }
  const likely = chance.pick([0.15, 0.3]);
  const troubles = armTroubles(scene, releases);
  const forks = armHardForks(scene, releases);
  const outsiders = armOutsiders(scene, releases);
  const unwell = armUnwell(scene);
  return {
    step: () => {
      troubles.step();
      forks.step();
      outsiders();
      for (const device of scene.honest()) watch(scene, releases, unwell, device);
      if (chance.happens(likely)) act(scene, releases, unwell, forks.isBehind);
    },
    fateOf: unwell.fateOf,
    last: unwell.last,
    end: () => {
      troubles.end();
      forks.end();
      unwell.end();
    },
  };
};

/** Full disks, and a host that is away for a while. */
const armTroubles = ({ world, chance }: FaultScene, { host }: Releases) => {
  let full: SimDevice | null = null;
  let isCut = false;
  const setCut = (next: boolean): void => {
    isCut = next;
    host.cut(next);
    world.note(next ? 'the host is away' : 'the host is back');
  };
  const free = (): void => {
    full?.code?.setRoom(ROOM);
    full = null;
  };
  return {
    step: (): void => {
      if (full !== null && chance.happens(0.1)) free();
      else if (full === null && chance.happens(0.04)) {
        full = chance.pick(world.devices);
        full.code?.setRoom(chance.pick([0, 30]));
        world.note(`${full.name} has no room for code`);
      }
      if (chance.happens(isCut ? 0.1 : 0.02)) setCut(!isCut);
    },
    end: (): void => {
      free();
      if (isCut) setCut(false);
    },
  };
};

/** A page on trial turns out to be well, or one of its watchers sees that it is not. */
const watch = (
  scene: FaultScene,
  { broken, lasting, restless }: Releases,
  unwell: Unwell,
  device: SimDevice,
): void => {
  const { world, persons, chance } = scene;
  const slots = device.code?.slots();
  const replica = replicaOf(device);
  const bundles = device.life?.bundles;
  if (slots?.trial == null || slots.active === null || replica === null || bundles == null) return;
  if (!chance.happens(0.4)) return;
  const { number } = slots.trial;
  const content = slots[slots.active]?.content ?? '';
  if (broken.has(`${device.name}/${content}`)) {
    world.note(`${device.name} fails trial ${number}`);
    bundles.fail(number, chance.pick(['error before healthy', 'timeout']));
    world.reload(device);
  } else if (unwell.look(device)) return;
  else if (chance.happens(restless) && !lasting.has(content)) world.reload(device);
  else if (chance.happens(0.5)) {
    persons.issue(device, 'is healthy', replica.upgrades.confirmHealthy(number));
  } else {
    const proving = replica.upgrades.prove();
    persons.issue(device, 'looks at itself', proving);
    void proving.then((proved) => {
      if (proved.ok && proved.value.reload) world.reload(device);
    });
  }
};

interface Able {
  readonly device: SimDevice;
  readonly replica: Replica;
  readonly view: View;
}

type UpgradeAct = (scene: FaultScene, able: Able, upgrade: UpgradeView) => void;

/** Of what only the admin's part allows: whoever has it does it, and now and then others try. */
const byAdmin =
  (deed: UpgradeAct): UpgradeAct =>
  (scene, able, upgrade) => {
    const leader = scene.chance.happens(0.2) ? undefined : ableIn(scene).find(mayPublish);
    deed(scene, leader ?? able, upgrade);
  };

const mayPublish = ({ view }: Able): boolean => view.upgrades.mayPublish;

const ableIn = (scene: FaultScene): readonly Able[] =>
  scene.honest().flatMap((device): Able[] => {
    const replica = replicaOf(device);
    const view = replica?.view();
    return replica !== null && view?.stage === 'member' ? [{ device, replica, view }] : [];
  });

/** What a person does about one upgrade that waits. */
const DEEDS: readonly (readonly [weight: number, deed: UpgradeAct])[] = [
  [20, (scene, able, { id }) => issue(scene, able, 'fetches', able.replica.upgrades.fetch(id))],
  [14, (scene, able, { id }) => switchTo(scene, able, able.replica.upgrades.activate(id))],
  [2, (scene, able, { id }) => issue(scene, able, 'stops', able.replica.upgrades.cancelFetch(id))],
  [1, (scene, able, { id }) => issue(scene, able, 'wants none', decline(able, id))],
  [1, (scene, able, { id }) => issue(scene, able, 'vetoes', able.replica.upgrades.veto(id, 'no'))],
  [2, byAdmin((scene, able, { id }) => issue(scene, able, 'halts', halt(able, id)))],
  [4, byAdmin((scene, able, { id }) => issue(scene, able, 'resumes', resume(able, id)))],
  [1, byAdmin((scene, able, { id }) => issue(scene, able, 'revokes', revoke(able, id)))],
];

const decline = ({ replica }: Able, id: UpgradeView['id']) =>
  replica.upgrades.decline(id, 'not for me');
const halt = ({ replica }: Able, id: UpgradeView['id']) => replica.upgrades.halt(id, 'odd');
const resume = ({ replica }: Able, id: UpgradeView['id']) => replica.upgrades.resume(id);
const revoke = ({ replica }: Able, id: UpgradeView['id']) =>
  replica.upgrades.revoke(id, 'it loses labels');

const issue = (
  { persons }: FaultScene,
  { device }: Able,
  what: string,
  command: Parameters<typeof persons.issue>[2],
): void => persons.issue(device, `${what} an upgrade`, command);

const switchTo = (
  { world, persons }: FaultScene,
  { device }: Able,
  command: ReturnType<Replica['upgrades']['activate']>,
): void =>
  persons.issue(device, 'switches', command, ({ reload }) => {
    if (reload) world.reload(device);
  });

const dueOn = ({ view }: Able): UpgradeView | undefined =>
  view.upgrades.pending.find(({ canActivate }) => canActivate);

/** `isBehind`: who takes nothing until a fence has come. */
const act = (
  scene: FaultScene,
  releases: Releases,
  unwell: Unwell,
  isBehind: (device: SimDevice) => boolean,
): void => {
  const { world, persons, chance } = scene;
  const all = ableIn(scene);
  if (all.length === 0) return;
  const able = chance.pick(all);
  const { device, replica, view } = able;
  const { pending, past, policies } = view.upgrades;
  const drawn = chance.next();
  if (drawn < 0.12) publish(scene, releases, unwell, all);
  else if (isBehind(device)) return;
  else if (drawn < 0.125) {
    const devices = readyAsked(drawn - 0.12);
    persons.issue(device, `wants ${devices} ready`, replica.upgrades.requireReady(devices));
  } else if (drawn < 0.17) {
    const next = otherPolicy(policies, drawn - 0.12);
    const [[name, value] = []] = Object.entries(next);
    persons.issue(device, `has ${name} ${value}`, replica.upgrades.setPolicies(next));
  } else if (drawn < 0.185) {
    persons.issue(device, 'goes back', replica.upgrades.rollBack('the old one'), () =>
      world.reload(device),
    );
  } else if (drawn < 0.2) {
    world.note(`${device.name} goes away`);
    world.network.setOnline(device.name, false);
  } else if (drawn < 0.3) {
    world.network.setOnline(chance.pick(all).device.name, true);
  } else if (drawn < 0.5) {
    const due = all.find((each) => !isBehind(each.device) && dueOn(each) !== undefined);
    const id = due === undefined ? undefined : dueOn(due)?.id;
    if (due !== undefined && id !== undefined) {
      switchTo(scene, due, due.replica.upgrades.activate(id));
    }
  } else {
    // Persons try what is over, too.
    const some = chance.happens(0.1) ? [...pending, ...past] : pending;
    const [first] = some;
    if (first === undefined) return;
    const deed = chance.weighed(DEEDS);
    deed?.(scene, able, chance.happens(0.7) ? first : chance.pick(some));
  }
};

/**
 * Mostly a new release; now and then one of an old number, or the same content once more, or one
 * that a device offers without being allowed to.
 */
const publish = (
  scene: FaultScene,
  releases: Releases,
  unwell: Unwell,
  all: readonly Able[],
): void => {
  const { world, persons, chance } = scene;
  const leaders = all.filter(mayPublish);
  const { device, replica, view } = chance.pick(
    leaders.length === 0 || chance.happens(0.1) ? all : leaders,
  );
  const { host, broken } = releases;
  const isOld = chance.happens(0.1);
  const isSame = chance.happens(0.1);
  if (!isOld) releases.latest += 1;
  const sequence = isOld ? chance.between(1, releases.latest) : releases.latest;
  if (!isSame) releases.words = `release ${sequence} of step ${world.step}`;
  const told = releaseOf(sequence, releases.words, releases.protocols);
  for (const { name } of chance.happens(0.4) && !isSame ? world.devices : []) {
    if (chance.happens(0.5)) broken.add(`${name}/${contentRootOf(told)}`);
  }
  const ids = all.flatMap((each) => each.view.account?.me ?? []);
  unwell.released(contentRootOf(told));
  const waves = wavesOf(scene, view, ids);
  const draft: UpgradeDraft = {
    manifest: host.publish(told, releaseBytes(releases.words)),
    ...{ urls: [host.url], fork: 'soft', notes: `Release ${sequence}`, waves },
    expiresMs:
      WALL_START_MS + world.queue.nowMs() + chance.pick([20_000, 300_000, 86_400_000, 604_800_000]),
    graceMs: chance.pick([0, 0, 5_000, 60_000]),
  };
  persons.issue(device, `publishes release ${sequence}`, replica.upgrades.publish(draft));
};

/** Mostly all at once; else one or two devices first, then some more, or by their own turns. */
const wavesOf = (
  { chance }: FaultScene,
  { devices }: View,
  ids: readonly DeviceId[],
): NonNullable<UpgradeDraft['waves']> => {
  const first = chance.pick(ids);
  const isOpen = (devices ?? []).some(({ id }) => id === first);
  const drawn = isOpen ? chance.next() : 1;
  if (drawn >= 0.4) return drawn < 0.5 ? 'cohorts' : [];
  const others = ids.filter((id) => id !== first);
  const beside = chance.below(2);
  return [[first, ...others.slice(0, beside)], others.slice(beside, beside + 2)];
};

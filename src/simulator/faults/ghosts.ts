import type { DeviceId } from '../../core/base/brands.js';
import { memberOf } from '../../core/authority/roster.js';
import { encodeMessage } from '../../core/links/messages.js';
import type { RosterChain } from '../../core/authority/chain.js';
import type { Holdings } from '../../replica/journal/holdings.js';
import { type SimDevice, replicaOf } from '../device.js';
import { damageOf } from './damage.js';
import type { ArmedFault } from './fault.js';
import { type GhostLie, REMOVED_LIES, RETIRED_LIES } from './ghost-lies.js';
import { holdingsOn } from './reading.js';
import type { RosterScene } from './roster-acts.js';

interface Ghost {
  readonly device: SimDevice;
  readonly lies: Readonly<Record<string, GhostLie>>;
}

/** Steps between looks at who belongs: a device may be a ghost a little later. */
const LOOK_EVERY = 4;

/**
 * Devices whose time is over speak on: who was removed, and who was the admin.
 *
 * Some do; the others learn of it and are quiet. What they say is carried by members, since no
 * honest one links to them: it comes in by whoever met them before hearing of the record.
 */
export const armGhosts = (scene: RosterScene): Required<Pick<ArmedFault, 'step' | 'end'>> => {
  const { world, chance } = scene;
  const ghosts: Ghost[] = [];
  const judged = new Set<SimDevice>();
  const admins = new Set<DeviceId>();

  const haunt = (device: SimDevice, lies: Ghost['lies']): void => {
    device.isLiar = true;
    // What it alone holds, nobody can be asked for any more.
    damageOf(world, device, 'rows')();
    world.note(`${device.name} becomes a ghost`);
    ghosts.push({ device, lies });
  };

  /** Looks at the newest roster: who is out of it that was in, and who leads no more. */
  const look = (): void => {
    const view = newestView(scene);
    if (view?.account == null) return;
    const members = new Set(view.devices.map(({ id }) => id));
    for (const device of world.devices) {
      const me = device.keys.signer.device;
      const wasIn = device.disk.rowsOf('profile').has('account');
      const isOut = wasIn && !members.has(me) && joinedOnce(device);
      if (!isOut || device.isLiar || judged.has(device)) continue;
      judged.add(device);
      if (chance.happens(0.6)) haunt(device, REMOVED_LIES);
    }
    admins.add(view.account.admin);
    const isFull =
      world.devices.filter((each) => each.isLiar && members.has(idOf(each))).length > 0;
    if (scene.liarsMax !== 1 || scene.faults.includes('liar') || isFull) return;
    if (view.account.snapshotThreshold < 2 || !chance.happens(0.5)) return;
    const retired = world.devices.find(
      (each) =>
        admins.has(idOf(each)) && idOf(each) !== view.account?.admin && members.has(idOf(each)),
    );
    if (retired !== undefined && !retired.isLiar) haunt(retired, RETIRED_LIES);
  };

  const speak = async (ghost: Ghost): Promise<void> => {
    const carriers = scene.honest().filter((each) => replicaOf(each) !== null);
    if (carriers.length < 2) return;
    const carrier = chance.pick(carriers);
    const hearer = chance.pick(carriers.filter((each) => each !== carrier));
    const [name, lie] = chance.pick(Object.entries(ghost.lies));
    const draws = chance.fork(`${ghost.device.name}/${world.step}`);
    const own = await holdingsOn(world, ghost.device);
    const fresh = await holdingsOn(world, carrier);
    if (own === null || fresh === null) return;
    const last = lastRecordWith(fresh.chain(), own);
    if (last === null) return;
    const friends = ghosts.flatMap(({ device }) => (device === ghost.device ? [] : [device.keys]));
    const { keys } = ghost.device;
    const messages = await lie({ keys, own, fresh, ...last, friends, chance: draws });
    world.note(`${ghost.device.name} haunts ${hearer.name} by ${carrier.name}: ${name}`);
    for (const message of messages) {
      world.network.inject(carrier.name, hearer.name, encodeMessage(message));
    }
  };

  return {
    step: () => {
      if (world.step % LOOK_EVERY === 0) look();
      for (const ghost of ghosts) if (chance.happens(0.1)) void speak(ghost);
    },
    end: () => {
      for (const { device } of ghosts) world.crash(device);
    },
  };
};

const idOf = ({ keys }: SimDevice): DeviceId => keys.signer.device;

/** A newcomer that still waits holds an account that it does not belong to yet. */
const joinedOnce = (device: SimDevice): boolean => {
  const stage = replicaOf(device)?.view().stage;
  return stage === 'member' || stage === 'removed';
};

const newestView = ({ honest }: RosterScene) =>
  honest()
    .flatMap((device) => replicaOf(device)?.view() ?? [])
    .filter(({ stage, account }) => stage === 'member' && account?.isForked === false)
    .sort((a, b) => (b.account?.identityEpoch ?? 0) - (a.account?.identityEpoch ?? 0))[0];

/** The last undisputed record in which a device was a member. */
const lastRecordWith = (chain: RosterChain, { me }: Holdings) => {
  for (const roster of [...chain.lineage].reverse()) {
    const record = chain.recordAt(roster);
    if (record !== null && memberOf(record, me) !== null) return { record, roster };
  }
  return null;
};

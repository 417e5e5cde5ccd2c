import type { DeviceId } from '../../core/base/brands.js';
import { ALL_CAPABILITIES } from '../../core/authority/capability.js';
import { REMOVAL_REASONS } from '../../replica/membership/membership-view.js';
import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { FaultScene } from './fault.js';

export interface RosterScene extends FaultScene {
  /**
   * How many of the members may lie in this run at once. What is asked for never leaves so few that
   * liars alone would be enough: that nothing can prevent (SECURITY.md).
   */
  readonly liarsMax: number;
}

/** Honest members that run, and what their screens show. */
export interface Able {
  readonly device: SimDevice;
  readonly view: View;
}

/** Something that a person asks of the others about who belongs and what it takes. */
export type RosterAct = (scene: RosterScene, device: SimDevice, view: View) => void;

/** Of so many members the others are always more than the liars among them. */
export const membersMin = ({ liarsMax }: RosterScene): number => Math.max(2, 2 * liarsMax + 1);

/** Of a device that runs; throws for any other. */
export const replicaWith = (device: SimDevice) => {
  const replica = replicaOf(device);
  if (replica === null) throw new Error('broken invariant: who acts is running');
  return replica;
};

/** Any member but the one whose view it is; null where it is alone. */
export const otherThan = ({ chance }: RosterScene, view: View): DeviceId | null => {
  const others = view.devices.filter(({ isMe }) => !isMe);
  return others.length === 0 ? null : chance.pick(others).id;
};

const remove: RosterAct = (scene, device, view) => {
  const { persons, chance } = scene;
  if (view.devices.length <= membersMin(scene)) return;
  const goes = chance.happens(0.1) ? (view.account?.me ?? null) : otherThan(scene, view);
  if (goes === null) return;
  const others = view.devices.flatMap(({ id }) => (id === goes ? [] : id));
  const admin = goes === view.account?.admin ? chance.pick(others) : undefined;
  const reason = chance.pick(REMOVAL_REASONS);
  const asked = replicaWith(device).devices.remove(goes, reason, admin);
  persons.issue(device, `asks to remove ${goes.slice(0, 8)} (${reason})`, asked);
};

const thresholds: RosterAct = (scene, device, view) => {
  const { persons, chance } = scene;
  const count = view.devices.length;
  const majority = Math.floor(count / 2) + 1;
  const least = Math.min(count, scene.liarsMax + 1);
  const snapshot = chance.happens(0.4) ? least : chance.between(least, count);
  // Up, and then down again, which is what it takes more of them to agree to than it leaves.
  const isHigh = (view.account?.governanceThreshold ?? 0) > majority;
  const governance = isHigh ? majority : chance.between(majority, count);
  const asked = replicaWith(device).devices.setThresholds({ snapshot, governance });
  persons.issue(device, `asks for thresholds ${snapshot} and ${governance}`, asked);
};

const capabilities: RosterAct = (scene, device, view) => {
  const { persons, chance } = scene;
  const { id } = chance.pick(view.devices);
  const names = chance.happens(0.4)
    ? ALL_CAPABILITIES
    : ALL_CAPABILITIES.filter((name) =>
        chance.happens(name === 'record_write' ? 0.5 : name.startsWith('snapshot') ? 0.8 : 0.95),
      );
  const asked = replicaWith(device).devices.setCapabilities(id, names);
  persons.issue(device, `asks for ${names.length} capabilities of ${id.slice(0, 8)}`, asked);
};

const replaceAdmin: RosterAct = (scene, device, view) => {
  const next = otherThan(scene, view);
  if (next === null) return;
  const asked = replicaWith(device).admin.replace(next);
  scene.persons.issue(device, `asks for ${next.slice(0, 8)} as admin`, asked);
};

const rotate: RosterAct = ({ persons }, device) =>
  persons.issue(device, 'asks for new keys', replicaWith(device).devices.rotateKeys());

/** Each act and how likely it is among them. */
export const ROSTER_ACTS: readonly (readonly [weight: number, act: RosterAct])[] = [
  [4, remove],
  [5, thresholds],
  [3, capabilities],
  [4, replaceAdmin],
  [3, rotate],
];

/** A person stops a dangerous change that waits (rule A9). */
export const vetoSomething: RosterAct = ({ persons }, device, view) => {
  const open = view.decisions.find(
    ({ subject }) => subject.kind === 'roster' && subject.danger?.canVeto === true,
  );
  if (open === undefined) return;
  const asked = replicaWith(device).decisions.veto(open.id, 'not so');
  persons.issue(device, `vetoes ${open.id.slice(0, 8)}`, asked);
};

/** A person types a number that it has not read anywhere: that is never enough (rule A9). */
export const guessNumber: RosterAct = ({ world, persons }, device, view) => {
  const open = view.decisions.find(
    ({ subject, needsMe, approveBlocker }) =>
      needsMe &&
      approveBlocker === null &&
      subject.kind === 'roster' &&
      subject.danger?.needsMatch === true,
  );
  if (open === undefined) return;
  const guessed = replicaWith(device).decisions.approve(open.id, '', '0');
  persons.issue(device, `guesses for ${open.id.slice(0, 8)}`, guessed, () =>
    world.fail('A9 nobody agrees without the number', `${device.name} guessed`),
  );
};

import { type SimDevice, replicaOf } from '../device.js';
import type { Fault, FaultScene } from './fault.js';

/**
 * Several persons do the same thing at one moment, none having heard of the others: they write the
 * same field of one record, or ask for a snapshot, which one of them takes without that record.
 */
export const rush: Fault = (scene) => ({
  step: () => {
    const { chance } = scene;
    const drawn = chance.next();
    if (drawn > 0.25) return;
    const all = scene.honest().filter((each) => replicaOf(each)?.view().stage === 'member');
    const first = chance.below(Math.max(1, all.length));
    const some = [0, 1, 2].slice(0, chance.between(2, 3)).flatMap((at) => all[first + at] ?? []);
    if (some.length < 2) return;
    if (drawn < 0.05) askAtOnce(scene, some);
    else writeAtOnce(scene, some);
  },
});

const writeAtOnce = ({ world, persons, chance }: FaultScene, some: readonly SimDevice[]): void => {
  const records = (device: SimDevice) => replicaOf(device)?.view().records ?? [];
  const shared = records(some[0] as SimDevice).filter(({ state }) => state !== 'queued');
  if (shared.length === 0) return;
  const { key } = chance.pick(shared);
  for (const device of some) {
    const held = records(device).find((each) => each.key === key);
    const replica = replicaOf(device);
    if (held === undefined || replica === null) continue;
    const { title, labels } = held;
    const draft = { title, labels, text: `${device.name} in step ${world.step}` };
    persons.issue(device, 'writes with others', replica.records.edit(key, draft));
  }
};

const askAtOnce = ({ persons }: FaultScene, some: readonly SimDevice[]): void => {
  const [first, ...others] = some as [SimDevice, ...SimDevice[]];
  persons.remove(first);
  for (const device of [...others, first]) persons.propose(device);
};

import { decodeCanonical } from '../../core/base/canonical.js';
import { parseBody } from '../../core/facts/bodies.js';
import { parseFact } from '../../core/facts/codec.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { FaultName } from './catalogue.js';
import type { Fault } from './fault.js';

const KEYS = ['thumb:a', 'thumb:b', 'list', 'list:long'];
const PATTERNS = [...KEYS, 'thumb:*', 'list*', '*'];

/** Faults under which every fact goes on counting, so that what was heard has to be obeyed. */
const HARMLESS: ReadonlySet<FaultName> = new Set([
  ...(['caches', 'files', 'restless', 'rush', 'loss', 'duplication', 'reordering'] as const),
  ...(['damage', 'latency', 'partition', 'one-way', 'half-open', 'relay'] as const),
]);

/** In which epoch and step a value was made, and what had been heard by then. */
type Made = readonly [epoch: number, step: number, known: readonly string[]];

/** An invalidation as it lies on a disk. */
interface Heard {
  readonly id: string;
  readonly patterns: readonly string[];
  readonly floor: number;
}

/**
 * Values are kept and thrown out on all devices, and 15 is checked: nothing is served that was made
 * below a floor of its key, or before an invalidation of it that this device has heard of.
 *
 * What was heard is read from the rows of the device's disk, and remembered when these are pruned;
 * a value says itself what was heard where it was made.
 */
export const caches: Fault = ({ world, persons, faults, chance, honest }) => {
  const isChecked = faults.every((name) => HARMLESS.has(name));
  const likely = chance.pick([0.1, 0.3]);
  const heardBy = new Map<SimDevice, Map<string, Heard>>();

  const hear = (device: SimDevice): ReadonlyMap<string, Heard> => {
    const heard = heardBy.get(device) ?? new Map<string, Heard>();
    heardBy.set(device, heard);
    for (const each of heardOnDisk(device)) heard.set(each.id, each);
    return heard;
  };

  const ask = (device: SimDevice): void => {
    const replica = replicaOf(device);
    const epoch = replica?.view().account?.identityEpoch;
    if (replica === null || epoch === undefined) return;
    const key = chance.pick(KEYS);
    // What reached the disk in this very step may not be folded yet.
    const before = [...(heardBy.get(device)?.values() ?? [])];
    const askedAt = world.step;
    const make = (): Made => {
      const now = replicaOf(device)?.view().account?.identityEpoch ?? epoch;
      return [now, world.step, [...hear(device).keys()].sort()];
    };
    const asked = replica.cache.fetchFresh(key, () => [...make()], {
      isKept: chance.happens(0.5),
    });
    asked.then(
      (value) => {
        const [madeAt, step, known] = value as unknown as Made;
        // What was worked out for whoever asked is given below a floor too, and not held.
        if (step >= askedAt || !isChecked) return;
        for (const { id, patterns, floor } of before) {
          if (!patterns.some((pattern) => covers(pattern, key))) continue;
          const what = `${device.name} ${key} of epoch ${madeAt}`;
          if (madeAt < floor) world.fail('15 nothing below its floor', `${what}, floor ${floor}`);
          if (!known.includes(id)) world.fail('15 nothing below its floor', `${what} after ${id}`);
        }
      },
      () => undefined,
    );
  };

  const throwOut = (device: SimDevice): void => {
    const replica = replicaOf(device);
    const epoch = replica?.view().account?.identityEpoch;
    if (replica === null || epoch === undefined) return;
    const pattern = chance.pick(PATTERNS);
    const floor = epoch + (chance.happens(0.3) ? 1 : 0);
    persons.issue(device, `throws out ${pattern}`, replica.cache.invalidate([pattern], floor));
  };

  return {
    step: () => {
      const all = honest().filter((each) => replicaOf(each)?.view().stage === 'member');
      if (all.length > 0 && chance.happens(likely)) {
        for (let times = 0; times < 3; times += 1) ask(chance.pick(all));
        if (chance.happens(0.15)) throwOut(chance.pick(all));
      }
      for (const device of all) hear(device);
    },
  };
};

const covers = (pattern: string, key: string): boolean =>
  pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : pattern === key;

const heardOnDisk = ({ disk }: SimDevice): readonly Heard[] =>
  [...disk.rowsOf('facts').values()].flatMap((row) => {
    const read = decodeCanonical(row, Number.MAX_SAFE_INTEGER);
    const facts = read.ok && Array.isArray(read.value) ? (read.value as Uint8Array[]) : [];
    return facts.flatMap((bytes): readonly Heard[] => {
      const fact = parseFact(bytes);
      if (!fact.ok || fact.value.envelope.kind !== 'cache.invalidated') return [];
      const body = parseBody(fact.value.envelope.kind, fact.value.bodyBytes);
      if (!body.ok || body.value.kind !== 'cache.invalidated') return [];
      const { session, seq } = fact.value.envelope;
      const { keys, floor } = body.value;
      return [{ id: `${session.slice(0, 8)}:${seq}`, patterns: keys, floor }];
    });
  });

import { drawWeights } from './actions.js';
import { checkAcknowledged, type AcknowledgedChecker } from './checkers/acknowledged.js';
import { CHECKERS } from './checkers/catalogue.js';
import { createChance } from './chance.js';
import { type SimDevice } from './device.js';
import { FAULTS } from './faults/catalogue.js';
import type { ArmedFault } from './faults/fault.js';
import type { LedgerEntry } from './ledger.js';
import type { Kit } from './kit.js';
import { createPersons, type Persons } from './persons.js';
import type { Plan } from './plan.js';
import { NAMES, preparedDisks } from './prepared.js';
import { settleDown } from './settling.js';
import { type Failure, GOOD_STORE, type World, createWorld } from './world.js';

/** What one run came to. */
export interface Outcome {
  readonly plan: Plan;
  readonly failures: readonly Failure[];
  /** Equal for equal plans and kits, wherever they run. */
  readonly traceHash: string;
  readonly events: number;
  readonly facts: number;
  /** How often what was told or done in it, not in the past that it began from. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Kinds that two devices wrote side by side, each without knowing of the other. */
  readonly pairs: ReadonlySet<string>;
  /** Simulated ms until all held the same once the faults were over. */
  readonly convergedMs: number | null;
  readonly lines: readonly string[];
}

export interface RunOptions {
  /** Lines of the trace to keep; 0 keeps none. */
  readonly traceLinesMax?: number;
}

const LAZY_PINGS = { pingMs: 30_000, awayMs: 75_000 } as const;

/** Where the devices change, the delay of A9 is drawn too: five minutes are long in a run. */
const dangerOf = ({ seed, faults }: Plan): { readonly dangerMs?: number } =>
  faults.includes('membership')
    ? { dangerMs: createChance(`danger/${seed}`).pick([500, 2_000, 20_000]) }
    : {};

/** The notice of a hard fork is drawn where there may be one: a week is longer than a run. */
const noticeOf = ({ seed, faults }: Plan): { readonly noticeMs?: number } =>
  faults.includes('upgrade')
    ? { noticeMs: createChance(`notice/${seed}`).pick([500, 5_000, 60_000]) }
    : {};

/** Steps after which everything is looked at, not only the device that acted. */
const LOOK_EVERY = 10;

/**
 * Runs one plan to its end: steps under faults, then the faults end and all has to come right.
 *
 * Stops at the first broken promise.
 */
export const runPlan = async (kit: Kit, plan: Plan, options: RunOptions = {}): Promise<Outcome> => {
  const draw = createChance(`run/${plan.seed}`);
  const members = draw.happens(0.6) ? plan.devices : draw.between(1, plan.devices);
  const world = createWorld({
    ...{ kit, seed: `run/${plan.seed}`, names: NAMES.slice(0, plan.devices) },
    disks: await preparedDisks(kit, members, plan.faults.includes('low-threshold')),
    timing: { ...(draw.happens(0.2) ? {} : LAZY_PINGS), ...dangerOf(plan), ...noticeOf(plan) },
    checkers: [...CHECKERS, checkAcknowledged],
    traceLinesMax: options.traceLinesMax ?? 0,
  });
  const past = world.ledger.all().length;
  const persons = createPersons(world);
  listen(world, persons);
  for (const device of world.devices) world.start(device);
  await world.queue.pass(1_000);
  const armed = arm(world, persons, plan);
  await takeSteps(world, persons, armed, plan);
  for (const { last } of armed) if (world.failures.length === 0) await last?.();
  for (const { end } of armed) end?.();
  world.fateOf = () => GOOD_STORE;
  const convergedMs = world.failures.length > 0 ? null : await settleDown(world, persons);
  if (world.failures.length === 0) for (const checker of world.checkers) await checker.end?.();
  for (const device of world.devices) world.crash(device);
  const written = world.ledger.all().slice(past);
  return {
    plan,
    failures: world.failures,
    traceHash: world.trace.hash(),
    events: world.queue.eventCount(),
    facts: world.ledger.all().length,
    kinds: kindsIn(written),
    pairs: pairsIn(written),
    convergedMs,
    lines: world.trace.lines(),
  };
};

const listen = (world: World, persons: Persons): void => {
  const heard = world.checkers.filter((each): each is AcknowledgedChecker => 'heard' in each);
  persons.onAcknowledged((device, edit) => {
    for (const checker of heard) checker.heard(device, edit);
  });
};

const arm = (world: World, persons: Persons, plan: Plan): readonly ArmedFault[] => {
  const honest = (): readonly SimDevice[] => world.devices.filter((each) => !each.isLiar);
  const armed = plan.faults.map((name) => {
    const chance = world.chance.fork(`fault/${name}`);
    world.note(`fault ${name}`);
    return FAULTS[name]({ world, persons, chance, honest, faults: plan.faults });
  });
  world.fateOf = (device, call) => {
    for (const { fateOf } of armed) {
      const fate = fateOf?.(device, call) ?? null;
      if (fate !== null) return fate;
    }
    return GOOD_STORE;
  };
  return armed;
};

const takeSteps = async (
  world: World,
  persons: Persons,
  armed: readonly ArmedFault[],
  plan: Plan,
): Promise<void> => {
  const chance = world.chance.fork('steps');
  const weights = drawWeights(chance);
  const pace = chance.pick([60, 250, 1_000]);
  for (let step = 0; step < plan.steps && world.failures.length === 0; step += 1) {
    world.step = step;
    const device = chance.pick(world.devices);
    const act = chance.weighed(weights);
    if (!device.isLiar) act?.(world, persons, chance, device);
    for (const fault of armed) fault.step?.();
    await passSome(world, chance.next(), pace);
    const looked = step % LOOK_EVERY === 0 ? world.devices : [device];
    for (const each of looked) {
      if (!each.isLiar) for (const checker of world.checkers) checker.step?.(each);
    }
    revive(world, chance.next());
  }
};

/** Mostly a moment, now and then minutes, rarely days in which all devices sleep. */
const passSome = async (world: World, drawn: number, pace: number): Promise<void> => {
  if (drawn < 0.9) return world.queue.pass(drawn * pace);
  if (drawn < 0.99) return world.queue.pass(drawn * pace * 8);
  if (drawn < 0.998) return world.queue.pass((drawn - 0.99) * 100 * 400_000);
  return world.queue.sleep((drawn - 0.998) * 500 * 10 * 24 * 3_600_000);
};

/** A device that is off is started again sooner or later. */
const revive = (world: World, drawn: number): void => {
  const off = world.devices.filter((device) => device.life === null && !device.isLiar);
  const device = off[Math.floor(drawn * 8)];
  if (device !== undefined) world.start(device);
};

const kindsIn = (written: readonly LedgerEntry[]): ReadonlyMap<string, number> => {
  const kinds = new Map<string, number>();
  for (const { fact } of written) {
    kinds.set(fact.envelope.kind, (kinds.get(fact.envelope.kind) ?? 0) + 1);
  }
  return kinds;
};

/** Of equal lamports neither author knew of the other’s fact. */
const pairsIn = (written: readonly LedgerEntry[]): ReadonlySet<string> => {
  const kindsAt = new Map<number, [author: string, kind: string][]>();
  const pairs = new Set<string>();
  for (const { fact } of written) {
    const { author, kind, lamport } = fact.envelope;
    const others = kindsAt.get(lamport) ?? [];
    for (const [by, other] of others) {
      if (by !== author) pairs.add([kind, other].sort().join(' + '));
    }
    kindsAt.set(lamport, [...others, [author, kind]]);
  }
  return pairs;
};

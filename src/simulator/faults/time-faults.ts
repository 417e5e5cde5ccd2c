import type { Fault } from './fault.js';

const YEAR_MS = 365 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Clocks that are wrong from the start, by up to ten years. */
const skew: Fault = ({ world, chance }) => {
  for (const device of world.devices) {
    if (chance.happens(0.5)) device.skewMs = chance.between(-10, 10) * YEAR_MS;
  }
  return {
    end: () => {
      for (const device of world.devices) device.skewMs = 0;
    },
  };
};

/** Clocks that somebody sets while the app runs, either way. */
const jump: Fault = ({ world, chance }) => ({
  step: () => {
    if (!chance.happens(0.02)) return;
    const device = chance.pick(world.devices);
    const farMs = chance.pick([60_000, DAY_MS, 30 * DAY_MS]);
    device.skewMs += chance.between(-farMs, farMs);
    world.note(`${device.name} has its clock set to ${device.skewMs}`);
  },
  end: () => {
    for (const device of world.devices) device.skewMs = 0;
  },
});

/** A proposal's clock runs out by a hair: everyone is at the edge of an expiry or a fence. */
const edge: Fault = ({ world, chance }) => ({
  step: () => {
    if (!chance.happens(0.02)) return;
    const device = chance.pick(world.devices);
    device.skewMs += chance.pick([300_000, 7 * DAY_MS]) + chance.between(-1, 1);
    world.note(`${device.name} stands at the edge of a term`);
  },
  end: () => {
    for (const device of world.devices) device.skewMs = 0;
  },
});

export const TIME_FAULTS = { skew, jump, edge } satisfies Readonly<Record<string, Fault>>;

import type { DeviceId, Hash } from '../base/brands.js';
import type { BundleReport } from '../journal/upgrade-marks.js';
import type { Upgrade } from './upgrade.js';

/** How far a staged roll-out came (rule U9). */
export interface RollOut {
  /** The wave whose devices may switch now, and all before it; waves count from 0. */
  readonly open: number;
  /** Those that were named, and one more for whoever is in none of them. */
  readonly count: number;
  /** Of the wave that is open: who does not run it well yet, sorted. */
  readonly waitsFor: readonly DeviceId[];
  /** When the next one opens once nobody is waited for, wall ms; null while somebody is. */
  readonly nextMs: number | null;
}

export interface RollOutGround {
  /** The devices of the roster in force. */
  readonly devices: readonly DeviceId[];
  readonly bundleOf: (device: DeviceId) => BundleReport | null;
  /** When this device first saw that a device runs that content, wall ms; null: not yet. */
  readonly runsSinceMs: (device: DeviceId, content: Hash) => number | null;
  readonly nowMs: number;
}

/**
 * Which wave of an upgrade is open: the first whose health has not held yet.
 *
 * A wave is healthy when every device of it that is still a member says that it runs the bundle,
 * which is said of good ones alone, and so for the grace of the upgrade since this device saw it:
 * when that was by their own word counts for nothing. Null: it has no waves, or a record binds it:
 * who is behind a fence waits for nobody.
 */
export const rollOutOf = (
  { body: { waves, content, grace }, fence }: Pick<Upgrade, 'body' | 'fence'>,
  { devices, bundleOf, runsSinceMs, nowMs }: RollOutGround,
): RollOut | null => {
  if (waves.length === 0 || fence !== null) return null;
  const named = new Set(waves.flat());
  const all = [...waves, devices.filter((device) => !named.has(device))];
  for (const [open, wave] of all.entries()) {
    const present = wave.filter((device) => devices.includes(device));
    const waitsFor = present.filter((device) => bundleOf(device)?.content !== content);
    const since = Math.max(0, ...present.map((device) => runsSinceMs(device, content) ?? nowMs));
    const nextMs = waitsFor.length === 0 ? since + grace : null;
    const isOver = grace === 0 || present.length === 0 || (nextMs !== null && nowMs >= nextMs);
    const hasHeld = nextMs !== null && isOver;
    if (!hasHeld || open === all.length - 1) return { open, count: all.length, waitsFor, nextMs };
  }
  return null;
};

/** The wave of a device: the first that names it, or the last. */
export const waveOf = ({ body: { waves } }: Pick<Upgrade, 'body'>, device: DeviceId): number => {
  const found = waves.findIndex((wave) => wave.includes(device));
  return found < 0 ? waves.length : found;
};

import type { RosterChain } from '../authority/chain.js';
import { compareText, sortedUnique } from '../base/ordering.js';
import type { FactId } from '../base/brands.js';
import { lackedProtocols } from '../links/code-said.js';
import type { KnownActivation, Upgrade } from './upgrade.js';

/** The bundles that records of the chain made binding, oldest first (rule U4). */
export const activationsIn = (
  chain: Pick<RosterChain, 'lineage' | 'recordAt'>,
): readonly KnownActivation[] =>
  chain.lineage.flatMap((hash) => {
    const record = chain.recordAt(hash);
    if (record === null || record.activation === null) return [];
    const { manifest, version } = record.activation;
    return [{ manifest, version, epoch: record.epoch }];
  });

/**
 * Protocols that hard forks made indispensable, sorted.
 *
 * What an earlier one required holds on as long as the bundle of the last one speaks it: only a
 * later activation undoes it. Of an activation whose announcement is not here nothing is known.
 * Source: rules U4 and U5.
 */
export const requiredProtocols = (
  activations: readonly KnownActivation[],
  upgrades: readonly Upgrade[],
): readonly string[] => {
  const announced = activations.flatMap(
    ({ manifest }) => upgrades.find(({ body }) => body.manifest === manifest) ?? [],
  );
  const last = announced.at(-1);
  if (last === undefined) return [];
  const required = announced.flatMap(({ body }) => body.requires);
  return sortedUnique(
    required.filter((each) => last.body.protocols.includes(each)),
    compareText,
  );
};

/** What a device lacks that a hard fork requires. */
export interface FencedOut {
  readonly version: string;
  /** The epoch from which it counts. */
  readonly fence: number;
  readonly missing: readonly string[];
  readonly upgrade: FactId | null;
}

/** Null for a device whose code speaks all that is required (rule U4). */
export const fencedOutOf = (
  activations: readonly KnownActivation[],
  upgrades: readonly Upgrade[],
  spoken: readonly string[],
): FencedOut | null => {
  const last = activations.at(-1);
  const missing = lackedProtocols(requiredProtocols(activations, upgrades), spoken);
  if (last === undefined || missing.length === 0) return null;
  const upgrade = upgrades.findLast(({ body }) => body.manifest === last.manifest);
  return { version: last.version, fence: last.epoch, missing, upgrade: upgrade?.id ?? null };
};

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
 * The announcement that a record which names a bundle goes by: that for which most devices ever
 * said that they run it, the first of several; null where none is here.
 *
 * A record names the manifest alone, and whoever may publish can announce it again on other terms,
 * before the first one by its lamport or after it. Enough run a bundle before it binds, and no
 * honest device says so of what was announced on other terms or came too late, so fewer than those
 * cannot have the fence ask for something else.
 */
export const announcementOf = (
  { manifest, version }: Pick<KnownActivation, 'manifest' | 'version'>,
  upgrades: readonly Upgrade[],
): Upgrade | null =>
  upgrades
    .filter(({ body }) => body.fork === 'hard' && body.manifest === manifest)
    .filter(({ body }) => body.version === version)
    .reduce<Upgrade | null>(
      (best, each) => (best !== null && best.everRunBy.size >= each.everRunBy.size ? best : each),
      null,
    );

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
  const announced = activations.flatMap((each) => announcementOf(each, upgrades) ?? []);
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
  /** The way back in; null while what was said of it is not here. */
  readonly upgrade: FactId | null;
}

/** What speaks against an upgrade on a device: 0: nothing; 1: it failed there; 2: it may not. */
export type Bar = 0 | 1 | 2;

/**
 * Null for a device whose code speaks all that is required (rule U4).
 *
 * The way back is the version in force, which the others have at hand; where that is barred to this
 * device, the one that binds, which is barred by nothing but a failure on that very device.
 */
export const fencedOutOf = (
  activations: readonly KnownActivation[],
  upgrades: readonly Upgrade[],
  spoken: readonly string[],
  barOf: (upgrade: Upgrade) => Bar,
): FencedOut | null => {
  const last = activations.at(-1);
  const required = requiredProtocols(activations, upgrades);
  const missing = lackedProtocols(required, spoken);
  if (last === undefined || missing.length === 0) return null;
  const bound = announcementOf(last, upgrades);
  const ways = upgrades.filter((each) => {
    const isIt = each.body.manifest === last.manifest ? each === bound : each.stage === 'active';
    return isIt && lackedProtocols(required, each.body.protocols).length === 0;
  });
  // Of one release published twice the later word.
  const [way] = ways
    .reverse()
    .sort((one, other) => barOf(one) - barOf(other) || other.body.sequence - one.body.sequence);
  return { version: last.version, fence: last.epoch, missing, upgrade: way?.id ?? null };
};

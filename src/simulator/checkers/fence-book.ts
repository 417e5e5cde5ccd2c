import type { Hash } from '../../core/base/brands.js';
import type { BodyOf } from '../../core/facts/bodies.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import type { Commit } from './checker.js';
import { bookOf, lineageOf } from './roster-book.js';

/** What hard forks ask of code, by the records and offers that lay on each device (rule U4). */
export interface FenceBook {
  readonly wrote: (entry: LedgerEntry) => void;
  readonly commit: (commit: Commit) => void;
  /** Protocols that the device knows to be asked for and that code of this content lacks. */
  readonly lackedBy: (device: SimDevice, content: Hash | undefined) => readonly string[];
}

export const createFenceBook = (): FenceBook => {
  /** What was said of a manifest in an offer. */
  const offers = new Map<Hash, BodyOf<'upgrade.proposed'>>();
  /** Which of them ever lay on a device as a fact. */
  const heardOn = new Map<SimDevice, Set<Hash>>();
  const spokenBy = new Map<Hash, readonly string[]>();

  return {
    wrote: ({ body }) => {
      if (body?.kind !== 'upgrade.proposed') return;
      if (!offers.has(body.manifest)) offers.set(body.manifest, body);
      if (!spokenBy.has(body.content)) spokenBy.set(body.content, body.protocols);
    },
    commit: ({ device, entries }) => {
      for (const { body } of entries) {
        if (body?.kind !== 'upgrade.proposed') continue;
        const heard = heardOn.get(device) ?? new Set();
        heardOn.set(device, heard.add(body.manifest));
      }
    },
    lackedBy: (device, content) => {
      const roster = replicaOf(device)?.view().account?.rosterHash;
      if (roster === undefined || content === undefined) return [];
      const lineage = [...lineageOf(bookOf(device.disk), roster)].reverse();
      const binding = lineage.flatMap(({ record }) => {
        const manifest = record.activation?.manifest;
        const isHeard = manifest !== undefined && heardOn.get(device)?.has(manifest) === true;
        return isHeard ? (offers.get(manifest) ?? []) : [];
      });
      const last = binding.at(-1);
      if (last === undefined) return [];
      const spoken = spokenBy.get(content) ?? THIS_BUILD.protocols;
      const required = binding.flatMap(({ requires }) => requires);
      return required.filter((each) => last.protocols.includes(each) && !spoken.includes(each));
    },
  };
};

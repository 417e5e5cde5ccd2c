import {
  type SnapshotCompletion,
  headOf,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import { parseRosterCompletion } from '../../core/authority/roster-completion.js';
import { type RosterRecord, rosterHashOf } from '../../core/authority/roster.js';
import type { DeviceId, HeadId, RosterHash } from '../../core/base/brands.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

interface ReadHead {
  readonly head: HeadId;
  readonly completion: SnapshotCompletion;
}

/**
 * 8: a snapshot is judged by the record that it was signed under, whatever came after it; and at
 * the end all devices say of the same heads that they stand.
 *
 * Where every signer still is a member of the record in force, a head under a record of the chain
 * stands. Bits and records are read from the disk; no code of the product that judges is asked.
 */
export const checkEligibility: CreateChecker = (scene) => {
  const records = new WeakMap<Uint8Array, readonly [RosterHash, RosterRecord] | null>();
  const heads = new WeakMap<Uint8Array, ReadHead | null>();

  const recordsOn = ({ disk }: SimDevice): ReadonlyMap<RosterHash, RosterRecord> => {
    const found = new Map<RosterHash, RosterRecord>();
    for (const [key, value] of disk.rowsOf('governance')) {
      if (!key.startsWith('roster:')) continue;
      const read = records.get(value) ?? readRecord(value);
      records.set(value, read);
      if (read !== null) found.set(...read);
    }
    return found;
  };

  const headsOn = ({ disk }: SimDevice): readonly ReadHead[] =>
    [...disk.rowsOf('governance')].flatMap(([key, value]) => {
      if (!key.startsWith('head:')) return [];
      const read = heads.get(value) ?? readHead(value);
      heads.set(value, read);
      return read ?? [];
    });

  const standingOn = (device: SimDevice): ReadonlySet<string> =>
    new Set(
      (replicaOf(device)?.view().snapshots ?? []).flatMap((each) =>
        each.isStanding ? each.id : [],
      ),
    );

  return {
    step: (device) => {
      const view = replicaOf(device)?.view();
      if (view?.account == null || view.stage !== 'member' || view.account.isForked) return;
      const known = recordsOn(device);
      const lineage = lineageOf(known, view.account.rosterHash);
      const members = membersOf(known.get(view.account.rosterHash));
      const shown = new Map(view.snapshots.map((each) => [each.id, each]));
      for (const { head, completion } of headsOn(device)) {
        const record = known.get(completion.roster);
        const told = shown.get(head);
        if (record === undefined || told === undefined || told.isStanding) continue;
        if (!lineage.has(completion.roster)) continue;
        const signers = signersOf(completion, record);
        if (!signers.every((signer) => members.has(signer))) continue;
        const what = `${device.name} voids ${head.slice(0, 8)} of epoch ${record.epoch}`;
        scene.fail('8 a head is judged by its own record', what);
      }
    },
    end: () => {
      const all = scene.devices.filter(
        (device) => !device.isLiar && replicaOf(device)?.view().stage === 'member',
      );
      const words = all.map((device) => [...standingOn(device)].sort().join());
      if (new Set(words).size <= 1) return;
      const sizes = all.map((device) => `${device.name} ${standingOn(device).size}`).join();
      scene.fail('8 the same heads stand everywhere', sizes);
    },
  };
};

const readRecord = (value: Uint8Array): readonly [RosterHash, RosterRecord] | null => {
  const read = parseRosterCompletion(value);
  return read.ok ? [rosterHashOf(read.value.record), read.value.record] : null;
};

const readHead = (value: Uint8Array): ReadHead | null => {
  const read = parseSnapshotCompletion(value);
  return read.ok ? { head: headOf(read.value), completion: read.value } : null;
};

const lineageOf = (
  known: ReadonlyMap<RosterHash, RosterRecord>,
  tip: RosterHash,
): ReadonlySet<RosterHash> => {
  const lineage = new Set<RosterHash>();
  for (let at: RosterHash | null = tip; at !== null; at = known.get(at)?.previous ?? null) {
    lineage.add(at);
  }
  return lineage;
};

const membersOf = (record: RosterRecord | undefined): ReadonlySet<DeviceId> =>
  new Set((record?.members ?? []).map(({ device }) => device));

const signersOf = (
  { signature: { signers } }: SnapshotCompletion,
  record: RosterRecord,
): readonly DeviceId[] =>
  record.members.flatMap(({ device }, bit) =>
    ((signers[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? device : [],
  );

import {
  type SnapshotCompletion,
  headOf,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import type { DeviceId, HeadId } from '../../core/base/brands.js';
import { readOnce } from '../../core/base/read-once.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';
import { bookOf, lineageOf } from './roster-book.js';

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
  const headsOn = ({ disk }: SimDevice): readonly ReadHead[] =>
    [...disk.rowsOf('governance')].flatMap(([key, value]) =>
      key.startsWith('head:') ? (readHead(value) ?? []) : [],
    );

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
      const known = bookOf(device.disk);
      const { rosterHash } = view.account;
      const lineage = new Set(lineageOf(known, rosterHash).map(({ hash }) => hash));
      const members = membersOf(known.get(rosterHash)?.record);
      const shown = new Map(view.snapshots.map((each) => [each.id, each]));
      for (const { head, completion } of headsOn(device)) {
        const record = known.get(completion.roster)?.record;
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

const readHead = readOnce((value: Uint8Array): ReadHead | null => {
  const read = parseSnapshotCompletion(value);
  return read.ok ? { head: headOf(read.value), completion: read.value } : null;
});

const membersOf = (record: RosterRecord | undefined): ReadonlySet<DeviceId> =>
  new Set((record?.members ?? []).map(({ device }) => device));

const signersOf = (
  { signature: { signers } }: SnapshotCompletion,
  record: RosterRecord,
): readonly DeviceId[] =>
  record.members.flatMap(({ device }, bit) =>
    ((signers[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? device : [],
  );

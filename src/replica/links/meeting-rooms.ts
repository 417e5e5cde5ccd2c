import type { DeviceId, EncryptionKey } from '../../core/base/brands.js';
import { type RosterRecord, memberOf } from '../../core/authority/roster.js';
import { accountRoom, pairwiseRoom } from '../../core/links/rooms.js';
import type { RoomConfig } from '../../ports/transport.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import type { Link } from './link.js';
import { addProblem } from '../loop/problems.js';
import { createRetiredKeys } from '../membership/retired-keys.js';

/** In which rooms this device is to be found (rule N3). */
export interface MeetingRooms {
  /**
   * The account's room of the epoch in force, and a room of two for each member that is missed in
   * it, and for each device that was removed lately.
   *
   * Paper is never waited for. Whoever was removed waits nowhere. While the chain is forked, the
   * rooms of all its branches that this device can enter, and of the record before them.
   */
  readonly wanted: (links: readonly Link[]) => Promise<readonly RoomConfig[]>;
}

const PAIRWISE_ERA = 0;
/** So long a device has to be missed in the account's room before a pairwise room is opened. */
const PAIRWISE_AFTER_MS = 6_000;

export const createMeetingRooms = (context: Context, secrets: EpochSecrets): MeetingRooms => {
  const pairRooms = new Map<EncryptionKey, RoomConfig>();
  const missedSinceMs = new Map<DeviceId, number>();
  const retired = createRetiredKeys(context);

  /** Whoever is not met in the account's room for a while may have missed its change. */
  const isMissed = (device: DeviceId, links: readonly Link[]): boolean => {
    const nowMs = context.ports.clock.monotonicMs();
    const isMet = links.some(
      (link) => link.peer === device && link.isOpen && link.channel.purpose === 'account',
    );
    if (isMet) missedSinceMs.delete(device);
    else if (!missedSinceMs.has(device)) missedSinceMs.set(device, nowMs);
    return nowMs - (missedSinceMs.get(device) ?? nowMs) >= PAIRWISE_AFTER_MS;
  };

  const pairRoomWith = async (other: EncryptionKey): Promise<RoomConfig | null> => {
    const { holdings, keys } = context;
    const held = pairRooms.get(other);
    if (held !== undefined || holdings === null || keys === null) return held ?? null;
    const shared = await keys.sealer.pairSecret(other);
    const name = pairwiseRoom(shared, holdings.account, PAIRWISE_ERA);
    const room = { ...name, purpose: 'pairwise' } as const;
    pairRooms.set(other, room);
    return room;
  };

  const wanted: MeetingRooms['wanted'] = async (links) => {
    const { holdings } = context;
    if (holdings === null || wasRemoved(context, holdings)) return [];
    if (!canConnect(context)) {
      addProblem(context, 'no-connections');
      return [];
    }
    const rooms: RoomConfig[] = [];
    for (const record of recordsInForce(context, holdings)) {
      const secret = await secrets.secretOf(record);
      if (secret === null) continue;
      rooms.push({ ...accountRoom(secret, holdings.account), purpose: 'account' });
    }
    const others = holdings
      .chain()
      .tip.members.filter(({ device, storage }) => device !== holdings.me && storage !== 'paper');
    // Who only waits to become a member keeps nothing that outlasts its giving up.
    const gone = context.pending === null ? await retired.served(holdings) : [];
    for (const { device, encryptionKey } of [...others, ...gone]) {
      const room = isMissed(device, links) ? await pairRoomWith(encryptionKey) : null;
      if (room !== null) rooms.push(room);
    }
    return rooms;
  };

  return { wanted };
};

/** Whether this browser lets devices connect at all: without, each device is for itself. */
export const canConnect = ({ ports }: Pick<Context, 'ports'>): boolean =>
  ports.transport.canConnect?.() ?? true;

/** Whether no branch of the chain names this device any more, and none is about to. */
export const wasRemoved = (context: Context, holdings: Holdings): boolean => {
  const { tips, recordAt, membersEver } = holdings.chain();
  if (context.pending !== null || !membersEver.has(holdings.me)) return false;
  return tips.every((tip) => {
    const record = recordAt(tip);
    return record !== null && memberOf(record, holdings.me) === null;
  });
};

const recordsInForce = (context: Context, holdings: Holdings): readonly RosterRecord[] => {
  if (context.pending !== null) return [context.pending.record];
  const { tips, tipHash, recordAt } = holdings.chain();
  return [...new Set([tipHash, ...tips])].flatMap((hash) => recordAt(hash) ?? []);
};

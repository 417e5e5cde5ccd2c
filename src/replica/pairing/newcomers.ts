import { memberOf } from '../../core/authority/roster.js';
import { type RosterHash, brandHex, isHex32 } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import type { Row } from '../../ports/store.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { NewcomerView } from '../membership/membership-view.js';
import { KEYS, putRow } from '../storage/rows.js';

/**
 * Who came in while this device was a member, and through whom, until a person has put it away
 * (rule N9): a device that a thief let in is seen on every other one.
 *
 * Read off the records, so nothing has to be written when somebody comes. What this device put
 * forward itself was shown while it was done.
 */
export interface Newcomers {
  /** Newest last; only who is a member still. */
  readonly view: () => readonly NewcomerView[];
  readonly putAway: (roster: RosterHash) => Done;
  readonly load: (own: readonly Row[]) => void;
}

export const createNewcomers = (context: Context): Newcomers => {
  const met = new Set<RosterHash>();

  /** When this device heard of it; the log forgets at some time. */
  const heardMs = (epoch: number): number | null => {
    const heard = context.activity
      .lines()
      .find(({ kind, details }) => kind === 'device-joined' && details['epoch'] === epoch);
    return heard?.atMs ?? null;
  };

  const cameWith = (roster: RosterHash): readonly NewcomerView[] => {
    const { holdings } = context;
    const transition = holdings?.transitions().get(roster);
    if (!holdings || transition === undefined || met.has(roster)) return [];
    const { me } = holdings;
    const { completion, newcomers, record } = transition;
    const before = record.previous === null ? null : holdings.chain().recordAt(record.previous);
    // What was before this device is none of its business; what it did itself it knows.
    if (before === null || memberOf(before, me) === null || completion.proposer === me) return [];
    return newcomers.flatMap((device) => {
      const member = memberOf(holdings.chain().tip, device);
      const by = memberOf(before, completion.proposer)?.name ?? '';
      const { epoch } = record;
      return member === null
        ? []
        : [{ device, name: member.name, by, roster, atMs: heardMs(epoch) }];
    });
  };

  return {
    view: () => context.holdings?.chain().lineage.flatMap(cameWith) ?? [],
    putAway: async (roster) => {
      if (cameWith(roster).length === 0) return ok(undefined);
      const done = await context.commit([putRow('own', KEYS.met(roster), null)], 'strict');
      if (!done.ok) return err({ kind: 'store', error: done.error });
      met.add(roster);
      context.changed();
      return ok(undefined);
    },
    load: (own) => {
      for (const { key } of own) {
        const [kind, name = ''] = key.split(':');
        if (kind === 'met' && isHex32(name)) met.add(brandHex<RosterHash>(name));
      }
    },
  };
};

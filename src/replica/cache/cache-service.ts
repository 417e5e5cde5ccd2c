import { need } from '../../core/authority/capability.js';
import { memberOf } from '../../core/authority/roster.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { isMatch } from '../../core/base/key-pattern.js';
import { err, ok } from '../../core/base/result.js';
import { type Invalidation, planInvalidation, planSweep } from '../../core/cache/invalidation.js';
import type { Row } from '../../ports/store.js';
import type { CacheCommands } from './cache-commands.js';
import { createInvalidationLog } from './cache-log.js';
import { CACHE_BYTES_MAX, createCacheValues } from './cache-values.js';
import type { CommandError, Done } from '../command-error.js';
import type { Context } from '../context.js';
import type { Fence } from '../snapshots/fence.js';
import type { Holdings } from '../journal/holdings.js';
import { runInTurn } from '../loop/inbox.js';
import type { Intake } from '../journal/intake.js';
import type { OwnSession } from '../journal/own-session.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { SharedExchange } from './shared-exchange.js';
import type { SharedValues } from './shared-values.js';
import { KEYS, deleteRow, putRow, readRow } from '../storage/rows.js';
import { foreignIn } from './shared-rows.js';

/** Values that can be worked out again, and what is published of them (rules K1 to K3). */
export interface CacheService {
  readonly commands: CacheCommands;
  /** What passes between devices of values that they work out for each other. */
  readonly shared: Omit<SharedExchange, 'ask'>;
  /** Publishes what waited for a fence, and lets go of what may not be served any more. */
  readonly settle: () => Promise<void>;
  readonly load: (own: readonly Row[]) => void;
}

/** Keys that wait for a fence to fall, in the order in which they were named. */
interface Waiting {
  readonly index: number;
  readonly keys: readonly string[];
  readonly floor: number;
}

export const createCacheService = (
  context: Context,
  intake: Intake,
  fence: Fence,
  session: OwnSession,
  settle: () => Promise<void>,
  choice: Pick<PeerChoice, 'ranked' | 'note'>,
): CacheService => {
  const values = createCacheValues(context);
  let shared: SharedValues | null = null;
  let loading: Promise<SharedValues | null> | null = null;
  /**
   * Comes when it is first needed: when a list of pictures is looked at, here or elsewhere. Null
   * where it does not come; who asks again has it tried again.
   */
  const loadShared = (): Promise<SharedValues | null> =>
    (loading ??= import('./shared-values.js')
      .then(({ createSharedValues }) => (shared = createSharedValues(context, values, choice)))
      .catch(() => (loading = null)));
  const followInvalidations = createInvalidationLog(context);
  let waiting: readonly Waiting[] = [];
  let nextIndex = 0;

  const publish = async (
    holdings: Holdings,
    bodies: readonly Invalidation[],
    waited: readonly Waiting[],
  ): Done => {
    const gone = waited.map(({ index }) => deleteRow('own', KEYS.invalidation(index)));
    const done = await intake.own(bodies, gone);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    const sweep = planSweep(values.floors(), session.current, holdings.chain().tip.epoch);
    // Where this fails the next invalidation tries again: too many floors cost room and no more.
    if (sweep !== null) await intake.own([sweep]);
    return ok(undefined);
  };

  const invalidate = async (keys: readonly string[], floor: number | undefined): Done => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    if (!mayInvalidate(holdings)) return err(NOT_ALLOWED);
    const { epoch } = holdings.chain().tip;
    const bodies = planInvalidation(keys, floor ?? epoch, epoch);
    if (!bodies.ok) return bodies;
    await fence.settle();
    if (!fence.isHolding() && waiting.length === 0) {
      const done = await publish(holdings, bodies.value, []);
      if (done.ok) await settle();
      return done;
    }
    const entry = { index: nextIndex, keys: [...keys], floor: floor ?? epoch };
    const row = putRow('own', KEYS.invalidation(entry.index), [entry.keys, entry.floor]);
    const done = await context.commit([row], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    nextIndex += 1;
    waiting = [...waiting, entry];
    await settle();
    return ok(undefined);
  };

  const flush = async (): Promise<void> => {
    const { holdings } = context;
    if (waiting.length === 0 || holdings === null || fence.isHolding()) return;
    const entries = waiting;
    const { epoch } = holdings.chain().tip;
    const bodies = mayInvalidate(holdings)
      ? entries.flatMap(({ keys, floor }) => {
          const planned = planInvalidation(keys, Math.min(floor, epoch + 1), epoch);
          return planned.ok ? planned.value : [];
        })
      : [];
    const done = await publish(holdings, bodies, entries);
    if (done.ok) waiting = waiting.filter((each) => !entries.includes(each));
  };

  /** What waits for a fence acts here at once: nothing is served that somebody has thrown out. */
  const isWaitedFor = (key: string): boolean =>
    waiting.some(({ keys }) => keys.some((pattern) => isMatch(pattern, key)));

  return {
    shared: {
      received: (link, message) =>
        message.kind === 'wantShared' || message.kind === 'sharedValue'
          ? loadShared().then(async (parts) => void (await parts?.exchange.received(link, message)))
          : null,
      closed: (link) => shared?.exchange.closed(link),
      close: () => shared?.exchange.close(),
    },
    commands: {
      invalidate: (keys, floor) => runInTurn(context.inbox, () => invalidate(keys, floor)),
      isValid: (key, epoch) => !isWaitedFor(key) && values.isValid(key, epoch),
      get: async (key) => (isWaitedFor(key) ? undefined : values.get(key)),
      fetchFresh: async <T extends CanonicalValue>(
        ...said: Parameters<CacheCommands['fetchFresh']>
      ) => (isWaitedFor(said[0]) ? await said[1]() : await values.fetchFresh(...said)) as T,
      fetchShared: async (key, how) => {
        const parts = isWaitedFor(key) ? null : await loadShared();
        return parts === null ? ((await how.compute?.()) ?? null) : parts.fetch(key, how);
      },
      set: async (...said) => (isWaitedFor(said[0]) ? undefined : values.set(...said)),
      drop: (...classes) => values.drop(classes),
      figures: () => ({
        values: values.count(),
        bytes: values.bytes(),
        bytesMax: CACHE_BYTES_MAX,
        foreign: values.countOf((value) => foreignIn(value) !== null),
        classes: values.classes(),
        waiting: waiting.length,
        mayInvalidate: context.holdings !== null && mayInvalidate(context.holdings),
      }),
    },
    settle: async () => {
      await flush();
      followInvalidations(values.floors(), await values.sweep());
    },
    load: (own) => {
      waiting = own.flatMap((row) => waitingIn(row) ?? []);
      nextIndex = (waiting.at(-1)?.index ?? -1) + 1;
    },
  };
};

const NOT_ALLOWED: CommandError = { kind: 'not-allowed', capability: 'cache_invalidate' };

const mayInvalidate = (holdings: Holdings): boolean => {
  const record = holdings.chain().tip;
  const { me } = holdings;
  return memberOf(record, me) !== null && need('cache_invalidate')(record, me);
};

/** Null for another row, and for one that does not read back. */
const waitingIn = ({ key, value }: Row): Waiting | null => {
  const index = /^invalidation:(\d+)$/.exec(key)?.[1];
  const row = readRow(value);
  if (index === undefined || !Array.isArray(row)) return null;
  const [keys, floor] = row as readonly CanonicalValue[];
  if (!Array.isArray(keys) || typeof floor !== 'number') return null;
  const texts = (keys as readonly CanonicalValue[]).filter((each) => typeof each === 'string');
  return { index: Number(index), keys: texts, floor };
};

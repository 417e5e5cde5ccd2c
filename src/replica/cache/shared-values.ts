import { memberOf } from '../../core/authority/roster.js';
import type { DeviceId } from '../../core/base/brands.js';
import { hexToBytes } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import type { SignedValue } from '../../core/base/signed-value.js';
import {
  checkShared,
  sharedStamp,
  sharedToSign,
  stampToShare,
} from '../../core/cache/shared-value.js';
import type { SharedHow } from './cache-commands.js';
import type { CacheValues } from './cache-values.js';
import type { Context } from '../context.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import { type SharedExchange, createSharedExchange } from './shared-exchange.js';
import { bytesIn, foreignIn } from './shared-rows.js';

/**
 * Values that devices work out for each other (rule K4).
 *
 * Own ones lie in the cache as `[bytes]`, those of others with their maker and its signature. A
 * value of another device is taken over after what can be checked without working it out, and gives
 * way to this device's own as soon as there is one; who made another one is not believed any more.
 */
export interface SharedValues {
  readonly exchange: SharedExchange;
  readonly fetch: (key: string, how: SharedHow) => Promise<Uint8Array | null>;
}

/** Nobody who was asked had it: not asked again for so long. */
const AGAIN_MS = 60_000;
const MISSED_MAX = 500;

export const createSharedValues = (
  context: Context,
  values: CacheValues,
  choice: Pick<PeerChoice, 'ranked' | 'note'>,
): SharedValues => {
  /** Until this device is opened again; the log remembers longer. */
  const liars = new Set<DeviceId>();
  const missedMs = new Map<string, number>();

  /** Signed anew each time it is asked for, or as its maker signed it. */
  const find = async (key: string): Promise<SignedValue | null> => {
    const { holdings, keys } = context;
    const held = await values.peek(key);
    if (holdings === null || keys === null || held === null) return null;
    const stamp = stampToShare(held.stamp);
    const bytes = bytesIn(held.value);
    const isGiven = bytes !== null && bytes.length > 0 && bytes.length <= BYTES_MAX;
    if (stamp === null || !isGiven) return null;
    const foreign = foreignIn(held.value);
    if (foreign !== null) return { ...foreign, ...stamp };
    const said = { ...stamp, maker: holdings.me, bytes };
    const message = sharedToSign(holdings.account, key, said);
    return { ...said, signature: await keys.signer.sign(message) };
  };
  const exchange = createSharedExchange(context, find, choice);

  const lied = async (key: string, maker: DeviceId): Promise<void> => {
    liars.add(maker);
    choice.note(maker, 'gave-wrong');
    context.activity.add('shared-false', 'bad', maker, { key });
    await values.letGo((_key, { value }) => foreignIn(value)?.maker === maker);
    context.changed();
  };

  /** Membership, epoch, floors, signature, and what the value itself can be asked. */
  const take = async (key: string, how: SharedHow, value: SignedValue): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null || value.maker === holdings.me) return false;
    const { tip } = holdings.chain();
    const isBelieved = (maker: DeviceId): boolean =>
      !liars.has(maker) && memberOf(tip, maker) !== null;
    const ground = { account: holdings.account, epoch: tip.epoch, floors: values.floors() };
    const check = checkShared({ ...ground, isBelieved }, key, value);
    if (!check.ok || (await context.ports.verifier.verify([check.value]))[0] !== true) return false;
    if (!how.isSound(value.bytes)) {
      await lied(key, value.maker);
      return false;
    }
    await values.hold(key, sharedStamp(value), [
      value.bytes,
      hexToBytes(value.maker),
      value.signature,
    ]);
    return true;
  };

  const workOut = async (
    key: string,
    compute: () => Promise<Uint8Array>,
    how: SharedHow,
  ): Promise<Uint8Array | null> => {
    const theirs = foreignIn((await values.peek(key))?.value ?? null);
    const made = await values.workOut(key, async () => [await compute()], { isKept: true });
    const own = bytesIn(made);
    if (own !== null && theirs !== null && !(await how.isSame(own, theirs.bytes))) {
      await lied(key, theirs.maker);
    }
    return own;
  };

  const askFor = async (key: string, how: SharedHow): Promise<Uint8Array | null> => {
    const nowMs = context.ports.clock.monotonicMs();
    const missed = missedMs.get(key);
    if (missed !== undefined && nowMs - missed < AGAIN_MS) return null;
    await exchange.ask(key, (value) => take(key, how, value));
    const came = bytesIn((await values.peek(key))?.value ?? null);
    missedMs.delete(key);
    if (came !== null) return came;
    const [oldest] = missedMs.size < MISSED_MAX ? [] : missedMs.keys();
    if (oldest !== undefined) missedMs.delete(oldest);
    missedMs.set(key, nowMs);
    return null;
  };

  return {
    exchange,
    fetch: async (key, how) => {
      const held = (await values.get(key)) ?? null;
      const isOwn = bytesIn(held) !== null && foreignIn(held) === null;
      if (isOwn) return bytesIn(held);
      if (how.compute !== null) return workOut(key, how.compute, how);
      return bytesIn(held) ?? askFor(key, how);
    },
  };
};

const BYTES_MAX = LIMITS.sharedValueBytesMax;

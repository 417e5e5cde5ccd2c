import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import type { AccountId, DeviceId } from '../../src/core/base/brands.js';
import { checkShared } from '../../src/core/cache/shared-value.js';
import { readFloors } from '../../src/core/cache/validity.js';
import type { SignedValue } from '../../src/core/base/signed-value.js';
import { encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import type { Context } from '../../src/replica/context.js';
import type { Link } from '../../src/replica/links/link.js';
import { createSharedExchange } from '../../src/replica/cache/shared-exchange.js';
import { filled, id } from '../unit/links/samples.js';
import { type Door, demand } from './door.js';

const KEY = 'thumb:a';
const value: SignedValue = {
  ...{ maker: id<DeviceId>(1), epoch: 2, known: [] },
  ...{ signature: filled(64, 3), bytes: filled(9, 4) },
};
const ground = {
  ...{ account: id<AccountId>(9), epoch: 3, floors: readFloors(new Map()) },
  isBelieved: (maker: DeviceId): boolean => maker === id(1),
};

/**
 * Whatever a member says of values, nothing is looked at that was not asked for, what is taken
 * has passed the check, and whoever asked hears an end of it.
 */
const shared: Door = {
  name: 'shared value',
  weight: 2,
  seeds: [
    { kind: 'sharedValue', key: KEY, value } as const,
    { kind: 'sharedValue', key: KEY, value: null } as const,
    { kind: 'sharedValue', key: 'other', value } as const,
    { kind: 'wantShared', key: KEY } as const,
  ].map(encodeMessage),
  enter: async (input) => {
    const read = parseMessage(input);
    if (!read.ok || (read.value.kind !== 'sharedValue' && read.value.kind !== 'wantShared')) {
      return false;
    }
    const clock = createManualClock();
    const link = {
      ...{ peer: id(1), membership: 'member', isOpen: true, offences: 0, sending: 0 },
      ...{ meter: { sent: new Map() }, channel: { send: async () => undefined } },
    } as unknown as Link;
    const exchange = createSharedExchange(
      { ports: { clock } } as unknown as Context,
      async () => value,
      { ranked: () => [link], note: () => undefined },
    );
    const looked: string[] = [];
    await exchange.received(link, read.value);
    let isOver = false;
    const ending = exchange
      .ask(KEY, async (came) => {
        looked.push(KEY);
        demand(came.bytes.length <= 24 * 1024, 'a value is larger than any');
        return checkShared(ground, KEY, came).ok;
      })
      .then(() => (isOver = true));
    await exchange.received(link, read.value);
    const isAnswer = read.value.kind === 'sharedValue' && read.value.key === KEY;
    demand(looked.length <= (isAnswer ? 1 : 0), 'what was not asked for was looked at');
    clock.advance(10_001);
    await Promise.resolve();
    exchange.closed(link);
    await ending;
    demand(isOver, 'it never came to an end');
    exchange.close();
    return true;
  },
};

export const SHARED_DOORS: readonly Door[] = [shared];

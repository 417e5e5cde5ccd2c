import type { Channel, RoomConfig, Transport } from '../../src/ports/transport.js';

/** Two devices that can reach each other, and the end of whatever carries them. */
export interface TransportPair {
  readonly left: Transport;
  readonly right: Transport;
  readonly close: () => Promise<void>;
}

export interface ContractCase {
  readonly title: string;
  readonly run: (make: () => Promise<TransportPair>) => Promise<void>;
}

type Body = (pair: TransportPair) => Promise<void>;

const contractCase = (title: string, body: Body): ContractCase => ({
  title,
  run: async (make) => {
    const pair = await make();
    try {
      await body(pair);
    } finally {
      await pair.close();
    }
  },
});

/** What every adapter of the transport port must do; runs anywhere, throws on the first failure. */
export const transportContract: readonly ContractCase[] = [
  contractCase('[N1] a channel has one initiator and mirrored fingerprints', async (pair) => {
    const [left, right] = await meet(pair, room('account'));
    check(left.isInitiator !== right.isInitiator, 'exactly one end is the initiator');
    check(left.localFingerprint.length === 32, 'a fingerprint has 32 bytes');
    check(isEqual(left.localFingerprint, right.remoteFingerprint), 'left is mirrored');
    check(isEqual(right.localFingerprint, left.remoteFingerprint), 'right is mirrored');
    check(!isEqual(left.localFingerprint, right.localFingerprint), 'the ends differ');
    check(left.purpose === 'account' && right.purpose === 'account', 'the purpose is the room’s');
  }),

  contractCase('[N1] messages of any size arrive whole and in order', async (pair) => {
    const [left, right] = await meet(pair, room('account'));
    await raise(left, right, 16 * 1024 * 1024);
    const sizes = [1, 64 * 1024, 300 * 1024, 1, 5 * 1024 * 1024, 2, 0, 262_145];
    const sent = sizes.map((size, index) => pattern(size, index));
    const arrived = collect(right, sizes.length);
    for (const message of sent) void left.send(message);
    const got = await arrived;
    sent.forEach((message, index) => {
      check(isEqual(message, got[index]!), `message ${index} of ${message.length} bytes`);
    });
  }),

  contractCase('[N1] both ends send at once, small among large', async (pair) => {
    const [left, right] = await meet(pair, room('account'));
    await raise(left, right, 1024 * 1024);
    const sent = Array.from({ length: 40 }, (_, index) => pattern((index % 5) * 70_000, index));
    const [atLeft, atRight] = [collect(left, 40), collect(right, 40)];
    for (const message of sent) {
      void left.send(message);
      void right.send(message);
    }
    for (const got of [await atLeft, await atRight]) {
      check(
        sent.every((message, index) => isEqual(message, got[index]!)),
        'whole and in order',
      );
    }
  }),

  contractCase('[N1] what arrives before anyone listens is kept', async (pair) => {
    const [left, right] = await meet(pair, room('pairing'));
    await left.send(pattern(10, 1));
    await left.send(pattern(64 * 1024, 2));
    await exchange(right, left);
    const [first, second] = await collect(right, 2);
    check(isEqual(first!, pattern(10, 1)), 'the first message');
    check(isEqual(second!, pattern(64 * 1024, 2)), 'the second message, of exactly 64 KiB');
  }),

  contractCase('[N8] a message above the limit closes the channel unread', async (pair) => {
    const [left, right] = await meet(pair, room('account'));
    let isRead = false;
    right.onMessage(() => {
      isRead = true;
    });
    const gone = Promise.all([closing(left), closing(right)]);
    void left.send(pattern(64 * 1024 + 1, 1));
    await gone;
    check(!isRead, 'nothing was handed over');
  }),

  contractCase('[N1] both ends see a close, and sending afterwards is harmless', async (pair) => {
    const [left, right] = await meet(pair, room('account'));
    const gone = Promise.all([closing(left), closing(right)]);
    const last = collect(right, 1);
    await left.send(pattern(20, 1));
    await last;
    left.close();
    left.close();
    await gone;
    await left.send(pattern(1, 1));
    await right.send(pattern(1, 1));
    await closing(left);
  }),

  contractCase('[N6] a device that leaves and joins again is found again', async (pair) => {
    const config = room('account');
    const rightChannels = listen(pair.right, config);
    const first = listen(pair.left, config);
    const [left, right] = [await first.next(), await rightChannels.next()];
    const gone = Promise.all([closing(left), closing(right)]);
    first.leave();
    await gone;
    const again = listen(pair.left, config);
    const [back, mirrored] = [await again.next(), await rightChannels.next()];
    check(isEqual(back.localFingerprint, mirrored.remoteFingerprint), 'the new channel is whole');
    await exchange(back, mirrored);
  }),

  contractCase('[N3] another room or another password finds nobody', async (pair) => {
    const config = room('account');
    const found: string[] = [];
    pair.left.join(config, () => found.push('left'));
    pair.right.join(room('account'), () => found.push('other room'));
    pair.right.join({ ...config, password: 'another password' }, () => found.push('password'));
    const [left, right] = await meet(pair, room('pairing'));
    await exchange(left, right);
    await exchange(right, left);
    check(found.length === 0, `nobody was found, but ${found.join(', ')}`);
  }),

  contractCase('[N3] one device is in several rooms, each with its purpose', async (pair) => {
    const [pairing, account] = [room('pairing'), room('account')];
    const leftPairing = listen(pair.left, pairing);
    const leftAccount = listen(pair.left, account);
    const rightPairing = listen(pair.right, pairing);
    const rightAccount = listen(pair.right, account);
    check((await leftPairing.next()).purpose === 'pairing', 'pairing at the left');
    check((await rightPairing.next()).purpose === 'pairing', 'pairing at the right');
    check((await leftAccount.next()).purpose === 'account', 'account at the left');
    check((await rightAccount.next()).purpose === 'account', 'account at the right');
  }),
];

const room = (purpose: RoomConfig['purpose']): RoomConfig => ({
  name: `room-${crypto.randomUUID()}`,
  password: `password-${crypto.randomUUID()}`,
  purpose,
});

const listen = (transport: Transport, config: RoomConfig) => {
  const ready: Channel[] = [];
  const waiting: ((channel: Channel) => void)[] = [];
  const joined = transport.join(config, (channel) => {
    const taker = waiting.shift();
    if (taker === undefined) ready.push(channel);
    else taker(channel);
  });
  const next = (): Promise<Channel> => {
    const channel = ready.shift();
    if (channel !== undefined) return Promise.resolve(channel);
    return new Promise((resolve) => waiting.push(resolve));
  };
  return { next, leave: () => joined.leave() };
};

const meet = async (pair: TransportPair, config: RoomConfig): Promise<[Channel, Channel]> => {
  const [left, right] = [listen(pair.left, config), listen(pair.right, config)];
  return [await left.next(), await right.next()];
};

const collect = (channel: Channel, count: number): Promise<Uint8Array[]> =>
  new Promise((resolve) => {
    const messages: Uint8Array[] = [];
    channel.onMessage((message) => {
      if (messages.length < count) messages.push(message);
      if (messages.length === count) resolve(messages);
    });
  });

const closing = (channel: Channel): Promise<void> =>
  new Promise((resolve) => channel.onClose(resolve));

/** One message, to know that everything that was said or set before it has taken place. */
const exchange = async (from: Channel, to: Channel): Promise<void> => {
  const arrived = collect(to, 1);
  await from.send(pattern(3, 7));
  await arrived;
};

const raise = async (left: Channel, right: Channel, bytes: number): Promise<void> => {
  left.setMessageBytesMax(bytes);
  right.setMessageBytesMax(bytes);
  await exchange(left, right);
  await exchange(right, left);
};

const pattern = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8) + seed) & 255);

const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);

const check = (condition: boolean, message: string): void => {
  if (!condition) throw new Error(`contract broken: ${message}`);
};

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import {
  attachRendezvous,
  type Rendezvous,
  type RendezvousOptions,
} from '../../../src/server/rendezvous.js';

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const end of ends.reverse()) await end();
  ends = [];
});

const startServer = async (options?: RendezvousOptions) => {
  const server: Server = createServer((_request, response) => response.end('ok'));
  const rendezvous: Rendezvous = attachRendezvous(server, options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ends.push(async () => {
    await rendezvous.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  });
  return { rendezvous, port, url: `ws://127.0.0.1:${port}/rendezvous` };
};

/** A client that hands out, one by one, the frames that it receives. */
const connect = async (url: string, options: ClientOptions = {}) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const frames: unknown[] = [];
  const waiting: ((frame: unknown) => void)[] = [];
  socket.on('message', (data) => {
    const frame: unknown = JSON.parse(String(data));
    const taker = waiting.shift();
    if (taker === undefined) frames.push(frame);
    else taker(frame);
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  ends.push(async () => socket.terminate());
  const next = (): Promise<unknown> =>
    frames.length > 0
      ? Promise.resolve(frames.shift())
      : new Promise((resolve) => waiting.push(resolve));
  const say = (frame: unknown): void => socket.send(JSON.stringify(frame));
  /** Everything said before has been read once this resolves. */
  const settle = async (): Promise<void> => {
    say({ type: 'ping' });
    expect(await next()).toEqual({ type: 'pong' });
  };
  return { socket, next, say, settle, closed };
};

type Client = Awaited<ReturnType<typeof connect>>;

const enter = async (client: Client, ...topics: string[]): Promise<void> => {
  client.say({ type: 'subscribe', topics });
  await client.settle();
};

const expectTalk = async (from: Client, to: Client, topic: string): Promise<void> => {
  from.say({ type: 'publish', topic, data: 'hello' });
  expect(await to.next()).toMatchObject({ type: 'publish', topic, data: 'hello' });
};

const MALFORMED: readonly (string | Buffer)[] = [
  '',
  'x',
  'null',
  'true',
  '7',
  '"text"',
  '[]',
  '{}',
  '{"type":null}',
  '{"type":"__proto__"}',
  '{"type":"constructor","topics":["a"]}',
  '{"type":"subscribe"}',
  '{"type":"subscribe","topics":"a"}',
  '{"type":"subscribe","topics":{"length":1e9}}',
  '{"type":"subscribe","topics":[null,7,{},[],""]}',
  '{"type":"unsubscribe","topics":[["a"]]}',
  '{"type":"unsubscribe","topics":["__proto__","toString"]}',
  '{"type":"publish"}',
  '{"type":"publish","topic":{}}',
  '{"type":"publish","topic":"__proto__","data":{"__proto__":{"x":1}}}',
  '{"__proto__":{"type":"ping"}}',
  `{"type":"publish","topic":"room","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  '['.repeat(60_000),
  '\u0000\uFFFF',
  Buffer.from([0, 255, 128]),
  Buffer.from('{"type":"ping"}'),
];

describe('rendezvous', () => {
  it('[N4] passes publications to everyone in the room, and to nobody else', async () => {
    const { url, rendezvous } = await startServer();
    const [alice, bob, carol] = [await connect(url), await connect(url), await connect(url)];
    await enter(alice, 'room');
    await enter(bob, 'room', 'side');
    await enter(carol, 'other');
    const publication = { type: 'publish', topic: 'room', data: { from: 'alice' } };
    alice.say(publication);
    expect(await bob.next()).toEqual({ ...publication, clients: 2 });
    expect(await alice.next()).toEqual({ ...publication, clients: 2 });
    await carol.settle();
    expect(rendezvous.health()).toMatchObject({ ok: true, connections: 3, rooms: 3 });
  });

  it('[N4] who leaves a room, or goes, hears nothing more and leaves nothing behind', async () => {
    const { url, rendezvous } = await startServer();
    const [alice, bob] = [await connect(url), await connect(url)];
    await enter(alice, 'room');
    await enter(bob, 'room', 'side');
    bob.say({ type: 'unsubscribe', topics: ['room'] });
    await bob.settle();
    await expectTalk(alice, alice, 'room');
    await bob.settle();
    bob.socket.close();
    await bob.closed;
    await alice.settle();
    expect(rendezvous.health()).toMatchObject({ connections: 1, rooms: 1 });
  });

  it('[N4] 2,000 malformed frames change nothing, and an honest pair still talks', async () => {
    const { url } = await startServer({ limits: { framesBurst: 3_000 } });
    const [alice, bob, mallory] = [await connect(url), await connect(url), await connect(url)];
    await enter(alice, 'room');
    await enter(bob, 'room');
    await enter(mallory, 'mallory');
    for (let index = 0; index < 2_000; index += 1) {
      mallory.socket.send(MALFORMED[index % MALFORMED.length]!);
    }
    await mallory.settle();
    await expectTalk(mallory, mallory, 'mallory');
    await expectTalk(alice, bob, 'room');
    await expectTalk(bob, bob, 'room');
  });

  it('[N4] a flood ends the flooder, and an honest pair still talks', async () => {
    const { url, rendezvous } = await startServer();
    const [alice, bob, mallory] = [await connect(url), await connect(url), await connect(url)];
    await enter(alice, 'room');
    await enter(bob, 'room');
    for (let index = 0; index < 20_000; index += 1) mallory.say({ type: 'ping' });
    expect(await mallory.closed).not.toBe(1000);
    await expectTalk(alice, bob, 'room');
    expect(rendezvous.health().connections).toBe(2);
  });

  it('[N4] a frame above 64 KiB ends its connection only', async () => {
    const { url } = await startServer();
    const [alice, mallory] = [await connect(url), await connect(url)];
    await enter(alice, 'room');
    mallory.socket.send('x'.repeat(64 * 1024 + 1));
    expect(await mallory.closed).toBe(1009);
    await expectTalk(alice, alice, 'room');
  });

  it('[N4] broken frames on the wire end their connection only', async () => {
    const { url } = await startServer();
    const [alice, mallory] = [await connect(url), await connect(url)];
    const wire = (mallory.socket as unknown as { _socket: { write: (b: Buffer) => void } })._socket;
    wire.write(Buffer.from([0xff, 0xff, 0, 1, 2, 3, 4]));
    await mallory.closed;
    await alice.settle();
  });

  it('[N4] rooms are limited per connection, in all, in members and in the name', async () => {
    const limits = { roomsPerMemberMax: 2, roomsMax: 3, membersPerRoomMax: 2 };
    const { url, rendezvous } = await startServer({ limits });
    const [alice, bob, carol] = [await connect(url), await connect(url), await connect(url)];
    await enter(alice, 'a', 'b', 'c');
    expect(rendezvous.health().rooms).toBe(2);
    await enter(bob, 'x'.repeat(257), 'd', 'a');
    expect(rendezvous.health().rooms).toBe(3);
    await enter(carol, 'e');
    await enter(carol, 'a');
    expect(rendezvous.health().rooms).toBe(3);
    alice.say({ type: 'publish', topic: 'a', data: 1 });
    expect(await alice.next()).toMatchObject({ clients: 2 });
  });

  it('[N4] connections are limited per address and in all', async () => {
    const addresses = ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.3'];
    const { url } = await startServer({
      limits: { connectionsPerAddressMax: 1, connectionsMax: 2 },
      addressOf: () => addresses.shift() ?? '',
    });
    const alice = await connect(url);
    await expect(connect(url)).rejects.toThrow('429');
    await connect(url);
    await expect(connect(url)).rejects.toThrow('503');
    alice.socket.close();
    await alice.closed;
    await connect(url);
  });

  it('[N4] who does not answer pings is let go', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { url } = await startServer({ limits: { pingIntervalMs: 20 } });
    const [alice, mute] = [await connect(url), await connect(url, { autoPong: false })];
    vi.advanceTimersByTime(20);
    // The first answer comes behind the ping, so the second question goes behind its pong.
    await alice.settle();
    await alice.settle();
    vi.advanceTimersByTime(20);
    await mute.closed;
    await alice.settle();
  });

  it('[N4] pages of other origins are refused unless they are listed', async () => {
    const { url, port } = await startServer({ origins: ['https://app.example'] });
    await (await connect(url, { origin: `http://127.0.0.1:${port}` })).settle();
    await (await connect(url, { origin: 'https://app.example' })).settle();
    await expect(connect(url, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(connect(url, { origin: 'null' })).rejects.toThrow('403');
  });

  it('[N4] other paths are refused', async () => {
    const { port } = await startServer();
    await expect(connect(`ws://127.0.0.1:${port}/other`)).rejects.toThrow('404');
  });
});

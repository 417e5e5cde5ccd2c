import { describe, expect, it } from 'vitest';
import { createDeferredShelf } from '../../../src/adapters/carrier/deferred-shelf.js';
import { createMemoryCarrierShelf } from '../../../src/adapters/memory/memory-carrier.js';
import { createDeferredTransport } from '../../../src/adapters/webrtc/deferred-transport.js';
import type { BaseId } from '../../../src/core/base/brands.js';
import type { RendezvousStatus, RoomConfig, Transport } from '../../../src/ports/transport.js';
import { idNamed } from '../facts/fixtures.js';

const room = (name: string): RoomConfig => ({ name, password: '', purpose: 'account' });

/** A transport that tells which rooms it is in. */
const listedTransport = (): Transport & { readonly rooms: Set<string> } => {
  const rooms = new Set<string>();
  return {
    rooms,
    join: ({ name }) => {
      rooms.add(name);
      return { leave: () => void rooms.delete(name) };
    },
    rendezvous: () => 'connected',
    onRendezvous: () => () => undefined,
    wake: () => undefined,
    close: () => rooms.clear(),
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a transport that is fetched when it is needed', () => {
  it('[N1] joins the rooms that still wait once it is there, and leaves them', async () => {
    const inner = listedTransport();
    let fetched = 0;
    const transport = createDeferredTransport(async () => {
      fetched += 1;
      return inner;
    });
    const heard: RendezvousStatus[] = [];
    transport.onRendezvous((status) => heard.push(status));
    transport.wake();
    await turn();
    expect([fetched, transport.rendezvous()]).toEqual([0, 'connecting']);
    const one = transport.join(room('one'), () => undefined);
    transport.join(room('two'), () => undefined).leave();
    await turn();
    expect([fetched, [...inner.rooms], heard]).toEqual([1, ['one'], ['connected']]);
    one.leave();
    expect(inner.rooms.size).toBe(0);
  });

  it('[N1] that cannot be fetched is out of reach until it is tried again', async () => {
    const inner = listedTransport();
    const answers = [Promise.reject(new Error('no line')), Promise.resolve(inner)];
    const transport = createDeferredTransport(() => answers.shift() ?? Promise.reject());
    transport.join(room('one'), () => undefined);
    await turn();
    expect(transport.rendezvous()).toBe('unreachable');
    transport.wake();
    await turn();
    expect([transport.rendezvous(), [...inner.rooms]]).toEqual(['connected', ['one']]);
  });

  it('[N1] closed before it is there joins nothing', async () => {
    const inner = listedTransport();
    const transport = createDeferredTransport(async () => inner);
    transport.join(room('one'), () => undefined);
    transport.close();
    await turn();
    expect(inner.rooms.size).toBe(0);
  });
});

describe('a shelf that is fetched when it is needed', () => {
  it('[F10] is fetched once, and anew after a failure', async () => {
    const base = idNamed<BaseId>('base');
    const answers = [
      Promise.reject(new Error('no line')),
      Promise.resolve(createMemoryCarrierShelf()),
    ];
    const shelf = createDeferredShelf(() => answers.shift() ?? Promise.reject());
    await expect(shelf.open(base)).rejects.toThrow('no line');
    expect((await shelf.open(base)).base).toBe(base);
    await shelf.keepOnly(base);
  });
});

import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/adapters/memory/memory-transport.js';
import type { Channel, RoomConfig } from '../../src/ports/transport.js';
import { transportContract } from './transport-contract.js';

const config: RoomConfig = { name: 'room', password: 'secret', purpose: 'account' };

/** A network whose steps run only when the test says so. */
const steppedNetwork = () => {
  const steps: (() => void)[] = [];
  const network = createMemoryNetwork({ schedule: (run) => void steps.push(run) });
  const settle = (): void => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) step();
  };
  return { network, settle };
};

const joinPair = () => {
  const { network, settle } = steppedNetwork();
  const alice: Channel[] = [];
  const bob: Channel[] = [];
  const aliceTransport = network.transport('alice');
  aliceTransport.join(config, (channel) => alice.push(channel));
  network.transport('bob').join(config, (channel) => bob.push(channel));
  return { network, settle, alice, bob, aliceTransport };
};

describe('transport contract, in memory', () => {
  for (const { title, run } of transportContract) {
    it(title, () =>
      run(async () => {
        const network = createMemoryNetwork();
        const [left, right] = [network.transport('left'), network.transport('right')];
        const close = async (): Promise<void> => {
          left.close();
          right.close();
        };
        return { left, right, close };
      }),
    );
  }
});

describe('memory network', () => {
  it('[N1] nothing happens before the scheduler runs', () => {
    const { settle, alice, bob } = joinPair();
    expect(alice.length + bob.length).toBe(0);
    settle();
    expect([alice.length, bob.length]).toEqual([1, 1]);
  });

  it('[N6] a partition holds messages in order and healing delivers them', () => {
    const { network, settle, alice, bob } = joinPair();
    settle();
    const got: number[] = [];
    bob[0]!.onMessage((message) => got.push(message[0]!));
    network.partition(['alice'], ['bob']);
    void alice[0]!.send(Uint8Array.of(1));
    void alice[0]!.send(Uint8Array.of(2));
    settle();
    expect(got).toEqual([]);
    network.heal();
    settle();
    expect(got).toEqual([1, 2]);
  });

  it('[N6] a partition hides a close and keeps new devices apart until it heals', () => {
    const { network, settle, alice, bob, aliceTransport } = joinPair();
    settle();
    let isClosed = false;
    bob[0]!.onClose(() => {
      isClosed = true;
    });
    network.partition(['alice'], ['bob']);
    alice[0]!.close();
    aliceTransport.wake();
    settle();
    expect([isClosed, alice.length]).toEqual([false, 1]);
    network.heal();
    settle();
    expect([isClosed, alice.length, bob.length]).toEqual([true, 2, 2]);
  });

  it('[N6] waking finds again whom a closed channel lost', () => {
    const { settle, alice, bob, aliceTransport } = joinPair();
    settle();
    bob[0]!.close();
    settle();
    expect(alice).toHaveLength(1);
    aliceTransport.wake();
    settle();
    expect([alice.length, bob.length]).toEqual([2, 2]);
  });

  it('[N2] a relay that swaps fingerprints shows at both ends', () => {
    const { network, settle, alice, bob } = joinPair();
    network.swapFingerprints(true);
    settle();
    expect(alice[0]!.remoteFingerprint).not.toEqual(bob[0]!.localFingerprint);
    expect(bob[0]!.remoteFingerprint).not.toEqual(alice[0]!.localFingerprint);
  });

  it('[N4] without a rendezvous open channels stay and new ones wait', () => {
    const { network, settle, alice, bob } = joinPair();
    settle();
    network.setRendezvous('unreachable');
    const carol: Channel[] = [];
    const transport = network.transport('carol');
    transport.join(config, (channel) => carol.push(channel));
    settle();
    expect([carol.length, transport.rendezvous()]).toEqual([0, 'unreachable']);
    let isRead = false;
    bob[0]!.onMessage(() => {
      isRead = true;
    });
    void alice[0]!.send(Uint8Array.of(1));
    settle();
    expect(isRead).toBe(true);
    network.setRendezvous('connected');
    settle();
    expect(carol).toHaveLength(2);
  });

  it('[N8] a backlog that nobody reads is limited', () => {
    const { settle, alice, bob } = joinPair();
    settle();
    let isClosed = false;
    alice[0]!.onClose(() => {
      isClosed = true;
    });
    for (let index = 0; index < 17; index += 1) void alice[0]!.send(new Uint8Array(64 * 1024));
    settle();
    expect([isClosed, bob.length]).toEqual([true, 1]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { ok } from '../../src/core/base/result.js';
import type { Replica } from '../../src/replica/commands.js';
import { EMPTY_VIEW } from '../../src/replica/views/empty-view.js';
import { createIdleReplica } from '../../src/replica/idle-replica.js';
import { createVacantReplica } from '../../src/replica/vacant-replica.js';

/** Stands for the true replica: it can be told from an empty one, and keeps what it was asked. */
const createTold = () => {
  const asked: string[] = [];
  const listeners = new Set<() => void>();
  const idle = createIdleReplica('elsewhere', () => asked.push('take over'));
  const replica: Replica = {
    ...idle,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    account: {
      create: async (name) => {
        asked.push(`create ${name}`);
        return ok(undefined);
      },
      beginAnew: () => void asked.push('begin anew'),
    },
    close: async () => void asked.push('close'),
  };
  return { replica, asked, change: () => listeners.forEach((listener) => listener()) };
};

describe('a device that never kept anything', () => {
  it('[P1] opens nothing until a command needs it, and then once', async () => {
    const { replica, asked } = createTold();
    const open = vi.fn(async () => replica);
    const vacant = createVacantReplica(open);
    expect(vacant.view()).toEqual(EMPTY_VIEW);
    vacant.wake();
    vacant.takeOver();
    expect(open).not.toHaveBeenCalled();
    const both = [vacant.account.create('alice'), vacant.account.create('bob')];
    expect(await Promise.all(both)).toEqual([ok(undefined), ok(undefined)]);
    expect(open).toHaveBeenCalledTimes(1);
    vacant.takeOver();
    await vacant.close();
    expect(asked).toEqual(['create alice', 'create bob', 'take over', 'close']);
  });

  it('[P1] shows what the opened replica shows, and tells of each change', async () => {
    const { replica, change } = createTold();
    const vacant = createVacantReplica(async () => replica);
    const told = vi.fn();
    const stop = vacant.subscribe(told);
    await vacant.account.create('alice');
    expect(told).toHaveBeenCalledTimes(1);
    expect(vacant.view().stage).toBe('elsewhere');
    change();
    expect(told).toHaveBeenCalledTimes(2);
    stop();
    change();
    expect(told).toHaveBeenCalledTimes(2);
  });

  it('[P1] does nothing where it cannot be opened, and tries again with the next command', async () => {
    const { replica, asked } = createTold();
    const open = vi.fn(async () => replica).mockRejectedValueOnce(new Error('offline'));
    const vacant = createVacantReplica(open);
    expect(await vacant.account.create('alice')).toEqual({ ok: false, error: { kind: 'busy' } });
    expect(vacant.view()).toEqual(EMPTY_VIEW);
    expect(await vacant.account.create('alice')).toEqual(ok(undefined));
    expect(asked).toEqual(['create alice']);
  });

  it('[P1] closes without opening anything', async () => {
    const open = vi.fn(async () => createTold().replica);
    await createVacantReplica(open).close();
    expect(open).not.toHaveBeenCalled();
  });
});

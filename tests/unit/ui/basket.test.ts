import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/base/limits.js';
import { err, ok } from '../../../src/core/base/result.js';
import type { CommandError, Replica } from '../../../src/replica/commands.js';
import { type Given, basketsOf } from '../../../src/ui/screens/files/basket.svelte.js';
import { hex } from '../../browser/fixtures/sample-parts.js';

const RECORD = `${hex('f6')}:1`;
const given: Given = {
  attachedCount: 0,
  storage: { isPersisted: true, usedBytes: 0, quotaBytes: 1_000_000 },
  unnamed: 'Unnamed',
};
const file = (name: string, size = 3): File => {
  const made = new File([new Uint8Array(3)], name, { type: 'text/plain' });
  Object.defineProperty(made, 'size', { value: size });
  return made;
};

/** Baskets of a replica that attaches what `answers` allows, by name. */
const stage = (answers: Readonly<Record<string, CommandError>> = {}) => {
  const attached: string[] = [];
  const attach: Replica['files']['attach'] = async (key, { name, type, bytes }) => {
    const fault = answers[name];
    if (fault !== undefined) return err(fault);
    attached.push(`${key} ${name} ${type} ${bytes.length}`);
    return ok(hex('b1'));
  };
  const baskets = basketsOf({ files: { attach } } as unknown as Replica);
  const faults = (key: string) =>
    baskets.of(key).items.map(({ name, stage: at, fault }) => [name, at, fault?.kind ?? null]);
  return { attached, baskets, faults, answers };
};

describe('[P1] files on their way to a record', () => {
  it('[P1] what was chosen for a new record is attached once it is there', async () => {
    const { attached, baskets } = stage();
    baskets.of('new').add([file('a.txt'), file('b.txt')], given);
    expect(attached).toEqual([]);
    await baskets.handOver('new', RECORD).store(RECORD);
    expect(attached).toEqual([`${RECORD} a.txt text/plain 3`, `${RECORD} b.txt text/plain 3`]);
    expect(baskets.of(RECORD).items).toEqual([]);
    expect(baskets.of('new').items).toEqual([]);
  });

  it('[P1] a fault of one keeps it and lets the others through; it can be tried again', async () => {
    const answers: Record<string, CommandError> = { 'a.txt': { kind: 'busy' } };
    const { attached, baskets, faults } = stage(answers);
    const basket = baskets.of(RECORD);
    basket.add([file('a.txt'), file('b.txt')], given);
    await basket.store(RECORD);
    expect(attached).toHaveLength(1);
    expect(faults(RECORD)).toEqual([['a.txt', 'failed', 'busy']]);
    delete answers['a.txt'];
    await basket.retry(basket.items[0]?.id ?? 0, RECORD);
    expect(attached).toHaveLength(2);
    expect(basket.items).toEqual([]);
  });

  it('[P1] a file that cannot be read says so, and nothing of it is attached', async () => {
    const { attached, baskets, faults } = stage();
    const folder = file('folder');
    folder.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    baskets.of(RECORD).add([folder], given);
    await baskets.of(RECORD).store(RECORD);
    expect(faults(RECORD)).toEqual([['folder', 'failed', 'not-readable']]);
    expect(attached).toEqual([]);
  });

  it('[P1] what is too large, too much or too many is said at once, and never stored', async () => {
    const { attached, baskets, faults } = stage();
    const basket = baskets.of(RECORD);
    basket.add([file('large', LIMITS.blobBytesMax + 1)], given);
    basket.add([file('most', 600_000), file('rest', 600_000)], given);
    const last = { ...given, attachedCount: LIMITS.attachmentsPerRecordMax - 2 };
    basket.add([file('last'), file('over')], last);
    expect(faults(RECORD)).toEqual([
      ['large', 'failed', 'too-large'],
      ['most', 'chosen', null],
      ['rest', 'failed', 'no-room'],
      ['last', 'chosen', null],
      ['over', 'failed', 'too-many'],
    ]);
    await basket.store(RECORD);
    expect(attached).toHaveLength(2);
    expect(basket.items).toHaveLength(3);
  });

  it('[P1] one file is stored at a time, and what is added meanwhile comes after', async () => {
    const waiting: (() => void)[] = [];
    const attach = () => new Promise((resolve) => waiting.push(() => resolve(ok(hex('b1')))));
    const basket = basketsOf({ files: { attach } } as unknown as Replica).of(RECORD);
    basket.add([file('a'), file('b')], given);
    const stored = basket.store(RECORD);
    basket.add([file('c')], given);
    const joined = basket.store(RECORD);
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    for (let asked = 1; asked <= 3; asked += 1) {
      await turn();
      expect(waiting).toHaveLength(asked);
      waiting[asked - 1]?.();
    }
    await stored;
    await joined;
    expect(basket.items).toEqual([]);
  });
});

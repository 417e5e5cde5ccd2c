import { describe, expect, test } from 'vitest';
import type { Carrier } from '../../src/ports/carrier.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Replica } from '../../src/replica/commands.js';
import { type Household, type HouseholdOptions, createHousehold, pair } from './household.js';
import { kindOf, sendingOthers } from './sending-others.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

interface Two {
  readonly home: Household;
  readonly alice: Replica;
  readonly bob: Replica;
}

/** Bob comes back after Alice wrote so many records without him. */
const comeBackTo = async (
  records: number,
  text: string,
  options: HouseholdOptions,
  about: () => void,
): Promise<Two> => {
  const home = createHousehold(options);
  const alice = await home.start('alice');
  const first = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, first, 'Bob phone');
  await home.until('in step', () => areEqual(alice, first));
  await home.stop('bob');
  for (let index = 0; index < records; index += 1) {
    await alice.records.create({ ...draftOf(`record ${index}`), text });
  }
  about();
  return { home, alice, bob: await home.start('bob') };
};

describe('many facts at once', () => {
  test('[F9, P4] are taken in turns, in which others look, write and are heard', async () => {
    let isSlow = false;
    let looks = 0;
    let turns = 0;
    const seen: number[] = [];
    let bob: Replica | null = null;
    let written: ReturnType<Replica['records']['create']> | null = null;
    /** Each fact takes so long that its turn is over. */
    const slow = (clock: Clock): Clock => ({
      ...clock,
      monotonicMs: () => clock.monotonicMs() + (isSlow ? (looks += 1) * 8 : 0),
      pause: async () => {
        turns += 1;
        if (bob === null) return;
        seen.push(bob.view().records.length);
        bob.inspect();
        written ??= bob.records.create(draftOf('in between'));
      },
    });
    const time = (name: string, clock: Clock): Clock => (name === 'bob' ? slow(clock) : clock);
    const back = await comeBackTo(40, 'short', { time }, () => (isSlow = true));
    bob = back.bob;
    await back.home.until('all is there', () => areEqual(back.alice, back.bob));
    expect(turns).toBeGreaterThan(80);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await written).toMatchObject({ ok: true });
    await back.home.until('both hold both', () => areEqual(back.alice, back.bob));
    expect(titlesOf(back.alice)).toHaveLength(41);
    expect(back.bob.view().problems).toEqual([]);
  });

  test('[F12] are not told again before a slow device can have taken them in', async () => {
    let open = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    const sent: string[] = [];
    const options: HouseholdOptions = {
      wire: (name, transport) =>
        sendingOthers(transport, (bytes) => {
          const isOfFacts = ['runs', 'carrierUpdate', 'news'].includes(kindOf(bytes));
          if (name === 'alice' && isOfFacts) sent.push(kindOf(bytes));
          return [bytes];
        }),
      wrap: (name, keeping) => ({
        ...keeping,
        shelf: {
          ...keeping.shelf,
          open: async (base) => {
            const carrier = await keeping.shelf.open(base);
            const read: typeof carrier.decodeUpdate = async (update) => {
              if (update.length > 100_000) await isOpen;
              return carrier.decodeUpdate(update);
            };
            return name === 'bob' ? { ...carrier, decodeUpdate: read } : carrier;
          },
        },
      }),
    };
    const { home, alice, bob } = await comeBackTo(40, 'x'.repeat(5_500), options, () => {
      sent.length = 0;
    });
    await home.until('they are sent', () => sent.length > 0);
    await home.pass(2_500);
    open();
    await home.until('all is there', () => areEqual(alice, bob));
    await home.pass(4_000);
    expect(sent).toHaveLength(1);
  });
});

describe('a start on many facts', () => {
  const RECORDS = 200;
  const COMMON = { checkpointFacts: 100 };

  test.each([
    ['a checkpoint', COMMON, 10],
    ['none', { checkpointFacts: 1e6 }, 5],
  ] as const)(
    '[F9, P4] with %s is done in turns, and comes to the same',
    async (_what, options, turnsMin) => {
      let isSlow = false;
      let looks = 0;
      let turns = 0;
      const time = (_name: string, clock: Clock): Clock => ({
        ...clock,
        monotonicMs: () => clock.monotonicMs() + (isSlow ? (looks += 1) * 8 : 0),
        pause: async () => void (turns += 1),
      });
      const home = createHousehold({ ...options, time });
      const alice = await home.start('alice');
      await alice.account.create('Alice phone');
      for (let index = 0; index < RECORDS; index += 1) {
        await alice.records.create(draftOf(`record ${index}`));
      }
      await home.pass(3_000);
      const before = alice.inspect();
      expect(home.disk('alice').rowsOf('payloads').size).toBe(options === COMMON ? 1 : 0);
      await home.stop('alice');
      isSlow = true;
      const again = await home.start('alice');
      expect(turns).toBeGreaterThan(turnsMin);
      expect(again.inspect()).toEqual(before);
      expect(again.view().records).toHaveLength(RECORDS);
      expect(again.view().activity.filter(({ tone }) => tone === 'bad')).toEqual([]);
    },
  );
});

describe('the carrier of many facts', () => {
  test('[F10] is filled in turns, and holds what was written meanwhile', async () => {
    let isSlow = false;
    let looks = 0;
    let alice: Replica | null = null;
    let written: ReturnType<Replica['records']['create']> | null = null;
    const opened: Carrier[] = [];
    let started = (): void => undefined;
    const isStarted = new Promise<void>((resolve) => (started = resolve));
    const home = createHousehold({
      checkpointFacts: 1e6,
      time: (_name, clock) => ({
        ...clock,
        monotonicMs: () => clock.monotonicMs() + (isSlow ? (looks += 1) * 8 : 0),
        pause: async () => {
          if (alice === null || opened.length < 2 || written !== null) return;
          written = alice.records.create(draftOf('in between'));
          await written;
        },
      }),
      wrap: (_name, keeping) => ({
        ...keeping,
        shelf: {
          ...keeping.shelf,
          open: async (base) => {
            if (isSlow) await isStarted;
            const carrier = await keeping.shelf.open(base);
            opened.push(carrier);
            return carrier;
          },
        },
      }),
    });
    const first = await home.start('alice');
    await first.account.create('Alice phone');
    for (let index = 0; index < 450; index += 1) {
      await first.records.create(draftOf(`record ${index}`));
    }
    await home.stop('alice');
    isSlow = true;
    alice = await home.start('alice');
    started();
    await home.pass(1_000);
    expect(await written).toMatchObject({ ok: true });
    const lengths = [...(opened.at(-1)?.lengths().values() ?? [])];
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(alice.view().journal.facts);
    expect(alice.view().records).toHaveLength(451);
    expect(alice.view().activity.filter(({ tone }) => tone === 'bad')).toEqual([]);
  });
});

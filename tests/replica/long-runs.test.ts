import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.js';
import type { Transport } from '../../src/ports/transport.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { assert } from '../../src/core/base/result.js';
import type { AdmittedFact } from '../../src/core/facts/run.js';
import type { FactRun } from '../../src/core/links/messages.js';
import { KEYS, factRows, putRow } from '../../src/replica/storage/rows.js';
import { type HouseholdOptions, createHousehold, pair } from './household.js';
import { createLiar, createPen } from './liar.js';
import { areEqual, idOf, lyingHousehold, titlesOf } from './with-liar.js';

/** A phone that wrote so many records of 5,900 bytes in one session, with nobody else there. */
const phoneWith = async (records: number, options: HouseholdOptions = {}) => {
  const home = createHousehold(options);
  const empty = await home.start('alice');
  await empty.account.create('Alice phone');
  await home.stop('alice');
  const hand = await createLiar(home, 'alice');
  hand.leave();
  const pen = createPen(hand, 'a year');
  const text = 'x'.repeat(5_900);
  for (let index = 0; index < records; index += 1) {
    pen.write({ kind: 'record.created', title: `record ${index}`, text, labels: [] });
  }
  const { session, facts } = pen;
  const [last] = (await pen.run(facts.length - 1)).signatures;
  const rows = factRows(session, 0, facts as unknown as readonly AdmittedFact[]);
  const signed = [last?.seq ?? 0, last?.signature ?? new Uint8Array(0), facts.at(-1)?.id ?? null];
  await createMemoryStore(home.disk('alice')).commit(
    [...rows, putRow('signatures', KEYS.signature(session), signed)],
    'strict',
  );
  return { home, alice: await home.start('alice') };
};

/** A line that carries so many bytes a second, one message after the other. */
const slowLine = (
  transport: Transport,
  bytesPerSecond: number,
  clockOf: () => Clock | undefined,
  sent: (bytes: number) => void,
): Transport => ({
  ...transport,
  join: (config, onChannel) =>
    transport.join(config, (channel) => {
      let freeMs = 0;
      const send = (bytes: Uint8Array): Promise<void> =>
        new Promise((done) => {
          const clock = clockOf();
          if (clock === undefined) throw new Error('the device has a clock');
          const nowMs = clock.monotonicMs();
          freeMs = Math.max(freeMs, nowMs) + (bytes.length / bytesPerSecond) * 1_000;
          sent(bytes.length);
          clock.after(freeMs - nowMs, () => void channel.send(bytes).then(done));
        });
      onChannel({ ...channel, send });
    }),
});

describe('facts that are more than a message holds', () => {
  test('[F4, F12, S7] a session of 17 MiB reaches a newcomer, who gives it to the next one', async () => {
    const { home, alice } = await phoneWith(3_000);
    expect(alice.view().journal.bytes).toBeGreaterThan(17 * 1024 * 1024);
    const bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('Bob holds it', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toHaveLength(3_000);
    expect((await alice.records.create({ title: 'next', text: '', labels: [] })).ok).toBe(true);
    await home.until('it comes', () => titlesOf(bob).includes('next'));
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol phone', [bob]);
    await home.stop('alice');
    await home.until('Carol holds it', () => areEqual(bob, carol));
    expect([bob, carol].flatMap((each) => each.view().problems)).toEqual([]);
  });

  test('[F12, N6] three megabytes reach a newcomer over a line of 100 KB a second, once', async () => {
    const clocks = new Map<string, Clock>();
    let sentBytes = 0;
    const { home, alice } = await phoneWith(500, {
      time: (name, clock) => {
        clocks.set(name, clock);
        return clock;
      },
      wire: (name, transport) =>
        slowLine(
          transport,
          100_000,
          () => clocks.get(name),
          (bytes) => {
            if (name === 'alice') sentBytes += bytes;
          },
        ),
    });
    const bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('Bob holds it', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toHaveLength(500);
    expect(sentBytes).toBeLessThan(2 * 3_000_000);
  });

  test('[F4, F12] a line that ends again and again carries a long session on from where it was', async () => {
    const clocks = new Map<string, Clock>();
    const { home, alice } = await phoneWith(500, {
      time: (name, clock) => {
        clocks.set(name, clock);
        return clock;
      },
      wire: (name, transport) =>
        slowLine(
          transport,
          100_000,
          () => clocks.get(name),
          () => undefined,
        ),
    });
    const bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    for (let round = 0; round < 8 && !areEqual(alice, bob); round += 1) {
      await home.pass(12_000);
      home.network.partition(['alice'], ['bob']);
      await home.pass(12_000);
      home.network.heal();
    }
    expect(areEqual(alice, bob)).toBe(true);
    expect(titlesOf(bob)).toHaveLength(500);
    expect([alice, bob].flatMap((each) => each.view().problems)).toEqual([]);
  });

  test('[S7, F12] over such a line a payload comes on from where it was as well', async () => {
    const clocks = new Map<string, Clock>();
    const { home, alice } = await phoneWith(500, {
      time: (name, clock) => {
        clocks.set(name, clock);
        return clock;
      },
      wire: (name, transport) =>
        slowLine(
          transport,
          100_000,
          () => clocks.get(name),
          () => undefined,
        ),
    });
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await home.until('all is in a snapshot', () => alice.view().journal.bytes < 10_000);
    const bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    for (let round = 0; round < 8 && !areEqual(alice, bob); round += 1) {
      await home.pass(12_000);
      home.network.partition(['alice'], ['bob']);
      await home.pass(12_000);
      home.network.heal();
    }
    expect(titlesOf(bob)).toHaveLength(500);
    expect([alice, bob].flatMap((each) => each.view().problems)).toEqual([]);
  });

  test('[F4, F12] facts of another session that come between pieces part them not', async () => {
    const { home, alice, mallory } = await lyingHousehold();
    const long = createPen(mallory, 'in pieces');
    for (let index = 0; index < 90; index += 1) {
      const title = `piece ${index}`;
      long.write({ kind: 'record.created', title, text: 'x'.repeat(5_900), labels: [] });
    }
    const [short, other] = ['news', 'more news'].map((title) => {
      const pen = createPen(mallory, title);
      pen.write({ kind: 'record.created', title, text: '', labels: [] });
      return pen;
    });
    assert(short !== undefined && other !== undefined, 'there are two');
    const say = (...runs: FactRun[]): void => mallory.to(idOf(alice)).say({ kind: 'runs', runs });
    const before = titlesOf(alice).length;
    say({ ...(await long.run(0, 44)), signatures: [] });
    say(await short.run());
    say(await other.run(), await long.run(45));
    await home.until('all of it is there', () => titlesOf(alice).length === before + 92);
  });

  test('[F4, N8] pieces that do not join on are dropped, and what is unsigned and no piece is refused', async () => {
    const { home, alice, mallory, lines, converge } = await lyingHousehold();
    const pen = createPen(mallory, 'in pieces');
    for (let index = 0; index < 120; index += 1) {
      const title = `piece ${index}`;
      pen.write({ kind: 'record.created', title, text: 'x'.repeat(5_900), labels: [] });
    }
    const unsigned = async (from: number, to: number): Promise<FactRun> => ({
      ...(await pen.run(from, to)),
      signatures: [],
    });
    const say = (run: FactRun): void => mallory.to(idOf(alice)).say({ kind: 'runs', runs: [run] });
    const [first, second] = [await unsigned(0, 44), await unsigned(45, 89)];
    const last = await pen.run(90);
    const before = titlesOf(alice).length;
    for (const run of [second, last]) say(run);
    await converge('nothing of it');
    expect(titlesOf(alice)).toHaveLength(before + 1);
    for (const run of [first, first, second, last]) say(run);
    await home.until('all of it is there', () => titlesOf(alice).length === before + 121);
    expect(lines(alice, 'fact-refused')).toEqual([]);

    const other = createPen(mallory, 'never signed');
    const { session } = other;
    say({ session, firstSeq: 0, facts: other.facts.map(({ bytes }) => bytes), signatures: [] });
    await converge('refused');
    expect(lines(alice, 'fact-refused').map((line) => line.details['reason'])).toEqual([
      'unsigned',
    ]);
    expect(titlesOf(alice)).toHaveLength(before + 122);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { PEER_ALLOWANCES, WAITING_MAX } from '../../src/replica/links/traffic.js';
import { MESSAGES } from '../unit/links/samples.js';
import { type Liar, createLiar } from './liar.js';
import { type LyingHousehold, areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

/** More at once than an honest device ever has waiting. */
const FLOOD = PEER_ALLOWANCES.words.burst + WAITING_MAX.messages + 200;
/** What an honest member sends only when asked, or seldom: more of it is put off, then refused. */
const isBulk = new Set([
  ...['runs', 'carrierUpdate', 'payloadPart', 'blobIndex', 'blobChunk', 'sharedValue'],
]);

describe('a member that sends without end', () => {
  let all: LyingHousehold;
  beforeAll(async () => {
    all = await lyingHousehold();
  });

  /** Lets the time pass for which it is not talked to. */
  const forgive = async (): Promise<void> => {
    for (let step = 0; step < 13; step += 1) {
      all.home.clock.advance(5_000);
      await all.home.pass(50);
    }
  };

  for (const message of MESSAGES) {
    test(`[N8] of ${message.kind} is put off and cut off, while others are heard`, async () => {
      const { home, alice, bob, mallory, meet, lines } = all;
      await meet(alice);
      const link = mallory.to(idOf(alice));
      const before = lines(alice, 'link-refused').length;
      for (let count = 0; count < FLOOD; count += 1) link.say(message);
      const made = await bob.records.create(draftOf(`honest beside ${message.kind}`));
      expect(made.ok).toBe(true);
      await home.until('heard all the same', () => areEqual(alice, bob));
      if (isBulk.has(message.kind)) return;
      const refused = lines(alice, 'link-refused').length - before;
      expect(refused + (link.isOpen() ? 0 : 1)).toBeGreaterThan(0);
      await forgive();
    });
  }
});

test('[N8] who connects anew has no more for it: what a device may send is its own, not each link’s', async () => {
  const { home, alice, mallory } = await lyingHousehold();
  const sent = PEER_ALLOWANCES.words.burst - 100;
  const throttled = (): number =>
    alice.view().peers.find(({ device }) => device === mallory.device)?.throttled ?? 0;
  const say = (liar: Liar): void => {
    for (let n = 0; n < sent; n += 1) liar.to(idOf(alice)).say({ kind: 'ping', n, wallMs: 0 });
  };
  say(mallory);
  await home.pass(1_000);
  expect(throttled()).toBe(0);
  mallory.leave();
  const again = await createLiar(home, 'mallory');
  await home.until('the liar is connected', () => again.isLinkedTo(idOf(alice)));
  say(again);
  await home.pass(1_000);
  expect(throttled()).toBeGreaterThan(0);
});

import { beforeAll, describe, expect, test } from 'vitest';
import { PEER_ALLOWANCES, WAITING_MAX } from '../../src/replica/links/traffic.js';
import { MESSAGES } from '../unit/links/samples.js';
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

import { expect, test } from 'vitest';
import { createDocument } from '../../src/adapters/carrier/document.js';
import { devicesOf } from '../../src/core/authority/roster.js';
import type { BaseId, DeviceId } from '../../src/core/base/brands.js';
import { writeReached } from '../../src/core/links/reach.js';
import { type Step, basePrefixOf } from '../../src/core/links/step.js';
import type { NewsMessage } from '../../src/core/links/messages.js';
import type { Replica } from '../../src/replica/commands.js';
import { type Liar, type LiarLink, createPen } from './liar.js';
import { draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

/** What is hidden may stay so for four heartbeats, each 4 s. */
const HIDDEN_MS_MAX = 16_000;
const NOWHERE = '00'.repeat(16) as Step;

/** A session in the liar's hands, each of whose facts goes out as news that everybody is told of. */
const writer = (mallory: Liar, base: BaseId, name: string, reached: Uint8Array) => {
  const pen = createPen(mallory, name);
  const document = createDocument(base);
  let sent = 0;
  const { session } = pen;
  return async (title: string): Promise<NewsMessage> => {
    pen.write({ kind: 'record.created', ...draftOf(title) });
    const facts = pen.facts.slice(sent).map(({ bytes }) => bytes);
    document.append([{ session, firstPlace: sent, facts }]);
    const update = document.updateBeyond(new Map(sent === 0 ? [] : [[session, sent]]));
    sent = pen.facts.length;
    const signature = (await pen.run()).signatures[0]?.signature;
    if (update === null || signature === undefined) throw new Error('there is news');
    const [at, step] = [basePrefixOf(base), NOWHERE];
    return { kind: 'news', base: at, update, gaps: [], signature, step, reached };
  };
};

test('[F12, N5] what a liar says has reached all is hidden for seconds, however busy all are', async () => {
  const { home, alice, bob, mallory } = await lyingHousehold();
  const { tip, tipHash } = mallory.holdings.chain();
  const everybody = new Set<DeviceId>(devicesOf(tip).map(({ device }) => device));
  const reached = writeReached(tipHash, [...everybody], everybody);
  const base = mallory.holdings.base().id;
  const hide = writer(mallory, base, 'hidden', reached);
  const chatter = writer(mallory, base, 'chatter', reached);
  const to = (replica: Replica): LiarLink => mallory.to(idOf(replica));

  await home.pass(5_000);
  to(bob).say(await hide('hidden'));
  await home.until('bob has it', () => titlesOf(bob).includes('hidden'));
  const beganMs = home.clock.monotonicMs();
  for (let n = 0; !titlesOf(alice).includes('hidden'); n += 1) {
    const news = await chatter(`chatter ${n}`);
    for (const replica of [alice, bob]) to(replica).say(news);
    await home.pass(400);
    for (const replica of [alice, bob]) {
      const own = to(replica).heard.findLast(
        (each) => each.kind === 'compare' || each.kind === 'beat',
      );
      if (own !== undefined)
        to(replica).say({ kind: 'compare', step: own.step, rest: null, reached });
    }
    expect(home.clock.monotonicMs() - beganMs).toBeLessThan(HIDDEN_MS_MAX);
  }
  expect(titlesOf(bob)).toEqual(titlesOf(alice));
});

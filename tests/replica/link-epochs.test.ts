import { expect, test } from 'vitest';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import type { HeadId, PayloadId } from '../../src/core/base/brands.js';
import { parseMessage } from '../../src/core/links/messages.js';
import type { Recomputer } from '../../src/replica/snapshots/adoption.js';
import type { Context } from '../../src/replica/context.js';
import type { Link } from '../../src/replica/links/link.js';
import { createPayloadExchange } from '../../src/replica/snapshots/payload-exchange.js';
import { type LiarLink, prove } from './liar.js';
import { epochOf, sayYes } from './three-members.js';
import { idOf, lyingHousehold } from './with-liar.js';

const byesTo = (link: LiarLink) =>
  link.heard.flatMap((each) => (each.kind === 'bye' ? each.reason : []));

test('[C5] a link of an earlier epoch is ended with that reason once a later one stands', async () => {
  const { home, alice, bob, mallory } = await lyingHousehold();
  const before = epochOf(alice) ?? 0;
  const older = mallory.to(idOf(alice));
  expect((await alice.devices.rename(idOf(alice), 'Alice new')).ok).toBe(true);
  await sayYes(home, bob, alice);
  await home.until('the epoch moved', () => epochOf(alice) === before + 1);
  const roster = alice.view().account?.rosterHash;
  if (roster === undefined) throw new Error('alice is a member');
  // Who still stands at the record before is to hear of the new one over the link that it has.
  const meetAgain = async (name: string, claim: object): Promise<LiarLink> => {
    const links: LiarLink[] = [];
    const { keys, holdings, room } = mallory;
    home.network
      .transport(name)
      .join(room, (channel) => prove(keys, holdings, channel, (link) => links.push(link), claim));
    const toAlice = () => links.find(({ peer }) => peer === idOf(alice));
    await home.until('met again', () => (toAlice()?.heard.length ?? 0) > 0);
    return toAlice() as LiarLink;
  };
  const stale = await meetAgain('mallory, behind', {});
  expect(byesTo(older)).toEqual([]);
  const newer = await meetAgain('mallory, in step', { epoch: before + 1, roster });
  expect(byesTo(older)).toEqual(['epoch-advanced']);
  expect([stale, newer].flatMap(byesTo)).toEqual([]);
});

test('[C5, S7] a payload whose link ends halfway is asked for again over another', () => {
  const [head, payload] = ['aa'.repeat(32) as HeadId, 'bb'.repeat(32) as PayloadId];
  const context = {
    holdings: { completions: () => new Map([[head, { completion: { payload } }]]) },
    ports: { clock: createManualClock() },
    changed: () => undefined,
  } as unknown as Context;
  const asked: string[] = [];
  const linkTo = (peer: string): Link => {
    const send = async (bytes: Uint8Array) => {
      const message = parseMessage(bytes);
      if (message.ok) asked.push(`${peer}: ${message.value.kind}`);
    };
    const meter = { sent: new Map(), received: new Map(), load: 0 };
    const theirs = { heldPayloads: [payload] };
    const link = { peer, isOpen: true, channel: { send }, theirs, meter };
    return link as unknown as Link;
  };
  const [first, second] = [linkTo('first'), linkTo('second')];
  const exchange = createPayloadExchange(
    context,
    {} as Recomputer,
    () => [head],
    () => [second].forEach(exchange.ask),
    { ranked: () => [], note: () => undefined },
  );
  exchange.ask(first);
  exchange.ask(second);
  expect(asked).toEqual(['first: wantPayload']);
  exchange.gone(second);
  expect(asked).toEqual(['first: wantPayload']);
  exchange.gone(first);
  expect(asked).toEqual(['first: wantPayload', 'second: wantPayload']);
  exchange.close();
});

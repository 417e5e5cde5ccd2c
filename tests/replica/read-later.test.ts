import { expect, test } from 'vitest';
import { PEER_ALLOWANCES } from '../../src/replica/links/traffic.js';
import { areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

test('[N8] who says more than it may is read as fast as it may speak, and no faster', async () => {
  const { home, alice, bob, mallory } = await lyingHousehold();
  const link = mallory.to(idOf(alice));
  const { burst, perSecond } = PEER_ALLOWANCES.words;
  const [seconds, tooMany] = [5, 300];
  const answers = () => link.heard.filter(({ kind }) => kind === 'pong').length;

  for (let n = 0; n < burst + tooMany; n += 1) link.say({ kind: 'ping', n, wallMs: 0 });
  await home.pass(50);
  const atOnce = answers();
  expect(atOnce).toBeLessThanOrEqual(burst + 3);
  expect(atOnce).toBeGreaterThan(burst / 2);

  await home.pass(seconds * 1000);
  expect(answers()).toBeGreaterThan(atOnce);
  expect(answers()).toBeLessThanOrEqual(burst + (seconds + 1) * perSecond);
  const [peer] = alice.view().peers.filter(({ device }) => device === mallory.device);
  expect(peer?.throttled).toBeGreaterThan(0);

  await bob.records.create(draftOf('honest'));
  await home.until('others are heard all the while', () => areEqual(alice, bob));
  await home.until('all is answered in the end', () => answers() === burst + tooMany);
  expect(link.isOpen()).toBe(true);
});

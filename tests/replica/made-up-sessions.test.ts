import { expect, test, vi } from 'vitest';
import type { FactId, SessionId } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { MESSAGE_LIMITS } from '../../src/core/links/message-fields.js';
import type { FrontierItem } from '../../src/core/links/messages.js';
import type { Link } from '../../src/replica/links/link.js';
import { headsFor } from '../../src/replica/sync/standing-words.js';
import { areEqual, idOf, lyingHousehold } from './with-liar.js';

/** What a message names at most is here a matter of a few. */
vi.mock(import('../../src/core/base/limits.js'), async (original) => {
  const { LIMITS } = await original();
  return { LIMITS: { ...LIMITS, ...({ sessionsPerUpdateMax: 20 } as object) } };
});

/** Every link that an honest device talked over. */
const talked = vi.hoisted(() => new Set<Link>());
vi.mock(import('../../src/replica/sync/standing-words.js'), async (original) => {
  const parts = await original();
  return {
    ...parts,
    headsFor: (context, holdings, link, ...rest) => {
      talked.add(link);
      return parts.headsFor(context, holdings, link, ...rest);
    },
  };
});
vi.mock(import('../../src/replica/sync/steps.js'), async (original) => {
  const parts = await original();
  return {
    ...parts,
    isInStep: (context, link) => {
      talked.add(link);
      return parts.isInStep(context, link);
    },
  };
});

const inventedIn = (round: number): readonly FrontierItem[] =>
  Array.from({ length: MESSAGE_LIMITS.sessionsMax }, (_, index) => {
    const session = sha256Hex(new TextEncoder().encode(`${round} ${index}`)) as SessionId;
    return { session, seq: index, fact: session as string as FactId };
  }).sort((a, b) => (a.session < b.session ? -1 : 1));

const ROUNDS = 40;

test('[F12, N8] who says that it holds sessions without end fills nobody’s memory, and parts nobody', async () => {
  const { home, alice, bob, mallory, meet, converge } = await lyingHousehold();
  await meet(alice);
  const liar = mallory.to(idOf(alice));
  const context = { carrier: null, deviceName: 'Mallory phone', ports: { clock: home.clock } };
  const link = { takesUpdates: false } as Link;
  for (let round = 0; round < ROUNDS; round += 1) {
    const frontier = inventedIn(round);
    liar.say(headsFor(context as never, mallory.holdings, link, frontier));
    const ranges = frontier.map(({ session }) => ({ session, fromSeq: 7, toSeq: 9 }));
    liar.say({ kind: 'wantRuns', ranges });
  }
  await converge('after all of them');
  const known = [...talked].filter(({ peer }) => peer === mallory.device);
  expect(known.length).toBeGreaterThan(0);
  for (const { frontier, claimed } of known) {
    expect(frontier.size).toBeLessThan(5 * MESSAGE_LIMITS.sessionsMax);
    expect(claimed.size).toBeLessThan(5 * MESSAGE_LIMITS.sessionsMax);
  }
  expect(Math.max(...known.map(({ claimed }) => claimed.size))).toBeGreaterThanOrEqual(
    MESSAGE_LIMITS.sessionsMax,
  );
  expect(areEqual(alice, bob)).toBe(true);
});

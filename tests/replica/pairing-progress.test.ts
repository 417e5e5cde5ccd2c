import { expect, test } from 'vitest';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Context } from '../../src/replica/context.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import { decisionCourse } from '../../src/replica/pairing/pairing-invitation.js';

const STATEMENT = 'aa'.repeat(32) as StatementHash;
const NAMES = ['alice', 'bob', 'carol', 'recovery key'];

/** Alice lets somebody in; of the four members these said yes or no to it. */
const courseOf = (yes: readonly string[], no: readonly string[] = []) => {
  const members = NAMES.map((name) => ({
    ...{ device: name, name },
    storage: name === 'recovery key' ? 'paper' : 'soft',
  }));
  const ceremony = {
    ...{ roster: 'tip', abandoned: null, expiresMs: Number.MAX_SAFE_INTEGER },
    matter: { purpose: 'roster', recordHash: 'next' },
    approvals: new Map(yes.map((device) => [device, {}])),
    refusals: new Map(no.map((device) => [device, {}])),
  };
  const holdings = {
    me: 'alice',
    ceremonies: () => new Map([[STATEMENT, ceremony]]),
    transitions: () => new Map(),
    chain: () => ({ tipHash: 'tip', tip: { members, governanceThreshold: 3 } }),
  } as unknown as Holdings;
  const context = { holdings: null, ports: { clock: createManualClock() } } as unknown as Context;
  return decisionCourse(context, holdings, STATEMENT);
};

test('[N9, A5] whose yes is missing are devices: nobody reminds a key on paper', () => {
  expect(courseOf([])).toEqual({ over: null, missing: ['bob', 'carol'] });
  expect(courseOf(['bob'])).toEqual({ over: null, missing: ['carol'] });
  // It may still sign where a device refuses.
  expect(courseOf([], ['carol'])?.over).toBeNull();
  expect(courseOf([], ['bob', 'carol'])?.over).toBe('refused-by-members');
});

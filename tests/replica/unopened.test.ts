import { describe, expect, test } from 'vitest';
import { createMemoryKeepsake } from '../../src/adapters/memory/memory-keepsake.js';
import type { OpeningFault } from '../../src/core/health/checks.js';
import { ok } from '../../src/core/base/result.js';
import type { Bundles, BundlesState } from '../../src/ports/bundles.js';
import { judgeUnopened, openingFaultIn } from '../../src/replica/health/unopened.js';
import { createHousehold } from './household.js';

/** Bundles of which one is on trial or none; what they were sent back for is kept. */
const bundlesWith = (isOnTrial: boolean) => {
  const reasons: string[] = [];
  const trial = isOnTrial ? { number: 3, sinceMs: 0, boots: 1, ups: 0 } : null;
  const bundles = {
    state: async () => ({ trial }) as BundlesState,
    rollBack: async (reason: string, cause: string) => {
      reasons.push(`${cause}: ${reason}`);
      return ok(undefined);
    },
  } as Partial<Bundles> as Bundles;
  return { bundles, reasons };
};

/** What becomes of the code of a device whose store does not open. */
const judged = async (
  fault: OpeningFault,
  isOnTrial: boolean,
  keepsake = createMemoryKeepsake(),
) => {
  const { bundles, reasons } = bundlesWith(isOnTrial);
  const prove = await judgeUnopened(fault, { bundles, keepsake });
  expect(reasons).toEqual([]);
  const proved = await prove();
  expect(proved.ok && proved.value.reload).toBe(reasons.length === 1);
  return reasons;
};

describe('a store that does not open', () => {
  test('[H1, H2] is the fault of code on trial, unless another tab stands in the way', async () => {
    for (const fault of ['failed', 'lost', 'newer', 'quota'] as const) {
      expect(await judged(fault, true)).toEqual([`health: health store failed: open: ${fault}`]);
    }
    expect(await judged('blocked', true)).toEqual([]);
  });

  test('[H2] after the trial is that of code alone that is older than what lies there', async () => {
    for (const fault of ['failed', 'lost', 'blocked', 'quota'] as const) {
      expect(await judged(fault, false)).toEqual([]);
    }
    expect((await judged('newer', false)).length).toBe(1);
  });

  test('[H2] that did not open under the code before either is not the fault of the next', async () => {
    const keepsake = createMemoryKeepsake();
    keepsake.write({ name: 'Alice phone', opens: true });
    expect((await judged('failed', true, keepsake)).length).toBe(1);
    expect(keepsake.read()).toEqual({ name: 'Alice phone', opens: true });
    await judged('blocked', false, keepsake);
    expect(keepsake.read()?.opens).toBe(true);
    await judged('failed', false, keepsake);
    expect(keepsake.read()).toEqual({ name: 'Alice phone', opens: false });
    expect(await judged('failed', true, keepsake)).toEqual([]);
  });

  test('[H2] has nothing to be sent back where no loader is, or none that answers', async () => {
    const keepsake = createMemoryKeepsake();
    const busy = { ok: false, error: { kind: 'busy' } };
    const alone = await judgeUnopened('failed', { bundles: undefined, keepsake });
    expect(await alone()).toEqual(busy);
    const silent = { state: () => Promise.reject(new Error('no database')) } as Partial<Bundles>;
    const prove = await judgeUnopened('failed', { bundles: silent as Bundles, keepsake });
    expect(await prove()).toEqual(busy);
  });

  test('[F9, H1] nor whose keys or rows cannot be read: it is told as it is, and noted until it does', async () => {
    const keepsake = createMemoryKeepsake();
    let isDumb = false;
    const home = createHousehold({
      keepsake: () => keepsake,
      wrap: (_, keeping) => {
        const load = (): Promise<never> => Promise.reject(new Error('internal error'));
        return isDumb ? { ...keeping, vault: { ...keeping.vault, load } } : keeping;
      },
    });
    const alice = await home.start('alice');
    expect(openingFaultIn(alice.view())).toBeNull();
    await alice.account.create('Alice phone');
    await home.stop('alice');
    isDumb = true;
    const dumb = await home.start('alice');
    expect([dumb.view().stage, openingFaultIn(dumb.view())]).toEqual(['lost', 'failed']);
    await home.stop('alice');
    keepsake.write({ name: 'Alice phone', opens: false });
    isDumb = false;
    expect((await home.start('alice')).view().stage).toBe('member');
    expect(keepsake.read()).toEqual({ name: 'Alice phone', opens: true });
  });
});

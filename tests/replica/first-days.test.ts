import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createCompletion, encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import { joinShares } from '../../src/core/authority/threshold-signature.js';
import type { Hash, HeadId, RosterHash } from '../../src/core/base/brands.js';
import { captureState } from '../../src/core/snapshots/payload.js';
import { planSnapshot } from '../../src/core/snapshots/proposal.js';
import { shareOf, statementOf } from './lying-ceremonies.js';
import { areEqual, idOf, lyingHousehold, titlesOf } from './with-liar.js';

describe('keys that were enough once', () => {
  // Alice's phone made the account, and is a member still; its keys are in the liar's hands.
  test('[A11, S5, S7] the first device alone empties nothing by the record of its first days', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob, mallory } = all;
    const { holdings } = mallory;
    const roster = holdings.account as string as RosterHash;
    const record = holdings.chain().recordAt(roster);
    if (record === null) throw new Error('the first record is known');
    const emptied = { ...holdings.fold().state(), items: new Map() };
    const capture = captureState(emptied, roster);
    const { payload, bytes } = capture;
    const subject = planSnapshot({ ...holdings.ground(), roster, epoch: 0 }, capture);
    const statement = statementOf(subject);
    const keys = createMemoryKeys('alice');
    const share = { signer: keys.signer.device, signature: await shareOf(keys, statement) };
    const completion = createCompletion(subject, joinShares(record, [share]));

    const link = mallory.to(idOf(bob));
    const completions = [encodeSnapshotCompletion(completion)];
    link.say({ kind: 'completions', completions });
    const shown = () => bob.view().snapshots.map(({ isStanding }) => isStanding);
    await home.until('it is shown', () => shown().length === 1);
    expect(shown()).toEqual([false]);

    const chain = holdings.chain();
    link.say({
      ...{ kind: 'heads', rosterCount: chain.lineage.length, rosterTip: chain.tipHash },
      ...{ epoch: chain.tip.epoch, base: holdings.base().id, stateVector: null, frontier: [] },
      ...{ standingHeads: [statement as string as HeadId], heldPayloads: [payload] },
      ...{ factSet: 'ab'.repeat(32) as Hash, wallMs: 0, name: 'mallory' },
    });
    const totalBytes = bytes.length;
    link.say({ kind: 'payloadPart', payload, part: 0, parts: 1, totalBytes, bytes });
    await all.converge('written since');
    expect(link.heard.some((each) => each.kind === 'wantPayload')).toBe(false);
    expect(titlesOf(bob)).toEqual(['before the lies', 'written since']);
    expect(areEqual(alice, bob)).toBe(true);
    expect(bob.view().problems).toEqual([]);
  });
});

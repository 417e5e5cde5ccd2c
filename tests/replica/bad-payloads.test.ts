import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createCompletion, encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import { joinShares } from '../../src/core/authority/threshold-signature.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { Digest, HeadId } from '../../src/core/base/brands.js';
import { captureState } from '../../src/core/snapshots/payload.js';
import type { SnapshotSubject } from '../../src/core/authority/statement.js';
import { shareOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { idOf, lyingHousehold, titlesOf, type LyingHousehold } from './with-liar.js';

const FALSE_DIGEST = brandHex<Digest>('ab'.repeat(32));

/** A completion over one subject with the signatures of two stolen keys over another, or the same. */
const stolen = async ({ mallory, bob }: LyingHousehold, of: SnapshotSubject, over = of) => {
  const statement = statementOf(over);
  const shares = [
    { signer: mallory.device, signature: await shareOf(mallory.keys, statement) },
    { signer: idOf(bob), signature: await shareOf(createMemoryKeys('bob'), statement) },
  ];
  const signature = joinShares(mallory.holdings.chain().tip, shares);
  return encodeSnapshotCompletion(createCompletion(of, signature));
};

describe('payloads and digests that do not belong together', () => {
  test('[S4, S5, S7] signers of another digest complete nothing; a payload that does not fold to its digest is never adopted', async () => {
    const all = await lyingHousehold();
    const { home, alice, mallory } = all;
    const link = () => mallory.to(idOf(alice));
    const refused = () => all.lines(alice, 'object-refused').map((line) => line.details['reason']);

    const honest = subjectOf(mallory);
    const wrong = subjectOf(mallory, { digest: FALSE_DIGEST });
    link().say({ kind: 'completions', completions: [await stolen(all, wrong, honest)] });
    await home.until('it is refused', () => refused().includes('completion-below-threshold'));
    expect(alice.view().snapshots).toEqual([]);

    const before = alice.inspect();
    link().say({ kind: 'completions', completions: [await stolen(all, wrong)] });
    await home.until('it stands', () => alice.view().snapshots.length === 1);
    const told = () => link().heard.findLast((message) => message.kind === 'heads');
    await home.until('alice says what she holds', () => told() !== undefined);
    const template = told();
    if (template?.kind !== 'heads') throw new Error('alice says what she holds');
    const head = statementOf(wrong) as string as HeadId;
    const { payload } = wrong;
    link().say({ ...template, standingHeads: [head], heldPayloads: [payload] });
    const isAsked = () =>
      link().heard.some((each) => each.kind === 'wantPayload' && each.payload === payload);
    await home.until('alice asks for it', isAsked);
    const { bytes } = captureState(mallory.holdings.fold().state(), wrong.roster);
    const totalBytes = bytes.length;
    link().say({ kind: 'payloadPart', payload, part: 0, parts: 1, totalBytes, bytes });
    await home.until('it is refused as well', () =>
      all.lines(alice, 'payload-refused').some((line) => line.details['reason'] === 'other-digest'),
    );
    expect(home.disk('alice').rowsOf('payloads').size).toBe(0);
    expect(alice.inspect().base).toBe(before.base);
    expect(alice.inspect().facts).toBeGreaterThanOrEqual(before.facts);
    expect(titlesOf(alice)).toEqual(['before the lies']);
    expect(alice.view().snapshots.map((each) => each.isHeld)).toEqual([false]);
    expect(alice.view().problems.map(({ kind }) => kind)).toContain('digest-alarm');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCanonical, encodeCanonical } from '../../../src/core/base/canonical.js';
import { createDigestTree, digestOf } from '../../../src/core/journal/digest-tree.js';
import { createFold } from '../../../src/core/journal/fold.js';
import { EMPTY_STATE } from '../../../src/core/journal/state.js';
import { parseState, stateToCanonical } from '../../../src/core/journal/state-codec.js';
import { encodePayload, parsePayload, payloadIdOf } from '../../../src/core/snapshots/payload.js';
import {
  bytesOf,
  interleave,
  judge,
  lengths,
  prefixOf,
  sayings,
  sessionsOf,
  stateOf,
} from './accounts.js';

const picks = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });

describe('the digest tree', () => {
  it('[S4] kept up with what changed has the root of one made from nothing', () => {
    const pauses = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(sayings, picks, pauses, (said, order, asks) => {
        const fold = createFold(EMPTY_STATE);
        const tree = createDigestTree();
        interleave(sessionsOf(said), order).forEach((fact, index) => {
          fold.apply(fact, judge(fact));
          if (!asks[index % asks.length]) return;
          tree.touch(fold.takeTouched());
          expect(tree.root(fold.state())).toBe(digestOf(fold.state()));
        });
        tree.touch(fold.takeTouched());
        expect(tree.root(fold.state())).toBe(digestOf(fold.state()));
        tree.touch([...fold.state().items.keys()]);
        expect(tree.parts(fold.state())).toEqual(createDigestTree().parts(fold.state()));
      }),
      { numRuns: 150 },
    );
  });

  it('[S4] tells apart what differs, and nothing else', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, (said, left, right) => {
        const sessions = sessionsOf(said);
        const [a, b] = [left, right].map((cut) => stateOf(prefixOf(sessions, cut))) as [
          never,
          never,
        ];
        expect(digestOf(a) === digestOf(b)).toBe(bytesOf(a) === bytesOf(b));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the bytes of a state', () => {
  it('[S7] are read back to the same state', () => {
    fc.assert(
      fc.property(sayings, lengths, (said, cut) => {
        const state = stateOf(prefixOf(sessionsOf(said), cut));
        const decoded = decodeCanonical(encodeCanonical(stateToCanonical(state)));
        const read = decoded.ok ? parseState(decoded.value) : decoded;
        if (!read.ok) throw new Error(read.error.kind);
        expect(bytesOf(read.value)).toBe(bytesOf(state));
        expect(read.value).toEqual(state);
      }),
    );
  });

  it('[S5] changed anywhere are refused under the id, and never read as the same under another', () => {
    fc.assert(
      fc.property(sayings, fc.nat(), fc.integer({ min: 1, max: 255 }), (said, place, change) => {
        const state = stateOf(sessionsOf(said));
        const [good, digest] = [encodePayload(state), digestOf(state)];
        const bad = Uint8Array.from(good);
        bad[place % bad.length] = (bad[place % bad.length] ?? 0) ^ change;
        const named = parsePayload(bad, { payload: payloadIdOf(good), digest });
        expect(named).toEqual({ ok: false, error: { kind: 'other-payload' } });
        // With its own id it is malformed, of a newer fold, or plainly another state.
        const own = parsePayload(bad, { payload: payloadIdOf(bad), digest });
        expect(own.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hash } from '../../../src/core/base/brands.js';
import {
  type AgreedLoader,
  agreedLoaders,
  isNewLoader,
  loaderDue,
  loaderRuleFault,
} from '../../../src/core/upgrades/agreed-loaders.js';
import { FIRST_LOADER, type LoaderPin } from '../../../src/core/upgrades/loader-pin.js';
import { hashNamed } from '../../unit/upgrades/sample-bundle.js';

const pinOf = (version: number, script: number): LoaderPin => ({
  version,
  sha256: hashNamed(`loader ${script}`),
});
const aPin = fc
  .record({ version: fc.integer({ min: 2, max: 6 }), script: fc.integer({ min: 0, max: 6 }) })
  .map(({ version, script }) => pinOf(version, script));

/** What each of a chain's records made binding; undefined: a manifest that is not here. */
const aChain = fc.array(
  fc.option(fc.record({ brings: fc.option(aPin, { nil: undefined }) }), { nil: undefined }),
  { maxLength: 8 },
);
type Chain = typeof aChain extends fc.Arbitrary<infer T> ? T : never;

const read = (chain: Chain): readonly AgreedLoader[] => {
  const activations = chain.map((_, at) => ({ manifest: hashNamed(`manifest ${at}`) }));
  return agreedLoaders(activations, (manifest) => {
    const told = chain[activations.findIndex((each) => each.manifest === manifest)];
    if (told === undefined) return null;
    const files = [{ path: 'index.html', bytes: 1, sha256: manifest }];
    return { files, ...(told.brings === undefined ? {} : { brings: told.brings }) };
  });
};

describe('loaders that were agreed to', () => {
  test('[U13] are what records made binding and nothing else, and only ever become newer', () => {
    fc.assert(
      fc.property(aChain, (chain) => {
        const agreed = read(chain);
        const named = chain.flatMap((each) => each?.brings ?? []);
        for (const { version, sha256 } of agreed) expect(named).toContainEqual({ version, sha256 });
        const versions = agreed.map(({ version }) => version);
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
        expect(Math.max(FIRST_LOADER, ...versions)).toBe(
          Math.max(FIRST_LOADER, ...named.map(({ version }) => version)),
        );
      }),
    );
  });

  test('[U13] stay agreed to, whatever binds later', () => {
    fc.assert(
      fc.property(aChain, aChain, (chain, later) => {
        const before = read(chain);
        expect(read([...chain, ...later]).slice(0, before.length)).toEqual(before);
      }),
    );
  });

  test('[U13] are put in place only forwards, and not with a bundle that failed here', () => {
    fc.assert(
      fc.property(aChain, aPin, fc.array(fc.nat(7)), (chain, there, failures) => {
        const agreed = read(chain);
        const failed = failures.flatMap((at) => agreed[at]?.content ?? []);
        const due = loaderDue(agreed, { inPlace: there.sha256, version: there.version }, failed);
        if (due === null) return;
        expect(due.version).toBeGreaterThan(there.version);
        const of = agreed.find(({ version }) => version === due.version);
        expect(of).toMatchObject({ ...due });
        expect(failed).not.toContain(of?.content);
      }),
    );
  });
});

describe('a release with a new loader', () => {
  const agreedAndPlaced = fc.record({
    chain: aChain,
    brings: aPin,
    inPlace: fc.option(fc.integer({ min: 0, max: 6 }).map((n) => hashNamed(`loader ${n}`))),
  });

  test('[U13] is never put softly, and never back to an older one', () => {
    fc.assert(
      fc.property(agreedAndPlaced, ({ chain, brings, inPlace }) => {
        const ground = { loaders: read(chain), inPlace };
        const [soft, hard] = (['soft', 'hard'] as const).map((fork) =>
          loaderRuleFault(brings, fork, ground),
        );
        const newest = ground.loaders.at(-1)?.version ?? FIRST_LOADER;
        if (!isNewLoader(brings, ground)) {
          expect([soft, hard]).toEqual([null, null]);
        } else if (brings.version > newest) {
          expect(soft).toEqual({ kind: 'loader-not-hard', version: brings.version });
          expect(hard).toBeNull();
        } else {
          const older = { kind: 'older-loader', version: brings.version, agreed: newest };
          expect([soft, hard]).toEqual([older, older]);
        }
      }),
    );
  });

  test('[U13] is one by its script alone: the same version with other bytes is another', () => {
    const agreed = pinOf(2, 1);
    const ground = { loaders: [agreed], inPlace: null };
    expect(isNewLoader(agreed, ground)).toBe(false);
    expect(isNewLoader(pinOf(2, 2), ground)).toBe(true);
    expect(isNewLoader(pinOf(2, 2), { ...ground, inPlace: pinOf(2, 2).sha256 as Hash })).toBe(
      false,
    );
    expect(loaderRuleFault(undefined, 'soft', ground)).toBeNull();
  });
});

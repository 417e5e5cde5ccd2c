import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import type { SessionId } from '../../../src/core/base/brands.js';
import { sha256 } from '../../../src/core/base/hash.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import { encodeBody } from '../../../src/core/facts/bodies.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { addMark } from '../../../src/core/journal/marks.js';
import { policyMark, readyDevicesName } from '../../../src/core/journal/policy-marks.js';
import type { Register } from '../../../src/core/journal/registers.js';
import { readyRules, upgradeMark, upgradeWords } from '../../../src/core/journal/upgrade-marks.js';
import type { Upgrade } from '../../../src/core/upgrades/upgrade.js';
import { readUpgrades } from '../../../src/core/upgrades/upgrade-state.js';
import {
  EXPIRES_MS,
  deviceNamed,
  proposes,
  rosterOf,
  upgradeNamed,
} from '../../unit/upgrades/said.js';
import { hashNamed } from '../../unit/upgrades/sample-bundle.js';

const MEMBERS = ['alice', 'bob', 'carol', 'dave'] as const;
const LEAST = 3;

/** One thing that was said; its place among all of them is its lamport. */
type Said =
  | { readonly kind: 'proposed'; readonly sequence: number }
  | {
      readonly kind: 'readied';
      readonly sequence: number;
      readonly by: (typeof MEMBERS)[number];
      readonly isReady: boolean;
    }
  | { readonly kind: 'rule'; readonly devices: number | null };

const sequence = fc.integer({ min: 2, max: 3 });
const saidArb: fc.Arbitrary<Said> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('proposed' as const), sequence }) },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant('readied' as const), sequence },
      by: fc.constantFrom(...MEMBERS),
      isReady: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn > 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('rule' as const),
      devices: fc.option(fc.integer({ min: 1, max: 9 })),
    }),
  },
);
/** Each number is published once. */
const allSaid = fc
  .array(saidArb, { maxLength: 40 })
  .map((all) =>
    all.filter(
      (said, index) =>
        said.kind !== 'proposed' ||
        all.findIndex((each) => each.kind === 'proposed' && each.sequence === said.sequence) ===
          index,
    ),
  );

const nameOf = (of: number): string => `v${of}`;

const bodyOf = (said: Exclude<Said, { kind: 'rule' }>): Body => {
  if (said.kind === 'proposed') return proposes(nameOf(said.sequence), said.sequence).body;
  const verdict = said.isReady ? 'ready' : 'not-ready';
  const upgrade = upgradeNamed(nameOf(said.sequence));
  return { kind: 'upgrade.readied', upgrade, verdict, reason: null, bundle: null };
};

/** What a fact leaves in the state, by the very functions that fold it. */
const markOf = (said: Said, lamport: number): readonly [string, Register] => {
  const session = hashNamed(`session ${lamport % 3}`) as string as SessionId;
  const stamp = { lamport, session, seq: lamport, wallMs: lamport };
  if (said.kind === 'rule') {
    const name = readyDevicesName(sha256(encodeCanonical(lamport)).slice(0, 8));
    const value = said.devices === null ? null : String(said.devices);
    const [key, held] = policyMark(deviceNamed('alice'), { kind: 'policy.changed', name, value });
    return [key, { ...stamp, value: held }];
  }
  const body = bodyOf(said);
  const encoded = encodeBody(body);
  if (!encoded.ok) throw new Error(encoded.error.kind);
  const fact = {
    envelope: {
      ...{ session, seq: lamport, kind: body.kind, roster: hashNamed('roster') },
      author: deviceNamed(said.kind === 'readied' ? said.by : 'alice'),
    },
    id: upgradeNamed(said.kind === 'proposed' ? nameOf(said.sequence) : `word ${lamport}`),
    bodyBytes: encoded.value,
  } as unknown as AdmittedFact;
  const [key, held] = upgradeMark(fact);
  return [key, { ...stamp, value: held }];
};

const read = (heard: readonly (readonly [string, Register])[]): readonly Upgrade[] => {
  const marks = new Map<string, Register>();
  for (const [name, mark] of heard) addMark(marks, name, mark);
  return readUpgrades({
    ...{ words: upgradeWords(marks), rules: readyRules(marks), activations: [] },
    ...{ tip: rosterOf([...MEMBERS, 'paper'], LEAST), bundleOf: () => null, nowMs: 50 },
    agreedSinceMs: () => 0,
  }).upgrades;
};

const marksOf = (all: readonly Said[]) => all.map(markOf);
/** Every device is ready for it. */
const readyFor = (of: number): readonly Said[] =>
  MEMBERS.map((by) => ({ kind: 'readied', sequence: of, by, isReady: true }));
const isLockedIn = ({ lockedInMs }: Upgrade): boolean => lockedInMs !== null;

describe('a rule on how many devices have to be ready', () => {
  test('[U4] gives the same stages whatever order it is heard in, among whatever words', () => {
    fc.assert(
      fc.property(allSaid, fc.infiniteStream(fc.nat()), (all, order) => {
        const marks = marksOf(all);
        const shuffled = marks
          .map((mark) => [order.next().value ?? 0, mark] as const)
          .sort(([a], [b]) => a - b)
          .map(([, mark]) => mark);
        expect(read([...shuffled, ...marks])).toEqual(read(marks));
      }),
    );
  });

  test('[U4] takes no lock-in back that came before it, nor what it took', () => {
    fc.assert(
      fc.property(allSaid, allSaid, (some, others) => {
        const earlier: readonly Said[] = [
          { kind: 'proposed', sequence: 9 },
          ...some,
          ...readyFor(9),
        ];
        const later = others.filter(({ kind }) => kind !== 'proposed');
        const before = read(marksOf(earlier)).filter(isLockedIn);
        expect(before.length).toBeGreaterThan(0);
        const after = new Map(read(marksOf([...earlier, ...later])).map((each) => [each.id, each]));
        for (const { id, lockedInMs, needed } of before) {
          expect(after.get(id)).toMatchObject({ lockedInMs, needed });
        }
      }),
    );
  });

  test('[U4] asks for no fewer devices than decide, and never for more than there are', () => {
    fc.assert(
      fc.property(allSaid, (all) => {
        const last = all.findLast((said) => said.kind === 'rule');
        const asked = last?.kind === 'rule' ? (last.devices ?? 0) : 0;
        for (const upgrade of read(marksOf(all))) {
          expect(upgrade.needed).toBeGreaterThanOrEqual(LEAST);
          expect(upgrade.needed).toBeLessThanOrEqual(MEMBERS.length);
          if (isLockedIn(upgrade)) {
            expect(upgrade.ready.length).toBeGreaterThanOrEqual(upgrade.needed);
          } else expect(upgrade.needed).toBe(Math.min(MEMBERS.length, Math.max(LEAST, asked)));
        }
      }),
    );
  });

  test('[U4] whatever was ruled, what every device is ready for locks in', () => {
    fc.assert(
      fc.property(allSaid, (all) => {
        const [newest] = [...all]
          .flatMap((said) => (said.kind === 'proposed' ? said.sequence : []))
          .sort((a, b) => b - a);
        fc.pre(newest !== undefined);
        const found = read(marksOf([...all, ...readyFor(newest ?? 0)]));
        const upgrade = found.findLast(({ body }) => body.sequence === newest);
        expect(upgrade?.failure ?? null).toBeNull();
        expect(upgrade !== undefined && isLockedIn(upgrade)).toBe(true);
      }),
    );
  });

  test('[U4] what was let go of in time locks in by that, and nothing does after it ran out', () => {
    const ready = (by: 'alice' | 'bob' | 'carol'): Said => ({
      ...{ kind: 'readied', sequence: 2, by, isReady: true },
    });
    const words: readonly Said[] = [
      ...[{ kind: 'rule', devices: 4 } as const, { kind: 'proposed', sequence: 2 } as const],
      ...[ready('alice'), ready('bob'), ready('carol')],
    ];
    expect(read(marksOf(words))[0]).toMatchObject({ stage: 'started', needed: 4 });
    const freed = marksOf([...words, { kind: 'rule', devices: null }]);
    expect(read(freed)[0]).toMatchObject({ stage: 'active', needed: 3, lockedInMs: 5 });
    const late = freed.map(([name, mark], index): readonly [string, Register] => [
      ...([name, index === 5 ? { ...mark, wallMs: EXPIRES_MS + 1 } : mark] as const),
    ]);
    expect(read(late)[0]?.lockedInMs).toBeNull();
  });
});

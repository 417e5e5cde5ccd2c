import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UpgradeWord } from '../../../src/core/journal/upgrade-marks.js';
import { rollOutOf } from '../../../src/core/upgrades/roll-out.js';
import {
  type Bar,
  announcementOf,
  fencedOutOf,
  requiredProtocols,
} from '../../../src/core/upgrades/binding.js';
import type { Upgrade } from '../../../src/core/upgrades/upgrade.js';
import { readinessNeeded } from '../../../src/core/upgrades/upgrade-state.js';
import {
  EXPIRES_MS,
  deviceNamed,
  orders,
  proposes,
  readOf,
  rosterOf,
  runs,
  says,
  stagesOf,
  switched,
  upgradeNamed,
} from './said.js';
import { hashNamed } from './sample-bundle.js';

const V2 = proposes('v2', 2);
const V3 = proposes('v3', 3);
const LOCKED = [V2, says('alice', 'v2'), says('bob', 'v2')];

/** Words in their order, and what they come to. */
const CASES: readonly (readonly [string, readonly UpgradeWord[], readonly string[]])[] = [
  ['[U4] nobody ready: proposed', [V2], ['proposed']],
  ['[U4] one ready: started', [V2, says('alice', 'v2')], ['started']],
  ['[U4] two of three ready: in force', LOCKED, ['active']],
  ['[U10] one key twice counts once', [V2, says('bob', 'v2'), says('bob', 'v2')], ['started']],
  [
    '[U10] who is no member does not count',
    [V2, says('bob', 'v2'), says('eve', 'v2')],
    ['started'],
  ],
  [
    '[U4] who takes it back does not count',
    [V2, says('alice', 'v2'), says('alice', 'v2', 'not-ready'), says('bob', 'v2')],
    ['started'],
  ],
  [
    '[U3] after the lock-in nothing is taken back',
    [...LOCKED, says('alice', 'v2', 'rejected'), says('bob', 'v2', 'not-ready')],
    ['active'],
  ],
  [
    '[U4] a veto before the lock-in ends it',
    [V2, says('alice', 'v2'), orders('carol', 'upgrade.vetoed', 'v2'), says('bob', 'v2')],
    ['vetoed'],
  ],
  [
    '[U4] a veto after it does nothing',
    [...LOCKED, orders('carol', 'upgrade.vetoed', 'v2')],
    ['active'],
  ],
  [
    '[U10] an outsider vetoes nothing',
    [V2, orders('eve', 'upgrade.vetoed', 'v2'), ...LOCKED.slice(1)],
    ['active'],
  ],
  [
    '[U4] a device has one veto against one content',
    [
      V2,
      orders('carol', 'upgrade.vetoed', 'v2'),
      proposes('again', 3, { content: hashNamed('content of v2') }),
      orders('carol', 'upgrade.vetoed', 'again'),
    ],
    ['vetoed', 'proposed'],
  ],
  [
    '[U2] taken back before the lock-in',
    [V2, orders('alice', 'upgrade.revoked', 'v2')],
    ['revoked'],
  ],
  [
    '[U2] taken back after it: nobody goes on',
    [...LOCKED, orders('alice', 'upgrade.revoked', 'v2')],
    ['revoked'],
  ],
  [
    '[U2] a later one that locks in supersedes',
    [V2, V3, says('alice', 'v3'), says('bob', 'v3')],
    ['superseded', 'active'],
  ],
  [
    '[U4] never two in force',
    [...LOCKED, V3, says('alice', 'v3'), says('bob', 'v3')],
    ['past', 'active'],
  ],
  [
    '[U10] an older release comes to nothing',
    [V3, says('alice', 'v3'), says('bob', 'v3'), V2],
    ['active', 'older-release'],
  ],
  [
    '[U10] two contents of one number are both a lie',
    [V2, proposes('other', 2)],
    ['two-of-one-sequence', 'two-of-one-sequence'],
  ],
  [
    '[U10] but not the one that was agreed to',
    [...LOCKED, proposes('other', 2)],
    ['active', 'two-of-one-sequence'],
  ],
  [
    '[U2] a sixth does not wait',
    [2, 3, 4, 5, 6, 7].map((n) => proposes(`v${n}`, n)),
    ['proposed', 'proposed', 'proposed', 'proposed', 'proposed', 'too-many'],
  ],
  [
    '[U4] who is ready too late does not count',
    [V2, says('alice', 'v2'), says('bob', 'v2', 'ready', { atMs: EXPIRES_MS + 1 })],
    ['started'],
  ],
];

describe('what becomes of an upgrade', () => {
  test.each(CASES)('%s', (_title, words, stages) => {
    expect(stagesOf(readOf(words))).toEqual(stages);
  });

  test('[U3] who was ready at the lock-in stays so, and others still come', () => {
    const words = [...LOCKED, says('bob', 'v2', 'not-ready'), says('carol', 'v2')];
    expect(readOf(words).upgrades[0]?.ready).toHaveLength(3);
  });

  test('[U4] time ends what did not lock in, and begins what waits out its grace', () => {
    const late = { nowMs: EXPIRES_MS + 1 };
    expect(stagesOf(readOf([V2, says('alice', 'v2')], late))).toEqual(['expired']);
    expect(stagesOf(readOf(LOCKED, late))).toEqual(['active']);
    const patient = [proposes('v2', 2, { grace: 100 }), ...LOCKED.slice(1)];
    expect(stagesOf(readOf(patient, { nowMs: 99 }))).toEqual(['locked-in']);
    expect(stagesOf(readOf(patient, { nowMs: 100 }))).toEqual(['active']);
  });

  test('[U4, U10] the roster in force alone says how many are needed, whatever was claimed', () => {
    const grown = rosterOf(['alice', 'bob', 'carol', 'dave', 'erin'], 3);
    expect(stagesOf(readOf(LOCKED, { tip: grown }))).toEqual(['started']);
    const all = (name: string) => (device: string) =>
      ['alice', 'bob', 'erin'].map(deviceNamed).includes(device as never) ? runs(name) : null;
    const bundleOf = all('content of v2');
    expect(stagesOf(readOf(LOCKED, { tip: grown, bundleOf }))).toEqual(['active']);
    expect(stagesOf(readOf([V2], { tip: grown, bundleOf }))).toEqual(['active']);
    const veto = [V2, orders('carol', 'upgrade.vetoed', 'v2')];
    expect(stagesOf(readOf(veto, { tip: grown, bundleOf }))).toEqual(['active']);
  });

  test('[A5] paper is never ready, so nobody waits for it', () => {
    expect(readinessNeeded(rosterOf(['alice', 'paper'], 2))).toBe(1);
    expect(readinessNeeded(rosterOf(['alice', 'bob', 'paper'], 2))).toBe(2);
    expect(readinessNeeded(rosterOf(['alice', 'bob', 'carol', 'dave'], 3))).toBe(3);
  });

  test('[U4] of a hard fork ready means that it runs there; checked is enough to switch', () => {
    const hard = proposes('v2', 2, { fork: 'hard', requires: ['upkeep/2'] });
    const checked = readOf([hard, says('alice', 'v2'), says('bob', 'v2')]);
    expect(checked.upgrades[0]).toMatchObject({ stage: 'started', ready: [], approvedMs: 0 });
    const bundle = 'content of v2';
    const run = ['alice', 'bob'].map((each) => says(each, 'v2', 'ready', { bundle }));
    expect(stagesOf(readOf([hard, ...run]))).toEqual(['locked-in']);
    const activations = [{ manifest: hashNamed('v2'), version: '0.2.0', epoch: 4 }];
    const binding = readOf([hard, orders('carol', 'upgrade.vetoed', 'v2')], { activations });
    expect(binding.upgrades[0]).toMatchObject({ stage: 'active', fence: 4 });
    expect(requiredProtocols(activations, binding.upgrades)).toEqual(['upkeep/2']);
    const outOf = (...spoken: string[]) =>
      fencedOutOf(activations, binding.upgrades, spoken, () => 0);
    expect(outOf('upkeep/1')).toMatchObject({
      ...{ version: '0.2.0', fence: 4, missing: ['upkeep/2'], upgrade: upgradeNamed('v2') },
    });
    expect(outOf('upkeep/1', 'upkeep/2')).toBeNull();
  });

  test('[U4, U5, U10] a fence asks for what was run, whatever a member announces beside it', () => {
    const protocols = ['upkeep/1', 'upkeep/2'];
    const hard = proposes('v2', 2, { fork: 'hard', requires: ['upkeep/2'], protocols });
    const bundle = 'content of v2';
    const run = ['alice', 'bob'].map((each) => says(each, 'v2', 'ready', { bundle }));
    const activations = [{ manifest: hashNamed('v2'), version: '0.2.0', epoch: 4 }];
    const again = (terms: Partial<typeof hard.body>): UpgradeWord => {
      const fact = upgradeNamed('again');
      return {
        ...hard,
        fact,
        author: deviceNamed('carol'),
        body: { ...hard.body, ...terms } as never,
      };
    };
    const terms = [
      { requires: [] },
      { requires: ['carol/1'], protocols: ['carol/1'] },
      { requires: ['carol/1'], protocols: ['carol/1'], sequence: 9 },
    ];
    for (const each of terms) {
      const mine = [again(each), says('carol', 'again', 'ready', { bundle })];
      // Before the first by its lamport, or after all of it.
      for (const words of [
        [...mine, hard, ...run],
        [hard, ...run, ...mine],
      ]) {
        const { upgrades } = readOf(words, { activations });
        expect(requiredProtocols(activations, upgrades)).toEqual(['upkeep/2']);
        const out = fencedOutOf(activations, upgrades, ['upkeep/1'], () => 0);
        expect(out?.upgrade).toBe(upgradeNamed('v2'));
        const voted = readOf(words).upgrades;
        expect(announcementOf(activations[0] as never, voted)?.stage).toBe('locked-in');
      }
    }
    // Who ran it and is a member no more has said so all the same.
    const tip = rosterOf(['carol', 'dave'], 1);
    const mine = [again({ requires: [] }), says('carol', 'again', 'ready', { bundle })];
    const { upgrades } = readOf([...mine, hard, ...run], { activations, tip });
    expect(requiredProtocols(activations, upgrades)).toEqual(['upkeep/2']);
  });

  test('[U4, C9] the way back is what is in force, else what binds, as far as nothing bars it', () => {
    const spoken = ['upkeep/1', 'upkeep/2'];
    const activations = [{ manifest: hashNamed('v2'), version: '0.2.0', epoch: 4 }];
    const read = readOf(
      [
        proposes('v2', 2, { fork: 'hard', requires: ['upkeep/2'], protocols: spoken }),
        proposes('v3', 3, { protocols: spoken }),
        ...['alice', 'bob'].map((each) => says(each, 'v3')),
      ],
      { activations },
    );
    expect(stagesOf(read)).toEqual(['past', 'active']);
    const wayOf = (bars: Readonly<Record<string, Bar>>) =>
      fencedOutOf(activations, read.upgrades, ['upkeep/1'], ({ id }) =>
        id === upgradeNamed('v2') ? (bars['v2'] ?? 0) : (bars['v3'] ?? 0),
      )?.upgrade;
    expect(wayOf({})).toBe(upgradeNamed('v3'));
    expect(wayOf({ v3: 1 })).toBe(upgradeNamed('v2'));
    expect(wayOf({ v2: 1, v3: 1 })).toBe(upgradeNamed('v3'));
    expect(wayOf({ v2: 1, v3: 2 })).toBe(upgradeNamed('v2'));
  });

  test('[C10] what a record binds is stopped by nobody, whenever that was said', () => {
    const hard = proposes('v2', 2, { fork: 'hard', requires: ['upkeep/2'] });
    const activations = [{ manifest: hashNamed('v2'), version: '0.2.0', epoch: 4 }];
    for (const kind of ['upgrade.halted', 'upgrade.revoked'] as const) {
      const words = [hard, orders('alice', kind, 'v2')];
      expect(readOf(words, { activations }).upgrades[0]).toMatchObject({
        ...{ stage: 'active', halted: null },
      });
    }
  });

  test('[U5] only a later activation lets go of what an earlier one required', () => {
    const hard = (name: string, n: number, protocols: string[], requires: string[]) =>
      proposes(name, n, { fork: 'hard', protocols, requires });
    const both = readOf([
      hard('v2', 2, ['upkeep/1', 'upkeep/2'], ['upkeep/2']),
      hard('v3', 3, ['upkeep/2', 'upkeep/3'], ['upkeep/3']),
      hard('v4', 4, ['upkeep/3', 'upkeep/4'], ['upkeep/4']),
    ]).upgrades;
    const upTo = (...names: string[]) =>
      requiredProtocols(
        names.map((name, epoch) => ({ manifest: hashNamed(name), version: '0.2.0', epoch })),
        both,
      );
    expect(upTo('v2', 'v3')).toEqual(['upkeep/2', 'upkeep/3']);
    expect(upTo('v2', 'v3', 'v4')).toEqual(['upkeep/3', 'upkeep/4']);
    expect(upTo('unknown')).toEqual([]);
  });

  test('[U7, C7] what failed on a member is taken by none, unless enough run it well', () => {
    const words = [...LOCKED, switched('carol', 'content of v2', 'content of v1', 'rolled-back')];
    expect([...readOf(words).quarantined]).toEqual([hashNamed('content of v2')]);
    const good = switched('carol', 'content of v1', 'content of v2', 'good');
    expect(readOf([...words, good]).quarantined.size).toBe(0);
    const outsider = switched('eve', 'content of v2', 'content of v1', 'rolled-back');
    expect(readOf([...LOCKED, outsider]).quarantined.size).toBe(0);
    const well = (device: string) =>
      device === deviceNamed('carol') ? runs('content of v1') : runs('content of v2');
    expect(readOf(words, { bundleOf: well }).quarantined.size).toBe(0);
    expect([...readOf(words, { bundleOf: well }).approved]).toEqual([hashNamed('content of v2')]);
  });

  test('[U4, C9] what a record binds is kept from nobody by who went back from it before', () => {
    const hard = proposes('v2', 2, { fork: 'hard', requires: ['upkeep/2'] });
    const back = switched('carol', 'content of v2', 'content of v1', 'rolled-back');
    const words = [hard, ...LOCKED.slice(1), back];
    const activations = [{ manifest: hashNamed('v2'), version: '0.2.0', epoch: 4 }];
    expect(readOf(words).quarantined.size).toBe(1);
    expect(readOf(words, { activations }).quarantined.size).toBe(0);
    const other = [{ manifest: hashNamed('v3'), version: '0.3.0', epoch: 4 }];
    expect(readOf(words, { activations: other }).quarantined.size).toBe(1);
    const left = ['alice', 'bob'].map((each) => switched(each, 'first', 'content of v2', 'good'));
    expect(readOf([...words, ...left]).approved).toContain(hashNamed('first'));
  });

  test('[U9] a wave opens once all of the one before run it well, and for as long as agreed', () => {
    const waves = [[deviceNamed('carol')], [deviceNamed('gone')], [deviceNamed('alice')]];
    const { body } = readOf([proposes('v2', 2, { waves, grace: 50 })]).upgrades[0] as Upgrade;
    const devices = ['alice', 'bob', 'carol'].map(deviceNamed);
    const openAt = (nowMs: number, ...running: string[]) => openOf(null, nowMs, ...running);
    const openOf = (fence: number | null, nowMs: number, ...running: string[]) =>
      rollOutOf(
        { body, fence },
        {
          ...{ devices, nowMs },
          bundleOf: (device) =>
            running.map(deviceNamed).includes(device)
              ? { ...runs('content of v2'), atMs: 2 ** 43 }
              : null,
          runsSinceMs: (device) => (running.map(deviceNamed).includes(device) ? 100 : null),
        },
      );
    expect(openAt(500)).toMatchObject({ open: 0, count: 4, waitsFor: [deviceNamed('carol')] });
    expect(openAt(149, 'carol')).toMatchObject({ open: 0, waitsFor: [], nextMs: 150 });
    expect(openAt(150, 'carol')).toMatchObject({ open: 2, waitsFor: [deviceNamed('alice')] });
    expect(openAt(150, 'carol', 'alice')).toMatchObject({
      open: 3,
      waitsFor: [deviceNamed('bob')],
    });
    // Who is behind a fence waits for nobody.
    expect(openOf(4, 500)).toBeNull();
  });
});

describe('whatever is said in whatever order', () => {
  const names = ['v2', 'v3', 'v4'];
  const devices = ['alice', 'bob', 'carol', 'eve'];
  const word: fc.Arbitrary<UpgradeWord> = fc.oneof(
    fc
      .record({ n: fc.nat(2), fork: fc.constantFrom('soft', 'hard') })
      .map(({ n, fork }) => proposes(`v${n + 2}`, n + 2, { fork: fork as 'soft' })),
    fc
      .record({
        ...{ by: fc.constantFrom(...devices), name: fc.constantFrom(...names) },
        ...{ verdict: fc.constantFrom('ready', 'ready', 'not-ready'), isRunning: fc.boolean() },
      })
      .map(({ by, name, verdict, isRunning }) =>
        says(by, name, verdict as 'ready', { bundle: isRunning ? `content of ${name}` : null }),
      ),
    fc
      .record({
        ...{ by: fc.constantFrom(...devices), name: fc.constantFrom(...names) },
        kind: fc.constantFrom('upgrade.vetoed', 'upgrade.revoked', 'upgrade.halted'),
      })
      .map(({ by, kind, name }) => orders(by, kind as 'upgrade.vetoed', name)),
  );

  test('[U4] at most one is in force, and none that too few were ready for', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const { upgrades } = readOf(words);
        expect(upgrades.filter(({ stage }) => stage === 'active').length).toBeLessThanOrEqual(1);
        for (const { id, stage } of upgrades) {
          if (stage !== 'active' && stage !== 'locked-in' && stage !== 'past') continue;
          const ready = words.filter(
            ({ body }) =>
              body.kind === 'upgrade.readied' && body.upgrade === id && body.verdict === 'ready',
          );
          const members = ready
            .map(({ author }) => author)
            .filter((each) => each !== deviceNamed('eve'));
          expect(new Set(members).size).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../src/core/base/brands.js';
import type { Approval, Refusal } from '../../../src/core/ceremonies/ceremony.js';
import { hasTooManyRefusals } from '../../../src/core/ceremonies/turned-down.js';

const devices = ['alice', 'bob', 'carol', 'dave', 'erin'] as unknown as readonly DeviceId[];
const outsider = 'mallory' as DeviceId;
const approval: Approval = {
  ...{ signature: new Uint8Array(64), comment: '', wallMs: null, bundle: null },
};
const refusal: Refusal = { reason: 'no', differs: [], wallMs: 0 };

type Word = 'yes' | 'no' | 'nothing';
type Ballot = Readonly<Record<string, Word>>;
const whoSaid = (ballot: Ballot, word: Word): DeviceId[] =>
  [...devices, outsider].filter((device) => ballot[device] === word);
const ceremonyOf = (ballot: Ballot) => ({
  approvals: new Map(whoSaid(ballot, 'yes').map((device) => [device, approval])),
  refusals: new Map(whoSaid(ballot, 'no').map((device) => [device, refusal])),
});

const word = fc.constantFrom<Word>('yes', 'no', 'nothing');
const ballot: fc.Arbitrary<Ballot> = fc.record(
  Object.fromEntries([...devices, outsider].map((device) => [device, word])),
);
const ballots = fc.array(ballot, { minLength: 1, maxLength: 3 });
const voters = fc.subarray([...devices], { minLength: 1 });
const needed = fc.integer({ min: 1, max: 5 });

const isOver = (who: readonly DeviceId[], all: readonly Ballot[], min: number): boolean =>
  hasTooManyRefusals(who, all.map(ceremonyOf), min);

describe('what was turned down', () => {
  test('[C3, C10] never where enough said yes, or are free to', () => {
    fc.assert(
      fc.property(voters, ballots, needed, (who, all, min) => {
        const free = who.filter((device) => all.every((each) => each[device] !== 'no'));
        if (free.length >= min) expect(isOver(who, all, min)).toBe(false);
        // A yes on one ballot completes it, whatever its device said of another.
        const said = all.map((each) => who.filter((device) => each[device] === 'yes').length);
        if (Math.max(...said) >= min) expect(isOver(who, all, min)).toBe(false);
      }),
    );
  });

  test('[C3] so many noes that too few are left always do it; without one it never is', () => {
    fc.assert(
      fc.property(voters, needed, fc.nat({ max: 5 }), (who, min, count) => {
        const noes = who.slice(0, count);
        const first: Ballot = Object.fromEntries(noes.slice(1).map((device) => [device, 'no']));
        const second: Ballot = Object.fromEntries(noes.slice(0, 1).map((device) => [device, 'no']));
        const isLost = noes.length > 0 && who.length - noes.length < min;
        expect(isOver(who, [first, second], min)).toBe(isLost);
      }),
    );
  });

  test('[C3] more refusals never make it false again', () => {
    fc.assert(
      fc.property(voters, ballots, needed, fc.nat(), (who, all, min, pick) => {
        if (!isOver(who, all, min)) return;
        const device = who[pick % who.length] ?? outsider;
        const more = all.map((each, at) =>
          at === pick % all.length ? { ...each, [device]: 'no' as const } : each,
        );
        expect(isOver(who, more, min)).toBe(true);
      }),
    );
  });

  test('[C3] a no of somebody whose yes would not count changes nothing', () => {
    fc.assert(
      fc.property(voters, ballots, needed, (who, all, min) => {
        const others = [...devices, outsider].filter((device) => !who.includes(device));
        const noes = Object.fromEntries(others.map((device) => [device, 'no' as const]));
        const more = all.map((each) => ({ ...each, ...noes }));
        expect(isOver(who, more, min)).toBe(isOver(who, all, min));
      }),
    );
  });
});

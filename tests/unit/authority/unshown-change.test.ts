import { describe, expect, it } from 'vitest';
import type { EncryptionKey, FactId, SessionId } from '../../../src/core/base/brands.js';
import { planClosing } from '../../../src/core/authority/closing-plan.js';
import { planRosterChange, type RosterChange } from '../../../src/core/authority/roster-plan.js';
import type { RosterRecord } from '../../../src/core/authority/roster.js';
import { doesMoreThanShown } from '../../../src/core/authority/unshown-change.js';
import type { Frontier } from '../../../src/core/journal/frontier.js';
import { alice, bob, carol, dave, hexOf, memberFrom, standaloneRecord } from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const session = (person: typeof alice): SessionId => hexOf<SessionId>(`session of ${person.name}`);
const FOLDED: Frontier = new Map(
  [alice, bob, carol].map((person) => [
    session(person),
    { author: person.device, seq: 4, id: hexOf<FactId>(person.name), lamport: 4, epoch: 1 },
  ]),
);
const planned = (change: RosterChange): RosterRecord => {
  const plan = planRosterChange(THREE, change, {
    ...{ commitment: hexOf('next'), closing: [], heads: [] },
  });
  if (!plan.ok) throw new Error(plan.error.kind);
  return { ...plan.value, closing: planClosing(THREE, plan.value, FOLDED) };
};
const doesMore = (record: RosterRecord): boolean => doesMoreThanShown([THREE], record, FOLDED);
const closing = (person: typeof alice, seq = 2) => [
  { session: session(person), seq, id: hexOf<FactId>('x') },
];

describe('what a list does besides what is shown of it', () => {
  it.each<[string, RosterChange]>([
    ['new keys for all', {}],
    ['a newcomer', { add: [memberFrom(dave)] }],
    ['a removal', { remove: [carol.device] }],
    ['one in the place of another', { add: [memberFrom(dave)], remove: [carol.device] }],
    ['another admin', { admin: bob.device }],
    ['another name', { rename: [{ device: bob.device, name: 'Tablet' }] }],
    ['fewer rights', { capabilities: [{ device: carol.device, mask: 1 }] }],
    ['thresholds', { thresholds: { snapshot: 3, governance: 3 } }],
  ])('[C2] is nothing where people are asked for %s', (_, change) => {
    expect(doesMore(planned(change))).toBe(false);
  });

  it('[C2, A4] is that it ends what somebody wrote who loses nothing by it', () => {
    const rotation = planned({});
    expect(doesMore({ ...rotation, closing: closing(bob) })).toBe(true);
    const removal = planned({ remove: [carol.device] });
    expect(doesMore({ ...removal, closing: closing(carol) })).toBe(false);
    expect(doesMore({ ...removal, closing: closing(alice) })).toBe(true);
    // Of a session that is not held here all is to be void, or facts of it are missing first.
    expect(doesMore({ ...removal, closing: closing(dave, -1) })).toBe(true);
    expect(doesMore({ ...removal, closing: closing(dave, 0) })).toBe(false);
  });

  it('[C2] is that it changes keys or suites, of a member that stays', () => {
    const rotation = planned({});
    const changed = (changes: Partial<RosterRecord['members'][number]>): RosterRecord => ({
      ...rotation,
      members: rotation.members.map((each) =>
        each.device === bob.device ? { ...each, ...changes } : each,
      ),
    });
    expect(doesMore(changed({ encryptionKey: hexOf<EncryptionKey>('another') }))).toBe(true);
    expect(doesMore(changed({ storage: 'paper' }))).toBe(true);
    expect(doesMore(changed({ name: 'Tablet' }))).toBe(false);
    expect(doesMore({ ...rotation, suites: [...rotation.suites, 'z'] })).toBe(true);
  });

  it('[C2, A3] of a merge is what none of its branches has', () => {
    const left = planned({ rename: [{ device: bob.device, name: 'Tablet' }] });
    const right = planned({ remove: [carol.device] });
    const united = { ...right, merges: [] };
    expect(doesMoreThanShown([left, right], { ...united, closing: closing(carol) }, FOLDED)).toBe(
      false,
    );
    expect(doesMoreThanShown([left, right], { ...united, closing: closing(bob) }, FOLDED)).toBe(
      true,
    );
  });
});

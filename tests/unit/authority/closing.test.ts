import { describe, expect, it } from 'vitest';
import type { FactId, RosterHash, SessionId } from '../../../src/core/base/brands.js';
import {
  ALL_CAPABILITIES_MASK,
  NEWCOMER_CAPABILITIES_MASK,
  maskOf,
} from '../../../src/core/authority/capability.js';
import type { ChainLink } from '../../../src/core/authority/chain-tree.js';
import {
  boundSeq,
  closedSeq,
  collectClosings,
  notBehind,
  removalsOf,
} from '../../../src/core/authority/closing.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import { alice, bob, byDevice, carol, GENESIS, hexOf, memberFrom, recordOf } from './people.js';

const session = (name: string): SessionId => hexOf<SessionId>(`session ${name}`);
const closing = (...points: readonly (readonly [string, number])[]) =>
  points
    .map(([name, seq]) => ({ session: session(name), seq, id: hexOf<FactId>(`fact ${seq}`) }))
    .sort((a, b) => (a.session < b.session ? -1 : 1));
const linkOf = (record: RosterRecord, parent: ChainLink | null): ChainLink =>
  ({
    ...{ hash: rosterHashOf(record), record, parent },
    parents: parent === null ? [] : [parent],
  }) as unknown as ChainLink;

/**
 *   genesis <- three <- reader <- two <- one
 *
 * Carol loses her right to write, then bob goes, then carol; alice stays.
 */
const reading = memberFrom(carol, ALL_CAPABILITIES_MASK & ~maskOf(['record_write']));
const THREE = recordOf([alice, bob, carol], GENESIS);
const READER = recordOf([alice, bob, carol], THREE, {
  members: byDevice([memberFrom(alice), memberFrom(bob), reading]),
  closing: closing(['carol', 5], ['alice', 8]),
});
const TWO = recordOf([alice, carol], READER, {
  members: byDevice([memberFrom(alice), reading]),
  closing: closing(['bob', 3], ['alice', 6]),
});
const ONE = recordOf([alice], TWO, { closing: closing(['carol', 7]) });

const root = linkOf(GENESIS, null);
const three = linkOf(THREE, root);
const reader = linkOf(READER, three);
const two = linkOf(TWO, reader);
const one = linkOf(ONE, two);
const closings = collectClosings([one, root, two, three, reader]);
const all = (): boolean => true;
const until =
  (...links: readonly ChainLink[]) =>
  (link: ChainLink): boolean =>
    links.includes(link);

const closed = (name: string, who: typeof alice, counts = all as (link: ChainLink) => boolean) =>
  closedSeq(closings, session(name), who.device, counts);
const bound = (
  name: string,
  who: typeof alice,
  needed: Parameters<typeof boundSeq>[3],
  counts = all as (link: ChainLink) => boolean,
) => boundSeq(closings, session(name), who.device, needed, counts);

describe('what a removal closes', () => {
  it('[A4] each session of the device, the listed ones after their last fact', () => {
    expect(closed('bob', bob)).toBe(3);
    expect(closed('unlisted', bob)).toBe(-1);
    expect(closed('carol', carol)).toBe(7);
    expect(removalsOf(closings, bob.device)).toEqual([two]);
    expect(removalsOf(closings, carol.device)).toEqual([one]);
    expect(removalsOf(closings, alice.device)).toEqual([]);
  });

  it('[A4] nothing before it is heard, and nothing of those who stay', () => {
    expect(closed('bob', bob, until(three, reader))).toBeNull();
    expect(closed('unlisted', alice)).toBeNull();
    expect(closed('carol', carol, until(three, reader))).toBeNull();
  });

  it('[A4] of several records that list a session of who stays, the least seq counts', () => {
    expect(closed('alice', alice)).toBe(6);
    expect(closed('alice', alice, until(reader))).toBe(8);
    expect(closed('alice', alice, until(two))).toBe(6);
    expect(closed('alice', alice, until(three))).toBeNull();
  });

  it('[A4] two removals of one device leave the least of what they list', () => {
    const back = linkOf(recordOf([alice, bob], ONE, { closing: closing(['bob', 9]) }), one);
    const again = linkOf(recordOf([alice], back.record, { closing: closing(['bob', 1]) }), back);
    const both = collectClosings([two, back, again]);
    expect(removalsOf(both, bob.device)).toEqual([two, again]);
    expect(closedSeq(both, session('bob'), bob.device, all)).toBe(1);
    expect(closedSeq(both, session('bob'), bob.device, until(two))).toBe(3);
  });
});

describe('what was taken from a member that stays', () => {
  it('[A4, F8] binds its acts of that kind up to the listed seq, others not', () => {
    expect(bound('carol', carol, 'record_write')).toBe(5);
    expect(bound('carol', carol, 'snapshot_approve')).toBeNull();
    expect(bound('unlisted', carol, 'record_write')).toBe(-1);
    expect(bound('alice', alice, 'record_write')).toBeNull();
    expect(bound('bob', bob, 'record_write')).toBeNull();
    expect(bound('carol', carol, 'record_write', until(three))).toBeNull();
  });

  it('[A4, A8] the admin’s rights are bound where another became admin', () => {
    const retired = memberFrom(alice, NEWCOMER_CAPABILITIES_MASK);
    const next = linkOf(
      recordOf([alice, bob, carol], THREE, {
        admin: bob.device,
        members: byDevice([retired, memberFrom(bob), memberFrom(carol)]),
        closing: closing(['alice', 4]),
      }),
      three,
    );
    const later = linkOf(
      recordOf([alice, bob, carol], next.record, {
        members: byDevice([memberFrom(alice, 0), memberFrom(bob), memberFrom(carol)]),
        admin: bob.device,
        closing: closing(['alice', 2]),
      }),
      next,
    );
    const taken = collectClosings([next, later]);
    const at = (needed: Parameters<typeof boundSeq>[3]) =>
      boundSeq(taken, session('alice'), alice.device, needed, all);
    expect(at('upgrade_publish')).toBe(4);
    expect(at('upgrade_activate')).toBe(4);
    expect(at('record_write')).toBe(2);
    // What takes something from its author closes that alone, and not the session.
    expect(closedSeq(taken, session('alice'), alice.device, all)).toBeNull();
    expect(removalsOf(taken, alice.device)).toEqual([]);
  });

  it('[A4, A8] who stops being the admin and loses nothing else goes on in its session', () => {
    const bare = byDevice([memberFrom(alice, 0), memberFrom(bob), memberFrom(carol)]);
    const before = linkOf(recordOf([alice, bob, carol], THREE, { members: bare }), three);
    const next = linkOf(
      recordOf([alice, bob, carol], before.record, {
        ...{ members: bare, admin: bob.device },
        closing: closing(['alice', 4]),
      }),
      before,
    );
    const taken = collectClosings([next]);
    expect(closedSeq(taken, session('alice'), alice.device, all)).toBeNull();
    expect(boundSeq(taken, session('alice'), alice.device, 'upgrade_publish', all)).toBeNull();
  });

  it('[A4] of several losses of one right the least seq counts', () => {
    const lose = (parent: ChainLink, seq: number): ChainLink =>
      linkOf(
        recordOf([alice, carol], parent.record, {
          members: byDevice([memberFrom(alice), reading]),
          closing: closing(['carol', seq]),
        }),
        parent,
      );
    const given = linkOf(recordOf([alice, carol], THREE), three);
    const first = lose(given, 9);
    const again = linkOf(recordOf([alice, carol], first.record), first);
    const second = lose(again, 2);
    const twice = collectClosings([first, again, second]);
    const at = (counts: (link: ChainLink) => boolean) =>
      boundSeq(twice, session('carol'), carol.device, 'record_write', counts);
    expect(at(all)).toBe(2);
    expect(at(until(first))).toBe(9);
  });
});

describe('records that a claim does not stand on', () => {
  it('[A4] are those that are not the claimed one nor before it', () => {
    const isAncestor = (earlier: RosterHash, later: RosterHash): boolean =>
      earlier === three.hash && later === reader.hash;
    const filter = notBehind(isAncestor, reader.hash);
    expect([three, two].map(filter)).toEqual([false, true]);
  });
});

import { describe, expect, it } from 'vitest';
import type { FactId, Hash, HeadId, SessionId } from '../../../src/core/base/brands.js';
import {
  ALL_CAPABILITIES,
  ALL_CAPABILITIES_MASK,
  capabilitiesOf,
  maskOf,
  need,
} from '../../../src/core/authority/capability.js';
import {
  encodeRosterRecord,
  parseRosterRecord,
  rosterFault,
  rosterHashOf,
  type RosterRecord,
} from '../../../src/core/authority/roster.js';
import { dangerOf } from '../../../src/core/authority/danger.js';
import { planRosterChange } from '../../../src/core/authority/roster-plan.js';
import {
  alice,
  bob,
  byDevice,
  carol,
  dave,
  GENESIS,
  hexOf,
  memberFrom,
  standaloneRecord,
} from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const ground = { commitment: hexOf<Hash>('next secret'), closing: [], heads: [] };
const faultOf = (changes: Partial<RosterRecord>): unknown => {
  const parsed = parseRosterRecord(encodeRosterRecord({ ...THREE, ...changes }));
  return parsed.ok ? null : parsed.error;
};

describe('roster records', () => {
  it('[A1] a record reads back from its bytes', () => {
    const record = standaloneRecord([alice, bob, carol], {
      closing: [
        { session: '1'.repeat(64) as SessionId, seq: -1, id: '0'.repeat(64) as FactId },
        { session: '2'.repeat(64) as SessionId, seq: 4, id: hexOf<FactId>('four') },
      ],
      heads: [hexOf<HeadId>('head')],
      activation: { package: 'app', version: '2.0.0', manifest: hexOf<Hash>('manifest') },
    });
    expect(parseRosterRecord(encodeRosterRecord(record))).toEqual({ ok: true, value: record });
    expect(parseRosterRecord(encodeRosterRecord(GENESIS))).toEqual({ ok: true, value: GENESIS });
  });

  it('[A1] thresholds lie within the roster, the governance one above its half', () => {
    expect(faultOf({ governanceThreshold: 1 })).toMatchObject({ kind: 'threshold', field: 'g' });
    expect(faultOf({ governanceThreshold: 4 })).toMatchObject({ kind: 'threshold', field: 'g' });
    expect(faultOf({ snapshotThreshold: 0 })).toMatchObject({ kind: 'threshold', field: 'm' });
    expect(faultOf({ snapshotThreshold: 4 })).toMatchObject({ kind: 'threshold', field: 'm' });
    expect(faultOf({ snapshotThreshold: 1, governanceThreshold: 3 })).toBeNull();
    const four = standaloneRecord([alice, bob, carol, dave], { governanceThreshold: 2 });
    expect(rosterFault(four)).toMatchObject({ kind: 'threshold', field: 'g', value: 2 });
  });

  it('[A1] members are sorted, distinct, and hold distinct keys; the admin is one of them', () => {
    const [one, two, three] = THREE.members as [never, never, never];
    expect(faultOf({ members: [two, one, three] })).toMatchObject({ field: 'members' });
    expect(faultOf({ members: [one, one, three] })).toMatchObject({ field: 'members' });
    expect(faultOf({ members: [] })).toMatchObject({ kind: 'members' });
    expect(faultOf({ admin: dave.device })).toMatchObject({ kind: 'admin-not-member' });
    const shared = THREE.members.map((member) => ({
      ...member,
      encryptionKey: alice.encryptionKey,
    }));
    expect(faultOf({ members: shared })).toMatchObject({ kind: 'members' });
  });

  it('[A1] lists are sorted, names bounded, and nothing beyond the form is let through', () => {
    const points = ['2', '1'].map((digit) => ({
      session: digit.repeat(64) as SessionId,
      seq: 1,
      id: hexOf<FactId>('one'),
    }));
    expect(faultOf({ closing: points })).toMatchObject({ field: 'closing' });
    const odd = { session: hexOf<SessionId>('s'), seq: -1, id: hexOf<FactId>('x') };
    expect(faultOf({ closing: [odd] })).toMatchObject({ field: 'closing[0]' });
    expect(faultOf({ suites: ['other'] })).toMatchObject({ field: 'suites' });
    const named = (name: string) =>
      faultOf({ members: THREE.members.map((member) => ({ ...member, name })) });
    expect(named('')).toMatchObject({ kind: 'malformed' });
    expect(named('x'.repeat(65))).toMatchObject({ kind: 'malformed' });
    expect(named('😀'.repeat(64))).toBeNull();
    expect(parseRosterRecord(Uint8Array.of(0xa0))).toMatchObject({ error: { kind: 'malformed' } });
    expect(parseRosterRecord(new Uint8Array(9000))).toMatchObject({ error: { kind: 'too-large' } });
  });

  it('[A2] a first record has one member and no past; a later one has a predecessor', () => {
    expect(faultOf({ previous: null })).toMatchObject({ kind: 'genesis', field: 'prev' });
    expect(faultOf({ epoch: 0, previous: null })).toMatchObject({ field: 'members' });
    expect(rosterFault({ ...GENESIS, heads: [hexOf<HeadId>('head')] })).toMatchObject({
      kind: 'genesis',
    });
    const origin = { account: rosterHashOf(GENESIS) as never, head: null };
    expect(rosterFault({ ...GENESIS, origin })).toBeNull();
    expect(faultOf({ origin })).toMatchObject({ kind: 'genesis', field: 'origin' });
    expect(faultOf({ merges: [rosterHashOf(GENESIS)] })).toMatchObject({ field: 'merges' });
  });
});

describe('capabilities', () => {
  it('[F8] each act names the capability it needs', () => {
    const record = standaloneRecord([alice, bob], {
      members: byDevice([memberFrom(alice), memberFrom(bob, maskOf(['snapshot_approve']))]),
    });
    expect(ALL_CAPABILITIES.every((each) => need(each)(record, alice.device))).toBe(true);
    expect(need('snapshot_approve')(record, bob.device)).toBe(true);
    expect(need('snapshot_propose')(record, bob.device)).toBe(false);
    expect(need('snapshot_approve')(record, carol.device)).toBe(false);
    expect(capabilitiesOf(maskOf(['roster_change', 'record_write']))).toEqual([
      'roster_change',
      'record_write',
    ]);
    expect(maskOf(ALL_CAPABILITIES)).toBe(2 ** 11 - 1);
    expect(capabilitiesOf(2 ** 20)).toEqual([]);
  });

  it('[A5] a paper member signs and never writes', () => {
    const record = standaloneRecord([alice, bob], {
      members: byDevice([memberFrom(alice), memberFrom(bob, ALL_CAPABILITIES_MASK, 'paper')]),
    });
    const held = ALL_CAPABILITIES.filter((each) => need(each)(record, bob.device));
    expect(held).toEqual(['snapshot_approve', 'admin_replace', 'roster_change']);
  });
});

describe('roster plans', () => {
  it('[A2] a join moves both thresholds to a simple majority', () => {
    const planned = planRosterChange(THREE, { add: [memberFrom(dave)] }, ground);
    if (!planned.ok) throw new Error(planned.error.kind);
    expect(planned.value).toMatchObject({
      epoch: 2,
      previous: rosterHashOf(THREE),
      snapshotThreshold: 3,
      governanceThreshold: 3,
    });
    expect(planned.value.members).toHaveLength(4);
  });

  it('[A10] without a change of members the thresholds stay', () => {
    const strict = { ...THREE, snapshotThreshold: 3, governanceThreshold: 3 };
    const rotated = planRosterChange(strict, {}, ground);
    expect(rotated).toMatchObject({
      value: { snapshotThreshold: 3, governanceThreshold: 3, commitment: ground.commitment },
    });
    const less = planRosterChange(strict, { remove: [bob.device] }, ground);
    expect(less).toMatchObject({ value: { snapshotThreshold: 2, governanceThreshold: 2 } });
  });

  it('[A9, A10] thresholds that people chose stay where nobody joins or leaves, also if paper is needed for them', () => {
    const paper = { ...memberFrom(carol), storage: 'paper' } as const;
    const members = byDevice([memberFrom(alice), memberFrom(bob), paper]);
    const chosen = { ...THREE, members, snapshotThreshold: 3 };
    const named = { rename: [{ device: bob.device, name: 'Bob’s tablet' }] };
    for (const change of [{}, named]) {
      const planned = planRosterChange(chosen, change, ground);
      if (!planned.ok) throw new Error(planned.error.kind);
      expect(planned.value.snapshotThreshold).toBe(3);
      expect(dangerOf(chosen, planned.value)).toBeNull();
      expect(dangerOf(chosen, { ...planned.value, snapshotThreshold: 2 })).not.toBeNull();
    }
  });

  it('[A1] a plan renames, re-grants, replaces the admin and sets thresholds', () => {
    const planned = planRosterChange(
      THREE,
      {
        rename: [{ device: bob.device, name: 'Bob’s tablet' }],
        capabilities: [{ device: carol.device, mask: maskOf(['record_write']) }],
        admin: bob.device,
        thresholds: { snapshot: 1, governance: 3 },
      },
      ground,
    );
    if (!planned.ok) throw new Error(planned.error.kind);
    const member = (device: string) => planned.value.members.find((each) => each.device === device);
    expect(member(bob.device)?.name).toBe('Bob’s tablet');
    expect(member(carol.device)?.capabilities).toBe(maskOf(['record_write']));
    expect(planned.value).toMatchObject({
      admin: bob.device,
      snapshotThreshold: 1,
      governanceThreshold: 3,
    });
  });

  it('[A8] the rights of the admin’s part go to the new admin, and from the one before', () => {
    const both = maskOf(['upgrade_publish', 'upgrade_activate']);
    const members = byDevice([
      memberFrom(alice, both | maskOf(['record_write'])),
      memberFrom(bob, maskOf(['record_write'])),
      memberFrom(carol, maskOf(['upgrade_publish'])),
    ]);
    const masksAfter = (change: Parameters<typeof planRosterChange>[1]) => {
      const planned = planRosterChange({ ...THREE, members }, change, ground);
      if (!planned.ok) throw new Error(planned.error.kind);
      return [alice, bob, carol].map(
        ({ device }) => planned.value.members.find((each) => each.device === device)?.capabilities,
      );
    };
    const [all, some, one] = [
      both | maskOf(['record_write']),
      maskOf(['record_write']),
      maskOf(['upgrade_publish']),
    ];
    expect(masksAfter({})).toEqual([all, some, one]);
    expect(masksAfter({ admin: alice.device })).toEqual([all, some, one]);
    expect(masksAfter({ admin: bob.device })).toEqual([some, all, one]);
    expect(masksAfter({ admin: bob.device, remove: [alice.device] })).toEqual([
      undefined,
      all,
      one,
    ]);
    // Who keeps it by a person's choice keeps it.
    const capabilities = [{ device: alice.device, mask: both }];
    expect(masksAfter({ admin: carol.device, capabilities })).toEqual([both, some, both]);
    // New keys in the place of an admin's have what those had.
    const back = { add: [memberFrom(dave, 0)], remove: [alice.device], admin: dave.device };
    expect(masksAfter(back)).toEqual([undefined, some, one]);
  });

  it('[A1] a plan that makes no valid record says why', () => {
    const refusal = (change: Parameters<typeof planRosterChange>[1]) => {
      const planned = planRosterChange(THREE, change, ground);
      return planned.ok ? null : planned.error.kind;
    };
    expect(refusal({ remove: [dave.device] })).toBe('unknown-member');
    expect(refusal({ add: [memberFrom(bob)] })).toBe('already-member');
    expect(refusal({ remove: [alice.device] })).toBe('admin-leaves');
    expect(refusal({ remove: [alice.device], admin: bob.device })).toBeNull();
    expect(refusal({ thresholds: { governance: 1 } })).toBe('threshold');
    expect(refusal({ rename: [{ device: bob.device, name: '' }] })).toBe('malformed');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, RosterHash, StatementHash } from '../../../src/core/base/brands.js';
import { foldCeremonies, stageOf, type Ceremony } from '../../../src/core/ceremonies/ceremony.js';
import type { Act } from '../../../src/core/journal/state.js';
import { ACCOUNT, alice, bob, carol, hexOf, type Person } from '../authority/people.js';
import {
  CHANGE,
  ROSTER,
  SNAPSHOT,
  SUBJECT,
  abandoned,
  actBy,
  approved,
  changeProposed,
  proposed,
  refused,
  signatureOf,
} from './acts.js';

const sharesOf = (...people: readonly Person[]): ReadonlyMap<DeviceId, Uint8Array> =>
  new Map(people.map((person) => [person.device, signatureOf(person)]));

const fold = (acts: readonly Act[], ...signers: readonly Person[]) =>
  foldCeremonies(ACCOUNT, acts, new Map([[SNAPSHOT, sharesOf(...signers)]]));

const only = (acts: readonly Act[], ...signers: readonly Person[]): Ceremony => {
  const ceremonies = fold(acts, ...signers);
  const [ceremony] = ceremonies.values();
  if (ceremony === undefined || ceremonies.size !== 1) throw new Error(`${ceremonies.size} found`);
  return ceremony;
};

const approvers = (ceremony: Ceremony): readonly DeviceId[] =>
  [...ceremony.approvals.keys()].sort();
const devices = (...people: readonly Person[]) => people.map((each) => each.device).sort();

const PROPOSAL = actBy(alice, 1, proposed());

describe('a ceremony', () => {
  it('[C1] begins with a proposal and says what is proposed', () => {
    const ceremony = only([PROPOSAL]);
    expect(ceremony.statement).toBe(SNAPSHOT);
    expect(ceremony.matter).toEqual({ purpose: 'snapshot', subject: SUBJECT });
    expect(ceremony.proposer).toBe(alice.device);
    expect([ceremony.comment, ceremony.expiresMs]).toEqual(['spring', 5000]);
    expect(ceremony.abandoned).toBeNull();
    const change = only([actBy(alice, 1, changeProposed())]);
    expect(change.statement).toBe(CHANGE);
    expect(change.matter.purpose).toBe('roster');
  });

  it('[C2] is of the statement that is rebuilt here, never of what a proposal calls it', () => {
    const renamed = { ...proposed(), proposal: hexOf<StatementHash>('another') };
    expect(fold([actBy(alice, 1, renamed as never)]).size).toBe(0);
    const earlier = hexOf<RosterHash>('earlier');
    expect(fold([actBy(alice, 1, proposed(), { roster: earlier })]).size).toBe(0);
    expect(fold([actBy(alice, 1, changeProposed(), { roster: earlier })]).size).toBe(0);
  });

  it('[C1] counts approvals whose shares were verified, and no others', () => {
    const acts = [PROPOSAL, actBy(alice, 2, approved(alice)), actBy(bob, 1, approved(bob))];
    expect(approvers(only(acts))).toEqual([]);
    expect(approvers(only(acts, bob))).toEqual(devices(bob));
    expect(only(acts, bob).approvals.get(bob.device)?.comment).toBe('yes from bob');
  });

  it('[C4] counts a share that came without its fact', () => {
    const said = only([PROPOSAL], carol).approvals.get(carol.device);
    const unsaid = { comment: '', wallMs: null, bundle: null };
    expect(said).toEqual({ signature: signatureOf(carol), ...unsaid });
  });

  it('[C4] keeps the signature that was verified, whatever an approval holds', () => {
    const acts = [PROPOSAL, actBy(bob, 1, approved(bob, SNAPSHOT, 'snapshot', 7))];
    const said = only(acts, bob).approvals.get(bob.device);
    expect(said?.signature).toEqual(signatureOf(bob));
    expect(said?.comment).toBe('yes from bob');
  });

  it('[C1] counts a device once, however often it approves', () => {
    const often = [1, 2, 3].map((seq) => actBy(bob, seq, approved(bob)));
    expect(approvers(only([PROPOSAL, ...often, ...often], bob))).toEqual(devices(bob));
  });

  it('[C3] never counts a device that refused, before or after', () => {
    for (const refusal of [actBy(bob, 1, refused('no')), actBy(bob, 9, refused('no'))]) {
      const ceremony = only([PROPOSAL, actBy(bob, 5, approved(bob)), refusal], alice, bob);
      expect(approvers(ceremony)).toEqual(devices(alice));
      const { wallMs } = refusal;
      expect(ceremony.refusals.get(bob.device)).toEqual({
        reason: 'no',
        differs: ['items'],
        wallMs,
      });
    }
  });

  it('[C3] is withdrawn by its proposer and by nobody else', () => {
    expect(only([PROPOSAL, actBy(alice, 2, abandoned('withdrawn'))]).abandoned).toBe('withdrawn');
    for (const cause of ['withdrawn', 'expired', 'superseded'] as const) {
      expect(only([PROPOSAL, actBy(bob, 2, abandoned(cause))]).abandoned).toBeNull();
      expect(only([PROPOSAL, actBy(alice, 2, abandoned(cause))]).abandoned).toBe(cause);
    }
  });

  it('[C3] keeps the cause that its proposer gave, whatever others say after it', () => {
    const withdrawn = actBy(alice, 2, abandoned('withdrawn'));
    const later = [actBy(bob, 9, abandoned('expired')), actBy(alice, 9, abandoned('superseded'))];
    expect(only([PROPOSAL, withdrawn, ...later]).abandoned).toBe('withdrawn');
  });

  it('[C1] is one for equal proposals of two devices, and stays while one holds on', () => {
    const other = actBy(bob, 3, proposed(SUBJECT, 9000));
    const both = [PROPOSAL, other];
    expect(only(both).proposer).toBe(alice.device);
    expect(only(both).expiresMs).toBe(9000);
    const shorter = actBy(bob, 3, proposed(SUBJECT, 3000));
    expect(only([PROPOSAL, shorter]).expiresMs).toBe(5000);
    const withdrawn = actBy(alice, 4, abandoned('withdrawn'));
    expect(only([...both, withdrawn]).abandoned).toBeNull();
    const expired = actBy(bob, 5, abandoned('expired'));
    expect(only([...both, withdrawn, expired]).abandoned).toBe('expired');
  });

  it('[C3] is not ended by a late device that proposes the same as if it were first', () => {
    const early = actBy(bob, 0, proposed(SUBJECT, 0), { lamport: 0 });
    const acts = [PROPOSAL, early, actBy(bob, 1, abandoned('withdrawn'))];
    expect(only(acts).abandoned).toBeNull();
    expect(only(acts).expiresMs).toBe(5000);
  });

  it('[C6] takes no answer of another purpose or roster', () => {
    const elsewhere = { roster: hexOf<RosterHash>('later') };
    for (const act of [
      actBy(bob, 2, refused('no'), elsewhere),
      actBy(bob, 2, { kind: 'roster.refused', statement: SNAPSHOT, reason: 'no' }),
    ]) {
      const ceremony = only([PROPOSAL, act], bob);
      expect(ceremony.refusals.size).toBe(0);
      expect(approvers(ceremony)).toEqual(devices(bob));
    }
    const abandonedElsewhere = actBy(alice, 2, abandoned('withdrawn'), elsewhere);
    expect(only([PROPOSAL, abandonedElsewhere]).abandoned).toBeNull();
  });

  it('[C1] is the same for any order and repetition of what was said', () => {
    const acts = [
      PROPOSAL,
      actBy(bob, 1, proposed(SUBJECT, 7000)),
      actBy(alice, 2, changeProposed()),
      ...[actBy(bob, 2, approved(bob)), actBy(bob, 3, approved(bob, CHANGE, 'roster'))],
      ...[actBy(carol, 1, refused('no')), actBy(carol, 2, approved(carol))],
      ...[actBy(carol, 3, refused('twice')), actBy(alice, 3, approved(alice))],
      ...[actBy(alice, 4, abandoned('withdrawn')), actBy(alice, 5, abandoned('expired'))],
      actBy(bob, 4, abandoned('expired')),
      actBy(carol, 4, refused('what?', hexOf<StatementHash>('unknown'))),
    ];
    const shares = new Map([
      [SNAPSHOT, sharesOf(alice, bob, carol)],
      [CHANGE, sharesOf(bob)],
    ]);
    const expected = foldCeremonies(ACCOUNT, acts, shares);
    expect(expected.size).toBe(2);
    const shuffled = fc
      .shuffledSubarray(acts, { minLength: acts.length })
      .chain((all) => fc.array(fc.constantFrom(...acts)).map((more) => [...all, ...more]));
    fc.assert(
      fc.property(shuffled, (heard) => {
        const told = foldCeremonies(ACCOUNT, heard, shares);
        expect([...told]).toEqual([...expected]);
      }),
    );
  });
});

describe('the stage', () => {
  const known = { isCompleted: false, isSuperseded: false, nowMs: 5000 };
  const open = only([PROPOSAL]);
  const left = only([PROPOSAL, actBy(alice, 2, abandoned('withdrawn'))]);

  it('[C10] is completed whatever else is known', () => {
    for (const ceremony of [open, left]) {
      const all = { isCompleted: true, isSuperseded: true, nowMs: 1e9 };
      expect(stageOf(ceremony, all)).toBe('completed');
    }
  });

  it('[C5] is superseded once what it builds on is past', () => {
    expect(stageOf(left, { ...known, isSuperseded: true, nowMs: 1e9 })).toBe('superseded');
  });

  it('[C3] is what the proposer said, before what the clock says', () => {
    expect(stageOf(left, { ...known, nowMs: 1e9 })).toBe('withdrawn');
    expect(stageOf(open, { ...known, nowMs: 5001 })).toBe('expired');
    expect(stageOf(open, known)).toBe('open');
  });

  it('[C6] belongs to the roster that it was proposed under', () => {
    expect(open.roster).toBe(ROSTER);
  });

  it('[A3] is told of its promises by a second proposal, which repeats nothing', () => {
    const opening = { ...changeProposed(), round: 2, consents: [] } as never;
    const envelope = { device: bob.device, envelope: new Uint8Array(9) };
    const first = actBy(alice, 1, { ...(opening as object), envelopes: [envelope] } as never);
    const promises = [new Uint8Array(40), new Uint8Array(41)];
    const second = actBy(alice, 2, { ...(opening as object), promises } as never);
    for (const acts of [
      [first, second],
      [second, first, second],
    ]) {
      const { matter } = only(acts);
      if (matter.purpose !== 'roster') throw new Error('a change of the roster');
      expect(matter.envelopes).toEqual([envelope]);
      expect(matter.promises).toEqual(promises);
      expect(matter.round).toBe(2);
    }
  });

  it('[A9] keeps the first veto of each device, of its own roster alone', () => {
    const veto = (reason: string) =>
      ({ kind: 'roster.vetoed', statement: CHANGE, reason }) as const;
    const change = actBy(alice, 1, changeProposed());
    const ceremony = only([
      change,
      actBy(bob, 2, veto('first')),
      actBy(bob, 3, veto('second')),
      actBy(carol, 4, veto('of another time'), { roster: hexOf<RosterHash>('earlier') }),
    ]);
    expect([...ceremony.vetoes]).toEqual([[bob.device, { reason: 'first', wallMs: 1002 }]]);
    expect(ceremony.approvals.size).toBe(0);
    expect(ceremony.heldBy).toEqual(new Set([alice.device]));
  });
});

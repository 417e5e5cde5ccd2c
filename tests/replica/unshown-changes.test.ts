import { expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { type RosterRecord, encodeRosterRecord } from '../../src/core/authority/roster.js';
import type { DeviceId, FactId, SessionId } from '../../src/core/base/brands.js';
import { assert } from '../../src/core/base/result.js';
import { sha256 } from '../../src/core/base/hash.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import { sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import { createLiar, createPen } from './liar.js';
import { decisionOf, threeMembers } from './three-members.js';
import { draftOf, idOf, titlesOf } from './with-liar.js';

/** What a list would do besides what its screen tells: it looks like new keys for everybody. */
const TWISTS: Readonly<
  Record<string, (record: RosterRecord, carol: Carol) => Partial<RosterRecord>>
> = {
  'ends what a member writes who stays': (_, { session, opening }) => ({
    closing: [{ session, seq: 0, id: opening }],
  }),
  'puts another key in the place of a member’s': ({ members }, { device }) => ({
    members: members.map((each) =>
      each.device === device
        ? { ...each, encryptionKey: createMemoryKeys('somebody else').sealer.encryptionKey }
        : each,
    ),
  }),
};

interface Carol {
  readonly device: DeviceId;
  readonly session: SessionId;
  readonly opening: FactId;
}

test.each(Object.entries(TWISTS))(
  '[C2, A4] nobody says yes to a list that %s',
  async (_, twist) => {
    const { home, bob, carol } = await threeMembers();
    await carol.records.create(draftOf('by carol'));
    await home.until('bob has it', () => titlesOf(bob).includes('by carol'));
    await home.stop('alice');
    const liar = await createLiar(home, 'alice');
    await home.until('bob is linked', () => liar.isLinkedTo(idOf(bob)));
    const { holdings, keys } = liar;
    const written = [...holdings.journal().sessions()].find(
      ([, log]) => log.facts[0]?.envelope.author === idOf(carol),
    );
    const opening = written?.[1].facts[0];
    assert(written !== undefined && opening !== undefined, 'carol wrote something');
    const secret = sha256(new TextEncoder().encode('next'));
    const ground = { commitment: secretCommitment(secret), closing: [], heads: [] };
    const planned = planRosterChange(holdings.chain().tip, {}, ground);
    assert(planned.ok, 'a list can be planned');
    const about = { device: idOf(carol), session: written[0], opening: opening.id };
    const record = { ...planned.value, ...twist(planned.value, about) };
    const envelopes = await sealSecret(keys.sealer, holdings.account, record.members, secret);
    const pen = createPen(liar, 'says less than it does');
    pen.write({
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(record), consents: [], envelopes },
      ...{ comment: '', expires: home.clock.wallMs() + 3_600_000, round: 0, promises: [] },
    });
    liar.to(idOf(bob)).say({ kind: 'runs', runs: [await pen.run()] });
    await home.until('bob is asked', () => decisionOf(bob) !== undefined);
    const asked = decisionOf(bob);
    expect(asked?.subject).toMatchObject({ kind: 'roster', isRotation: true, danger: null });
    expect(asked?.approveBlocker).toEqual({ kind: 'does-more' });
    expect(await bob.decisions.approve(asked?.id ?? ('' as never), '')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'does-more' } },
    });
    expect(titlesOf(bob)).toContain('by carol');
  },
);

import { describe, expect, test } from 'vitest';
import { secretCommitment } from '../../src/core/links/rooms.js';
import { matchNumberOf } from '../../src/core/authority/danger.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { encodeRosterRecord, rosterHashOf } from '../../src/core/authority/roster.js';
import type { Replica } from '../../src/replica/commands.js';
import { proposalBody } from '../../src/replica/membership/ballot-words.js';
import { sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import { BOTH, NOTICE_MS, QUICK } from './hard-fork.js';
import { createLiar, createPen } from './liar.js';
import { dangerAt, decisionOf } from './three-members.js';
import { idOf } from './with-liar.js';
import { stageAt, upgradeAt, upgrading } from './upgrading.js';

describe('the notice of a hard fork', () => {
  test('[U4, A9] begins at its lock-in, though an admin asked for it on the day it was published', async () => {
    const world = await upgrading(QUICK);
    const { home, bob, carol, publish, fetchOn, switchOn } = world;
    const v2 = await publish(2, { fork: 'hard' }, BOTH);
    const told = upgradeAt(bob, v2);
    if (told === undefined) throw new Error('bob knows of it');
    await home.stop('alice');
    const alice = await createLiar(home, 'alice');
    await home.until('they meet', () => [bob, carol].every((each) => alice.isLinkedTo(idOf(each))));

    const { holdings, keys } = alice;
    const { tip } = holdings.chain();
    const secret = new Uint8Array(32).fill(7);
    const activation = { package: told.package, version: told.version, manifest: told.manifest };
    const ground = { commitment: secretCommitment(secret), closing: [], heads: holdings.tips() };
    const planned = planRosterChange(tip, { activation }, ground);
    if (!planned.ok) throw new Error(planned.error.kind);
    const record = planned.value;
    const envelopes = await sealSecret(keys.sealer, holdings.account, record.members, secret);
    const put = { recordBytes: encodeRosterRecord(record), envelopes, consents: [] };
    const expires = home.clock.wallMs() + 24 * 3_600_000;
    const pen = createPen(alice, 'in a hurry');
    pen.write(proposalBody(put, { comment: '', expires, round: 0, promises: [] }));
    const runs = [await pen.run()];
    for (const each of [bob, carol]) alice.to(idOf(each)).say({ kind: 'runs', runs });
    const isAsked = (each: Replica): boolean => decisionOf(each) !== undefined;
    await home.until('both are asked', () => [bob, carol].every(isAsked));
    await home.pass(NOTICE_MS + 2_000);
    expect(dangerAt(bob)?.votesAtMs).toBeNull();

    for (const each of [bob, carol]) await fetchOn(each, v2);
    await home.until('both have it', () => upgradeAt(bob, v2)?.verified === 2);
    await switchOn('bob', bob, v2);
    expect(stageAt(bob, v2)).not.toBe('locked-in');
    await switchOn('carol', carol, v2);
    const locked = () => [bob, carol].every((each) => stageAt(each, v2) === 'locked-in');
    await home.until('two run it well', locked);
    const number = matchNumberOf(rosterHashOf(record));
    for (const each of [bob, carol]) {
      const asked = decisionOf(each);
      if (asked === undefined) throw new Error('it is open');
      expect(await each.decisions.approve(asked.id, '', number)).toMatchObject({ ok: true });
    }
    await home.pass(NOTICE_MS - 2_000);
    expect(locked()).toBe(true);
    await home.until('it binds', () => stageAt(bob, v2) === 'active');
  });
});

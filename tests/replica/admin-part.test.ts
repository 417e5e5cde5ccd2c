import { describe, expect, test } from 'vitest';
import { ADMIN_CAPABILITIES_MASK, capabilitiesOf } from '../../src/core/authority/capability.js';
import type { DeviceId, StatementHash } from '../../src/core/base/brands.js';
import type { BodyOf } from '../../src/core/facts/bodies.js';
import { contentRootOf, manifestHashOf } from '../../src/core/upgrades/manifest.js';
import type { Replica } from '../../src/replica/commands.js';
import { BOTH, QUICK, activate, twoOfThree } from './hard-fork.js';
import { createLiar, createPen } from './liar.js';
import { DANGER_MS, dangerAt, decisionOf, sayYes } from './three-members.js';
import { HOST, type Upgrading, appRelease, stageAt, upgradeAt, upgrading } from './upgrading.js';
import { idOf } from './with-liar.js';

const PART = capabilitiesOf(ADMIN_CAPABILITIES_MASK);

/** What that device holds of the admin's part, as another sees it. */
const partOf = (at: Replica, device: DeviceId): readonly string[] =>
  at
    .view()
    .devices.filter(({ id }) => id === device)
    .flatMap(({ capabilities }) => capabilities.filter((name) => PART.some((of) => of === name)));

const draftAt = ({ host }: Upgrading, n: number) => ({
  ...{ manifest: host(n), urls: [HOST], fork: 'soft' as const, notes: `Release ${n}` },
});

/** Bob takes alice's place; carol agrees. */
const replaceAlice = async ({ home, alice, bob, carol }: Upgrading): Promise<void> => {
  expect((await bob.admin.replace(idOf(bob))).ok).toBe(true);
  await sayYes(home, carol, bob);
  await home.pass(DANGER_MS);
  await home.until('bob is the admin', () =>
    [alice, bob, carol].every((each) => each.view().account?.admin === idOf(bob)),
  );
};

const offerOf = (n: number): BodyOf<'upgrade.proposed'> => {
  const told = appRelease(n);
  const { package: name, version, sequence, protocols, compliance, files } = told;
  return {
    ...{ kind: 'upgrade.proposed', manifest: manifestHashOf(told), content: contentRootOf(told) },
    ...{ package: name, version, sequence, protocols, compliance, requires: [] },
    ...{ bytes: 1_000, files: files.length, urls: [HOST], notes: 'mine', fork: 'soft' },
    ...{ expires: 2 ** 43, waves: [], grace: 0 },
  };
};

const isRotationAt = (at: Replica): boolean =>
  at.view().decisions.some(({ subject }) => subject.kind === 'roster' && subject.isRotation);

describe('the admin’s part', () => {
  test('[A8, F8] is one device’s: others offer, stop, take back and bind no version', async () => {
    const world = await upgrading(QUICK);
    const { alice, bob, carol } = world;
    for (const at of [alice, bob, carol]) {
      expect(partOf(at, idOf(alice))).toEqual(PART);
      expect([...partOf(at, idOf(bob)), ...partOf(at, idOf(carol))]).toEqual([]);
      expect(at.view().upgrades).toMatchObject({
        mayPublish: at === alice,
        mayActivate: at === alice,
      });
    }
    const refused = { ok: false, error: { kind: 'not-allowed', capability: 'upgrade_publish' } };
    expect(await bob.upgrades.publish(draftAt(world, 9))).toEqual(refused);
    const v2 = await twoOfThree(world);
    expect(await bob.upgrades.revoke(v2, 'no')).toEqual(refused);
    expect(await bob.upgrades.halt(v2, 'no')).toEqual(refused);
    expect(await bob.upgrades.resume(v2)).toEqual(refused);
    expect(upgradeAt(bob, v2)).toMatchObject({ canRevoke: false });
    expect(await activate(bob, v2)).toBe('not-allowed');
    // What every member may do against a version it may still do (rules U2 and U12).
    const v3 = await world.publish(3, {}, BOTH);
    expect((await carol.upgrades.decline(v3, 'no')).ok).toBe(true);
    expect((await bob.upgrades.veto(v3, 'no')).ok).toBe(true);
  });

  test('[A8, A4] goes to the new admin, and what the one before signs after that is refused', async () => {
    const world = await upgrading();
    const { home, bob, carol } = world;
    const v2 = await world.publish(2);
    await home.stop('alice');
    // What she wrote with the record in force that made her admin, and kept back.
    const before = await createLiar(home, 'alice');
    const pen = createPen(before, 'kept back');
    pen.write(offerOf(7));
    pen.write({ kind: 'upgrade.revoked', upgrade: v2, reason: 'late' });
    before.leave();
    const again = await home.start('alice');
    await replaceAlice({ ...world, alice: again });
    for (const at of [again, bob, carol]) {
      expect(partOf(at, idOf(bob))).toEqual(PART);
      expect([...partOf(at, idOf(again)), ...partOf(at, idOf(carol))]).toEqual([]);
      const lines = at.view().activity.filter(({ kind }) => kind === 'maintenance:admin_override');
      expect(lines).toMatchObject([
        {
          device: idOf(bob),
          details: { name: 'Bob phone', from: 'Alice phone', old: idOf(again) },
        },
      ]);
    }
    // What she offered as the admin stands, and who is it now may take it back.
    expect(stageAt(carol, v2)).toBe('proposed');
    expect(await again.upgrades.publish(draftAt(world, 3))).toMatchObject({
      error: { kind: 'not-allowed', capability: 'upgrade_publish' },
    });
    const retired = idOf(again);
    await home.stop('alice');
    const liar = await createLiar(home, 'alice');
    await home.until('they meet', () => liar.isLinkedTo(idOf(bob)) && liar.isLinkedTo(idOf(carol)));
    const fresh = createPen(liar, 'under the new record');
    fresh.write(offerOf(8));
    fresh.write({ kind: 'upgrade.halted', upgrade: v2, reason: 'still me' });
    const runs = [await pen.run(), await fresh.run()];
    for (const at of [bob, carol]) liar.to(idOf(at)).say({ kind: 'runs', runs });
    const refusedAt = (at: Replica) =>
      at
        .view()
        .activity.filter(({ kind, device }) => kind === 'fact-refused' && device === retired)
        .map(({ details }) => `${details['kind']}: ${details['reason']}`)
        .sort();
    await home.until('they came', () => [bob, carol].every((at) => refusedAt(at).length === 4));
    for (const at of [bob, carol]) {
      expect(refusedAt(at)).toEqual([
        'upgrade.halted: lacks-capability',
        'upgrade.proposed: lacks-capability',
        'upgrade.proposed: lacks-capability',
        'upgrade.revoked: lacks-capability',
      ]);
      const { pending, past } = at.view().upgrades;
      expect([...pending, ...past].map(({ id }) => id)).toEqual([v2]);
      expect(pending[0]).toMatchObject({ stage: 'proposed', halted: null });
    }
    expect((await bob.upgrades.revoke(v2, 'not this one')).ok).toBe(true);
    await home.until('it is taken back', () => stageAt(carol, v2) === 'failed');
    expect((await bob.upgrades.publish(draftAt(world, 3))).ok).toBe(true);
  });

  test('[A3, A8] what the admin asked to bind goes on without it, by who agreed to it', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol } = world;
    const v2 = await twoOfThree(world);
    expect(await activate(alice, v2)).toEqual({ reload: false });
    await home.until('all are asked', () => upgradeAt(carol, v2)?.decision != null);
    const id = decisionOf(carol)?.id as StatementHash;
    const number = dangerAt(alice)?.matchNumber ?? '';
    expect((await bob.decisions.approve(id, '', number)).ok).toBe(true);
    expect((await carol.decisions.approve(id, '', number)).ok).toBe(true);
    // Another ballot overtakes hers before its notice is over, and she is gone for good.
    expect((await carol.devices.rotateKeys()).ok).toBe(true);
    await home.until('it overtook hers', () => isRotationAt(bob));
    await home.pass(1_000);
    await home.stop('alice');
    await home.pass(120_000);
    await home.until('it binds', () => [bob, carol].every((at) => stageAt(at, v2) === 'active'));
  });
});

import { describe, expect, test } from 'vitest';
import type { DeviceId, FactId } from '../../src/core/base/brands.js';
import { encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import type { Replica } from '../../src/replica/commands.js';
import { releaseBytes } from '../contract/bundles-contract.js';
import { sendingOthers } from './sending-others.js';
import { HOST, type Upgrading, appRelease, mineAt, upgradeAt, upgrading } from './upgrading.js';
import { idOf } from './with-liar.js';

const MINUTE_MS = 60_000;
const FILE = 'assets/own-2.js';
const FALSE = new TextEncoder().encode('export const own = 9;');

interface Stage extends Upgrading {
  readonly v2: FactId;
  /** Alice and Bob; sorted. */
  readonly others: readonly DeviceId[];
  /** The host gives what it published. */
  readonly beHonest: () => void;
  /** How often it was asked for the file that it gives falsely, since the last call. */
  readonly asked: () => number;
}

/** Alice and Bob have release 2 checked; then its host gives a false file, and they are away. */
const falseHost = async (tamper = (bytes: Uint8Array): Uint8Array => bytes): Promise<Stage> => {
  const world = await upgrading({
    wire: (name, plain) =>
      name === 'alice' ? sendingOthers(plain, (bytes) => [tamper(bytes)]) : plain,
  });
  const { home, hosts, alice, bob, carol, publish, fetchOn } = world;
  const v2 = await publish(2);
  await fetchOn(alice, v2);
  await fetchOn(bob, v2);
  await home.until('carol hears of both', () => upgradeAt(carol, v2)?.verified === 2);
  const others = [idOf(alice), idOf(bob)].sort();
  await home.stop('alice');
  await home.stop('bob');
  const { sha256 } = appRelease(2).files.find(({ path }) => path === FILE) ?? {};
  const urls = [`${HOST}${FILE}`, `${HOST}files/${sha256 ?? ''}`];
  for (const url of urls) hosts.answer(url, FALSE);
  return {
    ...{ ...world, v2, others },
    beHonest: () => void hosts.publish(HOST, appRelease(2), releaseBytes(2)),
    asked: () => hosts.asked().filter((url) => url === urls[0]).length,
  };
};

/** What Carol last said of it, as she knows it herself. */
const saidBy = (carol: Replica, v2: FactId) =>
  upgradeAt(carol, v2)?.readiness.find(({ device }) => device === idOf(carol));

describe('an upgrade whose host gives something else', () => {
  test('[U3, U10] is waited for, with who could bring it, and comes by itself once one of them is there', async () => {
    const { home, others, carol, v2, fetchOn, bundles } = await falseHost();
    await fetchOn(carol, v2);
    expect(upgradeAt(carol, v2)?.mine).toEqual({
      ...{ kind: 'awaited', reason: 'mismatch', detail: FILE },
      holders: others,
    });
    expect(saidBy(carol, v2)).toMatchObject({ verdict: 'not-ready', reason: 'mismatch' });
    expect((await bundles('carol').state()).quarantined).toEqual([]);
    await home.pass(60 * MINUTE_MS);
    expect(mineAt(carol, v2)).toBe('awaited');
    await home.start('bob');
    await home.until('it came from bob', () => mineAt(carol, v2) === 'verified');
    expect(saidBy(carol, v2)).toMatchObject({ verdict: 'ready' });
  });

  test('[U3, U10, N8] asks a host that stays false ever more seldom, and says so once', async () => {
    const { home, carol, v2, fetchOn, asked, beHonest, hosts } = await falseHost();
    const facts = (): number => carol.inspect().facts;
    await fetchOn(carol, v2);
    const factsBefore = facts();
    asked();
    const counts: number[] = [];
    for (let hour = 0; hour < 3; hour += 1) {
      await home.pass(3_600_000);
      counts.push(asked());
      hosts.cut(HOST, hour % 2 === 0);
    }
    hosts.cut(HOST, false);
    expect(counts[0]).toBeGreaterThan(3);
    expect(counts[0]).toBeLessThan(10);
    expect(counts.slice(2).reduce((sum, each) => sum + each, 0)).toBeLessThan(3);
    expect(facts()).toBe(factsBefore);
    expect(mineAt(carol, v2)).toBe('awaited');
    beHonest();
    await home.pass(2 * 3_600_000);
    expect(mineAt(carol, v2)).toBe('verified');
  });

  test('[U3, U10, N8] asks again when the device wakes, not each time that somebody touches it', async () => {
    const { home, carol, v2, fetchOn, asked, beHonest } = await falseHost();
    await fetchOn(carol, v2);
    await home.pass(60 * MINUTE_MS);
    asked();
    for (let touch = 0; touch < 120; touch += 1) {
      carol.wake();
      await home.pass(1_000);
    }
    expect(asked()).toBe(1);
    beHonest();
    await home.pass(5 * MINUTE_MS);
    carol.wake();
    await home.until('it came', () => mineAt(carol, v2) === 'verified');
  });

  test('[U3, U10] asks again when the app is opened anew', async () => {
    const { home, carol, v2, fetchOn, beHonest } = await falseHost();
    await fetchOn(carol, v2);
    await home.pass(60 * MINUTE_MS);
    await home.stop('carol');
    beHonest();
    const back = await home.start('carol');
    await home.until('it came', () => mineAt(back, v2) === 'verified');
  });

  test('[U10, N8] is not asked for again and again because a liar comes and goes', async () => {
    const { home, carol, v2, fetchOn, asked } = await falseHost((bytes) => {
      const read = parseMessage(bytes);
      if (!read.ok || read.value.kind !== 'codePart' || read.value.bytes === null) return bytes;
      return encodeMessage({ ...read.value, bytes: read.value.bytes.map((byte) => byte ^ 1) });
    });
    await fetchOn(carol, v2);
    asked();
    for (let visit = 0; visit < 60; visit += 1) {
      await home.start('alice');
      await home.pass(10_000);
      await home.stop('alice');
      await home.pass(2_000);
    }
    expect(mineAt(carol, v2)).toBe('awaited');
    expect(asked()).toBeLessThan(12);
  });

  test('[U3] is left alone where a person stops it or says no', async () => {
    const { home, carol, v2, fetchOn, asked } = await falseHost();
    await fetchOn(carol, v2);
    expect((await carol.upgrades.cancelFetch(v2)).ok).toBe(true);
    asked();
    await home.pass(3_600_000);
    expect(asked()).toBe(0);
    await fetchOn(carol, v2);
    expect((await carol.upgrades.decline(v2, 'later')).ok).toBe(true);
    asked();
    await home.pass(3_600_000);
    expect(asked()).toBe(0);
    expect(mineAt(carol, v2)).toBe('declined');
  });

  test('[U3] what lies here checked is not given up for one that is waited for', async () => {
    const { home, carol, v2, fetchOn, bundles, host } = await falseHost();
    await fetchOn(carol, v2);
    await home.start('bob');
    await bundles('carol').stage(host(3), [HOST]);
    await home.pass(10 * MINUTE_MS);
    expect((await bundles('carol').state()).idle).toMatchObject({ sequence: 3, state: 'staged' });
  });
});

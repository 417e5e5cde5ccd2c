import { beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/core/base/hash.js';
import type { AccountId, SessionId } from '../../src/core/base/brands.js';
import { type LyingHousehold, idOf, lyingHousehold, titlesOf } from './with-liar.js';
import { createPen } from './liar.js';

const record = (title: string) => ({
  kind: 'record.created' as const,
  ...{ title, text: '', labels: [] },
});

describe('facts that a lying member sends', () => {
  let all: LyingHousehold;
  beforeAll(async () => {
    all = await lyingHousehold();
  });

  const reasonsOf = () =>
    all.lines(all.alice, 'fact-refused').map((line) => line.details['reason']);
  const toAlice = () => all.mallory.to(idOf(all.alice));

  test('[F2, F3] malformed and foreign-account facts have a reason each, and nothing enters', async () => {
    const { home, mallory } = all;
    const pen = createPen(mallory, 'malformed');
    pen.write(record('never'));
    const run = await pen.run();
    const broken = new Uint8Array(run.facts[1] ?? []);
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    toAlice().say({ kind: 'runs', runs: [{ ...run, facts: [run.facts[0] ?? broken, broken] }] });
    const foreign = createPen(mallory, 'foreign', sha256Hex(new Uint8Array(1)) as AccountId);
    toAlice().say({ kind: 'runs', runs: [await foreign.run()] });
    await home.until('both are refused', () => reasonsOf().length >= 2);
    expect(reasonsOf()).toContain('foreign-account');
    expect(reasonsOf().some((each) => each === 'foreign-body' || each === 'not-canonical')).toBe(
      true,
    );
    await all.converge('after malformed');
    expect(titlesOf(all.bob)).not.toContain('never');
  });

  test('[F2] an oversized fact is not even read as a message', async () => {
    const { home, mallory } = all;
    const run = await createPen(mallory, 'oversized').run();
    const { encodeCanonical } = await import('../../src/core/base/canonical.js');
    const { hexToBytes } = await import('../../src/core/base/hash.js');
    const [signed] = run.signatures;
    const big = [
      hexToBytes(run.session),
      0,
      [new Uint8Array(9000)],
      [[0, signed?.signature ?? null]],
    ];
    void toAlice().channel.send(encodeCanonical([8, [big]]));
    await home.until('refused', () => all.lines(all.alice, 'message-refused').length > 0);
    expect(all.lines(all.alice, 'message-refused')[0]?.device).toBe(mallory.device);
    await all.converge('after oversized');
  });

  test('[F1, F4] forged signatures and another author in a session are refused', async () => {
    const { home, mallory, alice } = all;
    const forged = createPen(mallory, 'forged');
    forged.write(record('forged'));
    const run = await forged.run();
    const signatures = [{ seq: 1, signature: new Uint8Array(64).fill(7) }];
    toAlice().say({ kind: 'runs', runs: [{ ...run, signatures }] });
    const framed = createPen(mallory, 'framed');
    framed.write(record('framed'), { author: idOf(alice) });
    toAlice().say({ kind: 'runs', runs: [await framed.run()] });
    await home.until('both are refused', () => reasonsOf().includes('bad-signature'));
    await home.until('framing is refused', () => reasonsOf().includes('foreign-author'));
    await all.converge('after forged');
    expect(titlesOf(all.bob).filter((each) => each === 'forged' || each === 'framed')).toEqual([]);
  });

  test('[F3] facts out of order wait for what is missing, and replays change nothing', async () => {
    const { home, mallory, alice, bob } = all;
    const pen = createPen(mallory, 'late');
    for (const title of ['one', 'two', 'three']) pen.write(record(title));
    const before = reasonsOf().length;
    toAlice().say({ kind: 'runs', runs: [await pen.run(2, 3)] });
    await home.pass(500);
    expect(titlesOf(alice)).not.toContain('three');
    for (let times = 0; times < 3; times += 1) {
      toAlice().say({ kind: 'runs', runs: [await pen.run(0, 3)] });
    }
    await home.until('all came', () => titlesOf(bob).includes('three'));
    expect(titlesOf(alice).filter((each) => each === 'two')).toEqual(['two']);
    expect(reasonsOf().length).toBe(before);
    await all.converge('after replays');
  });

  test('[F3, F9] a run under another label, or two of one session, cut off nothing on disk', async () => {
    const { home, mallory, alice } = all;
    const pen = createPen(mallory, 'labels');
    for (const title of ['kept 1', 'kept 2', 'kept 3']) pen.write(record(title));
    const prefix = await pen.run(0, 1);
    const whole = await pen.run(0, 3);
    toAlice().say({ kind: 'runs', runs: [whole, prefix] });
    await home.until('the whole run came', () => titlesOf(alice).includes('kept 3'));
    const label = sha256Hex(new Uint8Array(2)) as SessionId;
    toAlice().say({ kind: 'runs', runs: [{ ...prefix, session: label }] });
    await home.until('the label is refused', () => reasonsOf().includes('other-session'));
    expect(reasonsOf()).toContain('repeated-session');
    await home.stop('alice');
    const again = await home.start('alice');
    expect(titlesOf(again)).toContain('kept 3');
    expect(again.view().activity.some((line) => line.kind === 'session-damaged')).toBe(false);
    all = { ...all, alice: again };
    await all.meet(again);
  });

  test('[N8] a peer that goes on offending is cut off, comes back in vain, and honest traffic passes', async () => {
    const { home, mallory, bob } = all;
    await all.meet(bob);
    const link = mallory.to(idOf(bob));
    for (let times = 0; times < 25; times += 1)
      void link.channel.send(new Uint8Array([255, times]));
    await home.until('cut off', () => !link.isOpen());
    expect(all.lines(bob, 'message-refused').length).toBeLessThanOrEqual(20);
    expect(bob.view().devices.find((each) => each.id === mallory.device)?.presence).toBe('away');
    await home.pass(3000);
    expect(bob.view().devices.find((each) => each.id === mallory.device)?.presence).toBe('away');
  });
});

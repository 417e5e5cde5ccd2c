import { describe, expect, test } from 'vitest';
import { type FactId, type Hash, brandHex } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { type CodeMessage, encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import type { Manifest } from '../../src/core/upgrades/manifest.js';
import type { Transport } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import { fileOf } from './files.js';
import { sendingOthers } from './sending-others.js';
import { HOST, type Upgrading, appRelease, mineAt, upgradeAt, upgrading } from './upgrading.js';
import { idOf } from './with-liar.js';

type Part = Extract<CodeMessage, { kind: 'codePart' }>;
type Tamper = (message: Part) => readonly CodeMessage[];

const PARTS = 5;
const BIG = fileOf(PARTS * LIMITS.codePartBytes - 7);
const UTF8 = new TextEncoder();
const textsOf = (n: number): ReadonlyMap<string, Uint8Array> =>
  new Map([
    ['assets/big.js', BIG],
    [`assets/own-${n}.js`, UTF8.encode(`export const own = ${n};`)],
    ['index.html', UTF8.encode('<!doctype html><head></head><title>Big</title>')],
  ]);

const bigRelease = (n: number): Manifest =>
  appRelease(n, {
    files: [...textsOf(n)].map(([path, bytes]) => ({
      ...{ path, bytes: bytes.length, sha256: brandHex<Hash>(sha256Hex(bytes)) },
    })),
  });
/** Files of what each device came with. */
const OF_FIRST = appRelease(1).files.length;
const BIG_HASH = brandHex<Hash>(sha256Hex(BIG));
const isOfBig = ({ file, bytes }: Part): boolean => file === BIG_HASH && bytes !== null;

/** What each device sends in place of what it would have sent of versions. */
const wiring =
  (tampers: Record<string, Tamper>) =>
  (name: string, plain: Transport): Transport =>
    sendingOthers(plain, (bytes) => {
      const read = parseMessage(bytes);
      const tamper = tampers[name];
      if (!read.ok || read.value.kind !== 'codePart' || tamper === undefined) return [bytes];
      return tamper(read.value).map(encodeMessage);
    });

interface Stage extends Upgrading {
  readonly v2: FactId;
  readonly tampers: Record<string, Tamper>;
  /** Parts of files and manifests that each device gave, and those of the large file. */
  readonly given: Record<string, { parts: number; big: number }>;
}

/** Alice and Bob have release 2 checked; then its host is gone. */
const hostGone = async (): Promise<Stage> => {
  const tampers: Record<string, Tamper> = {};
  const given: Stage['given'] = {};
  const counted = (name: string, parts: readonly CodeMessage[]): readonly CodeMessage[] => {
    const count = (given[name] ??= { parts: 0, big: 0 });
    for (const each of parts) {
      if (each.kind !== 'codePart' || each.bytes === null) continue;
      count.parts += 1;
      if (isOfBig(each)) count.big += 1;
    }
    return parts;
  };
  const wires: Record<string, Tamper> = Object.fromEntries(
    ['alice', 'bob'].map((name) => [
      name,
      (message: Part) => counted(name, tampers[name]?.(message) ?? [message]),
    ]),
  );
  const world = await upgrading({ wire: wiring(wires) });
  const { hosts, alice, bob, carol, home, fetchOn } = world;
  const manifest = hosts.publish(HOST, bigRelease(2), (path) => textsOf(2).get(path) ?? BIG);
  const done = await alice.upgrades.publish({ manifest, urls: [HOST], fork: 'soft', notes: 'Two' });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  const v2 = done.value;
  await home.until('all know of it', () =>
    [bob, carol].every((each) => upgradeAt(each, v2) !== undefined),
  );
  await fetchOn(alice, v2);
  await fetchOn(bob, v2);
  await home.until('two have it', () => upgradeAt(carol, v2)?.verified === 2);
  expect(given).toEqual({});
  hosts.cut(HOST);
  return { ...world, v2, tampers, given };
};

const refusedBy = (replica: Replica): readonly (string | null)[] =>
  replica
    .view()
    .activity.filter(({ kind }) => kind === 'code-refused')
    .map(({ device }) => device);

const LIES: readonly (readonly [what: string, tamper: Tamper, isSeen: boolean])[] = [
  [
    'gives other bytes',
    (part) => [{ ...part, bytes: part.bytes?.map((byte) => byte ^ 1) ?? null }],
    true,
  ],
  [
    'says that it is longer, and would never end',
    (part) => [
      {
        ...{ ...part, totalBytes: LIMITS.codeFileBytesMax },
        bytes: new Uint8Array(LIMITS.codePartBytes),
      },
    ],
    true,
  ],
  [
    'gives less of it',
    ({ part, ...rest }) => [{ ...rest, part: 0, totalBytes: 1, bytes: Uint8Array.of(7) }],
    true,
  ],
  ['never answers', () => [], false],
  ['says that it has nothing', (part) => [{ ...part, totalBytes: 0, bytes: null }], false],
];

describe('a version whose host is gone', () => {
  test('[U3, N7] comes from the others, its manifest too, from several at once, and nothing twice', async () => {
    const { home, carol, v2, fetchOn, given, bundles } = await hostGone();
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    const all = (given['alice']?.parts ?? 0) + (given['bob']?.parts ?? 0);
    expect(all).toBe(PARTS + 3);
    expect(Math.min(given['alice']?.parts ?? 0, given['bob']?.parts ?? 0)).toBeGreaterThan(0);
    expect((await bundles('carol').state()).idle).toMatchObject({
      state: 'staged',
      version: '0.2.0',
    });
    const told = carol.view().peers.flatMap(({ traffic }) => traffic.map(({ kind }) => kind));
    expect(told).toContain('codePart');
    // Who has it from the others gives it on.
    await home.until('all three have it', () => upgradeAt(carol, v2)?.verified === 3);
  });

  test.for(LIES)(
    '[U3, U10, N5, N8] comes all the same from another where one %s',
    async ([, tamper, isSeen]) => {
      const { alice, carol, v2, fetchOn, tampers, given } = await hostGone();
      tampers['alice'] = tamper;
      await fetchOn(carol, v2);
      expect(mineAt(carol, v2)).toBe('verified');
      expect(refusedBy(carol)).toEqual(isSeen ? [idOf(alice)] : []);
      if (isSeen) expect(given['bob']?.big).toBe(PARTS);
      // One file is what a lie costs: no more is asked of a liar for that version.
      expect(given['alice']?.parts ?? 0).toBeLessThanOrEqual(PARTS + 3);
      const score = carol.view().peers.find(({ device }) => device === idOf(alice))?.score;
      if (isSeen) expect(score?.trust).toBeLessThan(50);
    },
  );

  test('[U3, U10] is not taken from a liar alone, and goes on by itself once another comes', async () => {
    const { home, carol, v2, fetchOn, tampers, disk } = await hostGone();
    await home.stop('bob');
    tampers['alice'] = (part) => [{ ...part, bytes: part.bytes?.fill(0) ?? null }];
    await fetchOn(carol, v2);
    expect(upgradeAt(carol, v2)?.mine).toMatchObject({ kind: 'awaited', reason: 'unreachable' });
    expect(disk('carol').files.size).toBe(OF_FIRST);
    const bob = await home.start('bob');
    await home.until('it came from bob', () => mineAt(carol, v2) === 'verified');
    await home.until('bob hears it', () => upgradeAt(bob, v2)?.verified === 3);
  });

  test.for([
    ['true', (part: Part) => part],
    ['false', (part: Part) => ({ ...part, bytes: part.bytes?.map((byte) => byte ^ 1) ?? null })],
  ] as const)(
    '[U3, N7] is cut in the middle of a file after %s parts, and comes to an end from another',
    async ([kind, twist]) => {
      const { home, carol, v2, tampers, given } = await hostGone();
      await home.stop('bob');
      let left = 2;
      tampers['alice'] = (part) => {
        if (part.file !== BIG_HASH) return [part];
        left -= 1;
        return left < 0 ? [] : [twist(part)];
      };
      expect((await carol.upgrades.fetch(v2)).ok).toBe(true);
      await home.until('half of it came', () => given['alice']?.big === 2);
      home.crash('alice');
      await home.start('bob');
      await home.until('it is here', () => mineAt(carol, v2) === 'verified');
      // What came is kept; where it was false, one device alone gives all of it.
      expect(given['bob']?.big).toBe(kind === 'true' ? PARTS - 2 : 2 * PARTS - 2);
      expect(refusedBy(carol)).toEqual([]);
    },
  );

  test('[U3, F9] stops where there is no room, keeps what came, and fetches the rest alone', async () => {
    const { carol, v2, fetchOn, disk, given } = await hostGone();
    disk('carol').roomBytes = 200;
    await fetchOn(carol, v2);
    expect(upgradeAt(carol, v2)?.mine).toMatchObject({ kind: 'refused', reason: 'no-room' });
    expect([...disk('carol').files.keys()]).not.toContain(BIG_HASH);
    expect(disk('carol').files.size).toBe(OF_FIRST + 2);
    disk('carol').roomBytes = Number.MAX_SAFE_INTEGER;
    for (const each of Object.values(given)) Object.assign(each, { parts: 0, big: 0 });
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    const parts = Object.values(given).reduce((sum, each) => sum + each.parts, 0);
    // The manifest, and the one file that was not here.
    expect(parts).toBe(1 + PARTS);
  });

  test('[U3, U10] a host that gives something else is left for those who have the true one', async () => {
    const { hosts, carol, v2, fetchOn, given } = await hostGone();
    hosts.publish(
      HOST,
      bigRelease(2),
      (path) =>
        textsOf(2)
          .get(path)
          ?.map(() => 0) ?? BIG,
    );
    hosts.cut(HOST, false);
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    expect((given['alice']?.parts ?? 0) + (given['bob']?.parts ?? 0)).toBe(PARTS + 2);
  });

  test('[U2, N5] comes from another at once where one passes nothing on, which costs that one nothing', async () => {
    const { home, alice, bob, carol, v2, fetchOn, given } = await hostGone();
    expect((await bob.upgrades.setPolicies({ give: 'needed' })).ok).toBe(true);
    const before = home.clock.wallMs();
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    expect(given['bob']?.parts).toBe(0);
    expect(given['alice']?.parts).toBe(PARTS + 3);
    // A silent one is waited for ten seconds.
    expect(home.clock.wallMs() - before).toBeLessThan(5_000);
    const scoreOf = (of: Replica): unknown =>
      carol.view().peers.find(({ device }) => device === idOf(of))?.score.trust;
    expect(scoreOf(bob)).toBeGreaterThanOrEqual(50);
    expect(scoreOf(alice)).toBeGreaterThanOrEqual(50);
    expect(refusedBy(carol)).toEqual([]);
  });

  test('[U2] is not to be had where nobody passes it on but who offered it', async () => {
    const { home, alice, bob, carol, v2, fetchOn, given } = await hostGone();
    for (const each of [alice, bob]) {
      expect((await each.upgrades.setPolicies({ give: 'needed' })).ok).toBe(true);
    }
    await home.stop('alice');
    await fetchOn(carol, v2);
    expect(upgradeAt(carol, v2)?.mine).toMatchObject({ kind: 'awaited', reason: 'unreachable' });
    expect(given['bob']?.parts).toBe(0);
    await home.start('alice');
    await home.until('who offered it gives it', () => mineAt(carol, v2) === 'verified');
    expect(given['alice']?.parts).toBe(PARTS + 3);
  });
});

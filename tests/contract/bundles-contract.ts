import { type MemoryHosts } from '../../src/adapters/memory/memory-bundles.js';
import { type Hash, brandHex } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import {
  type Manifest,
  contentRootOf,
  encodeManifest,
  manifestHashOf,
} from '../../src/core/upgrades/manifest.js';
import type { Bundles, BundlesState, StageProgress } from '../../src/ports/bundles.js';
import { type ContractCase, expectEqual, expectTrue, kindOf, valueOf } from './expectation.js';

/** A device that runs `first`, and its loader. */
export interface BundlesBench {
  readonly bundles: Bundles;
  readonly hosts: MemoryHosts;
  /** Loads the page anew. */
  readonly load: () => Promise<BundlesState['running']>;
  /** A watcher sees that trial fail. */
  readonly fail: (trial: number, cause: string) => Promise<void>;
  /** Spoils the bytes that are kept under a hash. */
  readonly spoil: (sha256: Hash) => Promise<void>;
}

export const HOST = 'https://host.example/';
export const MIRROR = 'https://mirror.example/files/';
const UTF8 = new TextEncoder();

/** Files of release n: two that every release has, and one of its own. */
const textsOf = (n: number): ReadonlyMap<string, string> =>
  new Map([
    ['assets/common.js', 'export const common = 1;'],
    [`assets/own-${n}.js`, `export const own = ${n};`],
    ['index.html', '<!doctype html><head></head><title>App</title>'],
  ]);

export const releaseBytes = (n: number) => (path: string) => UTF8.encode(textsOf(n).get(path));

/** Release n, as a device reads it. */
export const releaseOf = (n: number, changes: Partial<Manifest> = {}): Manifest => ({
  ...{ package: 'app', version: `1.${n}.0`, sequence: n, loader: 1, fold: 1 },
  files: [...textsOf(n)].map(([path, text]) => ({
    path,
    bytes: UTF8.encode(text).length,
    sha256: brandHex<Hash>(sha256Hex(UTF8.encode(text))),
  })),
  ...{ protocols: ['upkeep/1'], dependencies: [], compliance: [] },
  ...{ notes: '', notBefore: null, expires: null },
  ...changes,
});

export const FIRST = releaseOf(1);
const OWN = 'assets/own-2.js';

const publishSecond = ({ hosts }: BundlesBench): Uint8Array =>
  hosts.publish(HOST, releaseOf(2), releaseBytes(2));

/** Stages and switches to release n, on trial. */
const switchTo = async (bench: BundlesBench, n: number): Promise<number> => {
  const { bundles, hosts, load } = bench;
  valueOf(await bundles.stage(hosts.publish(HOST, releaseOf(n), releaseBytes(n)), [HOST]));
  const trial = valueOf(await bundles.tryStaged());
  expectEqual(await load(), { manifest: manifestHashOf(releaseOf(n)), trial });
  return trial;
};

const versions = async ({ bundles }: BundlesBench): Promise<readonly unknown[]> => {
  const { active, idle } = await bundles.state();
  return [active?.version, active?.state, idle?.version ?? null, idle?.state ?? null];
};

const faultOf = async (bench: BundlesBench, manifest: Uint8Array, urls = [HOST]) => {
  const staged = await bench.bundles.stage(manifest, urls);
  return staged.ok ? 'staged' : staged.error;
};

const staging: readonly ContractCase<BundlesBench>[] = [
  {
    title: '[U3] a bundle is staged whole, says how far it is, and runs nothing yet',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      const seen: StageProgress[] = [];
      valueOf(await bench.bundles.stage(manifest, [HOST], (done) => void seen.push(done)));
      expectEqual(seen.at(-1)?.files, 3);
      expectEqual(seen.at(-1)?.bytes, seen.at(-1)?.bytesOf);
      expectEqual(await versions(bench), ['1.1.0', 'good', '1.2.0', 'staged']);
      expectEqual((await bench.load())?.manifest, manifestHashOf(FIRST));
    },
  },
  {
    title: '[U3] only what is not here is fetched, after a loss of the line too',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      bench.hosts.answer(`${HOST}${OWN}`, 'unreachable');
      expectEqual(await faultOf(bench, manifest), { kind: 'unreachable', path: OWN });
      expectEqual((await versions(bench)).at(-1), 'staging');
      expectEqual((await bench.bundles.state()).idle?.filesHere, 2);
      bench.hosts.asked();
      publishSecond(bench);
      expectEqual(await faultOf(bench, manifest), 'staged');
      expectEqual(bench.hosts.asked(), [`${HOST}${OWN}`]);
    },
  },
  {
    title: '[U3] a kept file is hashed again, and fetched anew when it is another',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      bench.hosts.answer(`${HOST}${OWN}`, 'unreachable');
      await faultOf(bench, manifest);
      publishSecond(bench);
      const index = releaseOf(2).files.find(({ path }) => path === 'index.html');
      await bench.spoil(index?.sha256 ?? brandHex<Hash>(''));
      bench.hosts.asked();
      expectEqual(await faultOf(bench, manifest), 'staged');
      expectEqual([...bench.hosts.asked()].sort(), [`${HOST}${OWN}`, `${HOST}index.html`]);
    },
  },
  {
    title: '[U10] other bytes, fewer, more, or none are refused by the name of the file',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      const right = releaseBytes(2)(OWN);
      const cases = [
        [right.map((byte, at) => (at === 3 ? byte ^ 1 : byte)), 'mismatch'],
        [right.subarray(1), 'mismatch'],
        [new Uint8Array(right.length + 1), 'too-large'],
        ['missing', 'missing'],
      ] as const;
      for (const [answer, kind] of cases) {
        bench.hosts.answer(`${HOST}${OWN}`, answer);
        expectEqual(await faultOf(bench, manifest), { kind, path: OWN });
        expectEqual(kindOf(await bench.bundles.tryStaged()), 'nothing-staged');
      }
    },
  },
  {
    title: '[U10] a bad mirror does not keep a bundle from coming from a good one',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      const wrong = 'https://wrong.example/';
      bench.hosts.publish(wrong, releaseOf(2), (path) => releaseBytes(2)(path).fill(0));
      bench.hosts.cut(HOST);
      const { files } = releaseOf(2);
      for (const { path, sha256 } of files) {
        bench.hosts.answer(`${MIRROR}${sha256}`, releaseBytes(2)(path));
      }
      expectEqual(await faultOf(bench, manifest, [wrong, HOST, MIRROR]), 'staged');
    },
  },
  {
    title: '[U3] who cancels keeps what came, and it is not staged',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      const stop = new AbortController();
      const staged = await bench.bundles.stage(manifest, [HOST], () => stop.abort(), stop.signal);
      expectEqual(kindOf(staged), 'cancelled');
      expectEqual((await versions(bench)).at(-1), 'staging');
      valueOf(await bench.bundles.discard());
      expectEqual((await bench.bundles.state()).idle, null);
    },
  },
  {
    title: '[U10] no manifest, an older release, a second of one number, a newer loader',
    run: async (bench) => {
      await bench.bundles.confirm(await switchTo(bench, 2));
      const of = (changes: Partial<Manifest>, n = 3): Uint8Array =>
        bench.hosts.publish(HOST, releaseOf(n, changes), releaseBytes(n));
      const { content } = (await bench.bundles.state()).floor ?? {};
      expectEqual(content, contentRootOf(releaseOf(2)));
      const kind = async (bytes: Uint8Array) => kindOf(await bench.bundles.stage(bytes, [HOST]));
      expectEqual(await kind(UTF8.encode('no manifest')), 'bad-manifest');
      expectEqual(await kind(of({}, 1)), 'older-release');
      expectEqual(await kind(of({ sequence: 2 })), 'two-of-one-sequence');
      expectEqual(await kind(of({ loader: 99 })), 'newer-loader');
      expectEqual(await kind(of({}, 2)), 'already-active');
      expectEqual(await versions(bench), ['1.2.0', 'good', '1.1.0', 'good']);
    },
  },
];

const giving: readonly ContractCase<BundlesBench>[] = [
  {
    title: '[U3] what no host has comes from elsewhere, checked like everything else',
    run: async (bench) => {
      const manifest = publishSecond(bench);
      bench.hosts.cut(HOST);
      const { bundles, hosts } = bench;
      const stageFrom = (bytesOf: (path: string) => Uint8Array | null) =>
        bundles.stage(manifest, [HOST], undefined, undefined, async ({ path }) => bytesOf(path));
      const falsely = (path: string) => releaseBytes(2)(path).fill(0);
      const refused = await stageFrom(falsely);
      expectEqual(refused.ok ? 'staged' : refused.error.kind, 'unreachable');
      expectEqual((await bundles.state()).idle?.filesHere, 0);
      hosts.asked();
      valueOf(await stageFrom(releaseBytes(2)));
      // A host that is away is asked no more once others have given what it should have.
      expectTrue(hosts.asked().length <= 3, 'each file was asked of the host once at most');
      expectEqual((await versions(bench)).at(-1), 'staged');
    },
  },
  {
    title:
      '[U3] what lies here whole is read by its hash, nothing else of it, and nothing that was spoilt',
    run: async (bench) => {
      const { bundles, hosts, spoil } = bench;
      const manifest = publishSecond(bench);
      const second = manifestHashOf(releaseOf(2));
      const own = releaseOf(2).files.find(({ path }) => path === OWN)?.sha256 ?? null;
      const index = releaseOf(2).files.find(({ path }) => path === 'index.html')?.sha256 ?? null;
      hosts.answer(`${HOST}${OWN}`, 'unreachable');
      await bundles.stage(manifest, [HOST]);
      expectEqual(
        [await bundles.read(second, null), await bundles.read(second, index)],
        [null, null],
      );
      publishSecond(bench);
      valueOf(await bundles.stage(manifest, [HOST]));
      expectEqual(await bundles.read(second, null), manifest);
      expectEqual(await bundles.read(second, own), releaseBytes(2)(OWN));
      expectEqual(await bundles.read(manifestHashOf(FIRST), own), null);
      await spoil(brandHex<Hash>(own ?? ''));
      expectEqual(await bundles.read(second, own), null);
      valueOf(await bundles.discard());
      expectEqual(
        [await bundles.read(second, null), await bundles.read(second, index)],
        [null, null],
      );
    },
  },
  {
    title: '[U3, U6] a file of what runs that was spoilt comes from the host, else from elsewhere',
    run: async (bench) => {
      const { bundles, hosts, spoil } = bench;
      valueOf(await bundles.confirm(await switchTo(bench, 2)));
      const second = manifestHashOf(releaseOf(2));
      const own = releaseOf(2).files.find(({ path }) => path === OWN)?.sha256;
      const hash = brandHex<Hash>(own ?? '');
      const isRead = async (): Promise<boolean> => (await bundles.read(second, hash)) !== null;
      const nobody = async (): Promise<null> => null;
      expectEqual(await bundles.mend(nobody), true);
      await spoil(hash);
      expectEqual([await bundles.mend(nobody), await isRead()], [true, true]);
      await spoil(hash);
      // Another release lies there by now, with other bytes under that address.
      hosts.answer(`${HOST}${OWN}`, UTF8.encode('export const own = 3;'));
      hosts.answer(`${HOST}files/${hash}`, 'missing');
      expectEqual([await bundles.mend(nobody), await isRead()], [false, false]);
      const liar = async (): Promise<Uint8Array> => releaseBytes(2)(OWN).fill(7);
      expectEqual([await bundles.mend(liar), await isRead()], [false, false]);
      const asked: string[] = [];
      const mended = await bundles.mend(async ({ path }) => {
        asked.push(path);
        return releaseBytes(2)(path);
      });
      expectEqual([mended, await isRead(), asked], [true, true, [OWN]]);
    },
  },
];

const switching: readonly ContractCase<BundlesBench>[] = [
  {
    title: '[U7] a trial that its page confirms is good, and the floor rises only then',
    run: async (bench) => {
      const trial = await switchTo(bench, 2);
      expectEqual((await bench.bundles.state()).floor?.sequence, 1);
      valueOf(await bench.bundles.confirm(trial));
      const { floor, history, trial: left } = await bench.bundles.state();
      expectEqual([floor?.sequence, left, history.at(-1)?.outcome], [2, null, 'good']);
      expectEqual(await versions(bench), ['1.2.0', 'good', '1.1.0', 'good']);
    },
  },
  {
    title: '[U7] a trial that fails goes back by itself, and its content is never taken again',
    run: async (bench) => {
      const trial = await switchTo(bench, 2);
      await bench.fail(trial, 'error: it threw');
      expectEqual((await bench.load())?.manifest, manifestHashOf(FIRST));
      const { quarantined, history, floor } = await bench.bundles.state();
      expectEqual(quarantined, [contentRootOf(releaseOf(2))]);
      const { outcome, cause, isAutomatic } = history.at(-1) ?? {};
      expectEqual([outcome, cause, isAutomatic], ['rolled-back', 'error: it threw', true]);
      expectEqual(floor?.sequence, 1);
      const again = bench.hosts.publish(HOST, releaseOf(2, { sequence: 9 }), releaseBytes(2));
      expectEqual(kindOf(await bench.bundles.stage(again, [HOST])), 'quarantined');
    },
  },
  {
    title: '[U7] a page that is given away three times and never confirms has failed',
    run: async (bench) => {
      await switchTo(bench, 2);
      const runs = [await bench.load(), await bench.load(), await bench.load()];
      const second = manifestHashOf(releaseOf(2));
      const expected = [second, second, manifestHashOf(FIRST)];
      expectEqual(
        runs.map((run) => run?.manifest),
        expected,
      );
      expectEqual((await bench.bundles.state()).history.at(-1)?.cause, 'boots');
    },
  },
  {
    title: '[U7] a watcher of an older trial undoes nothing, nor does its page vouch for the next',
    run: async (bench) => {
      const first = await switchTo(bench, 2);
      await bench.fail(first, 'timeout');
      await bench.load();
      const second = await switchTo(bench, 3);
      expectTrue(second > first, 'trials are numbered upwards');
      await bench.fail(first, 'timeout');
      expectEqual((await versions(bench))[0], '1.3.0');
      expectEqual(kindOf(await bench.bundles.cameUp(first)), 'other-bundle');
      expectEqual(kindOf(await bench.bundles.confirm(first)), 'other-bundle');
      valueOf(await bench.bundles.cameUp(second));
      expectEqual((await bench.bundles.state()).trial?.boots, 0);
      valueOf(await bench.bundles.confirm(second));
      await bench.fail(second, 'timeout');
      expectEqual(await versions(bench), ['1.3.0', 'good', '1.1.0', 'good']);
    },
  },
  {
    title: '[U7] a page of the bundle before does not vouch for the one on trial',
    run: async (bench) => {
      valueOf(await bench.bundles.stage(publishSecond(bench), [HOST]));
      const trial = valueOf(await bench.bundles.tryStaged());
      expectEqual(kindOf(await bench.bundles.confirm(trial)), 'other-bundle');
      expectEqual(kindOf(await bench.bundles.cameUp(trial)), 'other-bundle');
      expectEqual(kindOf(await bench.bundles.rollBack('?', 'health')), 'other-bundle');
      expectEqual(kindOf(await bench.bundles.tryStaged()), 'on-trial');
      expectEqual(kindOf(await bench.bundles.discard()), 'on-trial');
    },
  },
  {
    title: '[U7] a person goes back with a reason, once, and what ran is not taken again',
    run: async (bench) => {
      expectEqual(kindOf(await bench.bundles.rollBack('?', 'person')), 'nothing-to-go-back-to');
      await bench.bundles.confirm(await switchTo(bench, 2));
      valueOf(await bench.bundles.rollBack('lists are empty', 'person'));
      expectEqual((await bench.load())?.manifest, manifestHashOf(FIRST));
      const { history, quarantined } = await bench.bundles.state();
      expectEqual(history.at(-1)?.cause, 'lists are empty');
      expectEqual([history.at(-1)?.isAutomatic, quarantined.length], [false, 1]);
      expectEqual(kindOf(await bench.bundles.rollBack('?', 'person')), 'nothing-to-go-back-to');
    },
  },
  {
    title: '[U6] who listens hears of every change, and of none after stopping',
    run: async (bench) => {
      let heard = 0;
      const stop = bench.bundles.subscribe(() => void (heard += 1));
      await switchTo(bench, 2);
      expectTrue(heard > 0, 'it was heard');
      stop();
      heard = 0;
      valueOf(await bench.bundles.rollBack('?', 'health'));
      expectEqual(heard, 0);
    },
  },
  {
    title: '[U2] a host says what it has, and one that is away or has nothing says so',
    run: async ({ bundles, hosts }) => {
      expectEqual(kindOf(await bundles.offered(null)), 'missing');
      const manifest = hosts.publish(HOST, releaseOf(2), releaseBytes(2));
      expectEqual(valueOf(await bundles.offered(null)), {
        manifest,
        urls: [HOST, `${HOST}files/`],
      });
      const first = manifestHashOf(releaseOf(1));
      expectEqual(kindOf(await bundles.offered(HOST, first)), 'missing');
      const older = encodeManifest(releaseOf(1));
      hosts.answer(`${HOST}releases/${first}.cbor`, older);
      expectEqual(valueOf(await bundles.offered(HOST, first)).manifest, older);
      hosts.answer(`${HOST}releases/${first}.cbor`, manifest);
      expectEqual(kindOf(await bundles.offered(HOST, first)), 'missing');
      hosts.answer(`${HOST}release.cbor`, new Uint8Array(512 * 1024 + 1));
      expectEqual(kindOf(await bundles.offered(HOST)), 'too-large');
      hosts.cut(HOST);
      expectEqual(kindOf(await bundles.offered(null)), 'unreachable');
    },
  },
];

/** What every Bundles does. */
export const bundlesContract = [...staging, ...giving, ...switching];

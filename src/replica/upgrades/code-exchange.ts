import type { DeviceId, Hash } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import { codePartCount } from '../../core/links/code-messages.js';
import type { CodePartMessage, Message, WantCodeMessage } from '../../core/links/messages.js';
import type { BundleFile } from '../../core/upgrades/manifest.js';
import { BUNDLE_LIMITS } from '../../core/upgrades/manifest.js';
import type { Cancel } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { CodeGiving } from './code-giving.js';
import { ASKED_AT_ONCE, type Giver, createGivers } from '../blobs/givers.js';
import { type Link, isPresentMember } from '../links/link.js';
import type { OwnBundle } from './own-bundle.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** Versions of the app as other members have them; null where none of them gives it now. */
export interface CodeSource {
  readonly manifest: (manifest: Hash, signal?: AbortSignal) => Promise<Uint8Array | null>;
  readonly file: (
    manifest: Hash,
    file: BundleFile,
    signal?: AbortSignal,
  ) => Promise<Uint8Array | null>;
}

/** Moving the app's own versions between devices, file by file (rules U3 and N7). */
export interface CodeExchange extends CodeSource {
  /** What to wait for of a message that is about versions of the app; null for any other. */
  readonly received: (link: Link, message: Message) => Promise<void> | null;
  /** Somebody is there to be asked. */
  readonly opened: () => void;
  readonly closed: (link: Link) => void;
  readonly close: () => void;
}

/** Who was silent has another chance after so long. */
const AGAIN_MS = 30_000;
/** With nobody to ask, what is wanted is waited for this long: links end and come again. */
const PATIENCE_MS = 10_000;

/** One file, or a manifest, that is wanted here. */
interface Wanted {
  readonly manifest: Hash;
  readonly file: Hash | null;
  /** Of a manifest its size is known once somebody said it. */
  readonly bytes: number | null;
  total: number | null;
  readonly parts: Map<number, Uint8Array>;
  /** Whose parts these are. */
  readonly from: Set<DeviceId>;
  /** Parts of two devices made something false: from now on all are of one. */
  isOfOne: boolean;
  /** One at a time, so that it is known who gave what is false. */
  giver: Giver<Hash> | null;
  readonly lacking: Set<Link>;
  patience: Cancel | null;
  readonly end: (bytes: Uint8Array | null) => void;
}

/** What one device is asked for at a time: a part of a file, or of the manifest (null). */
const partName = (file: Hash | null, part: number): string => `${file ?? ''}/${part}`;

export const createCodeExchange = (
  context: Context,
  own: Pick<OwnBundle, 'manifest' | 'policies'>,
  read: () => UpgradeReading | null,
  peers: PeerChoice,
): CodeExchange => {
  const { clock, cipher } = context.ports;
  let giving: Promise<CodeGiving> | null = null;
  const wanted = new Set<Wanted>();
  let again: Cancel | null = null;
  let isClosed = false;

  /** Members ask seldom: what answers them is fetched when one does, and answers in their order. */
  const give = async (link: Link, message: WantCodeMessage): Promise<void> => {
    giving ??= import('./code-giving.js').then(({ createCodeGiving }) =>
      createCodeGiving(context, own, read),
    );
    const found = await giving.catch(() => (giving = null));
    if (!isClosed) found?.give(link, message);
  };

  const silenced = (device: DeviceId): void => {
    peers.note(device, 'kept-waiting');
    again ??= clock.after(AGAIN_MS, () => {
      again = null;
      givers.forgive();
    });
    ask();
  };
  const givers = createGivers<Hash>(clock, silenced, () => ask());

  /** Of the best the one that is asked for least. */
  const chooseFor = (want: Wanted): Giver<Hash> | null => {
    const able = givers.ableTo(want.manifest).filter(({ link }) => !want.lacking.has(link));
    if (want.giver !== null && able.includes(want.giver)) return want.giver;
    const order = peers.ranked();
    const best = [...able].sort(
      (one, other) =>
        one.asked.size - other.asked.size || order.indexOf(one.link) - order.indexOf(other.link),
    );
    return best[0] ?? null;
  };

  const begin = (want: Wanted): void => {
    want.parts.clear();
    want.from.clear();
    want.total = want.bytes;
  };

  const askFor = (want: Wanted): void => {
    const giver = chooseFor(want);
    const isOther = giver !== want.giver;
    want.giver = giver;
    if (giver === null) {
      want.patience ??= clock.after(PATIENCE_MS, () => want.end(null));
      return;
    }
    want.patience?.();
    want.patience = null;
    const { manifest, file } = want;
    if (isOther && needsOne(want)) begin(want);
    const count = want.total === null ? 1 : codePartCount(want.total);
    for (let part = 0; part < count && giver.asked.size < ASKED_AT_ONCE; part += 1) {
      const name = partName(file, part);
      if (want.parts.has(part) || givers.isAsked(manifest, name)) continue;
      givers.request(giver, manifest, name, { kind: 'wantCode', manifest, file, part });
    }
  };

  const ask = (): void => {
    if (isClosed || wanted.size === 0) return;
    for (const link of peers.ranked()) givers.of(link);
    for (const want of wanted) askFor(want);
  };

  const get = (
    named: Pick<Wanted, 'manifest' | 'file' | 'bytes'>,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | null> =>
    new Promise((resolve) => {
      if (isClosed || signal?.aborted === true) return resolve(null);
      const stop = (): void => want.end(null);
      const want: Wanted = {
        ...named,
        ...{ total: named.bytes, parts: new Map(), from: new Set(), isOfOne: false },
        ...{ giver: null, lacking: new Set(), patience: null },
        end: (bytes) => {
          want.patience?.();
          signal?.removeEventListener('abort', stop);
          wanted.delete(want);
          resolve(bytes);
          ask();
        },
      };
      signal?.addEventListener('abort', stop);
      wanted.add(want);
      ask();
    });

  /** What else came from a liar is fetched anew as well. */
  const lied = (peer: Giver<Hash>, { manifest }: Wanted): void => {
    givers.lied(peer, manifest);
    peers.note(peer.link.peer, 'gave-wrong');
    context.activity.add('code-refused', 'warn', peer.link.peer);
    for (const each of wanted) {
      if (each.manifest === manifest && each.from.has(peer.link.peer)) begin(each);
    }
    ask();
  };

  const finish = async (peer: Giver<Hash>, want: Wanted): Promise<void> => {
    const bytes = joined(want.parts, want.total ?? 0);
    const hash = bytesToHex(await cipher.digest(bytes));
    if (!wanted.has(want)) return;
    if (hash === (want.file ?? want.manifest)) {
      for (const device of want.from) peers.note(device, 'gave');
      return want.end(bytes);
    }
    if (want.from.size === 1) return lied(peer, want);
    want.isOfOne = true;
    begin(want);
    ask();
  };

  const take = async (peer: Giver<Hash>, message: CodePartMessage): Promise<void> => {
    const { manifest, file, part, totalBytes, bytes } = message;
    const isAnswer = givers.answered(peer, manifest, partName(file, part));
    const want = [...wanted].find((each) => each.manifest === manifest && each.file === file);
    if (!isAnswer || want === undefined || want.parts.has(part)) return ask();
    if (needsOne(want) && peer !== want.giver) return ask();
    if (bytes === null) {
      want.lacking.add(peer.link);
      return ask();
    }
    const total = want.total ?? totalBytes;
    const totalMax = want.bytes ?? BUNDLE_LIMITS.manifestBytesMax;
    if (totalBytes !== total || total > totalMax) return lied(peer, want);
    want.total = total;
    want.parts.set(part, bytes);
    want.from.add(peer.link.peer);
    if (want.parts.size === codePartCount(total)) return finish(peer, want);
    ask();
  };

  return {
    manifest: (manifest, signal) => get({ manifest, file: null, bytes: null }, signal),
    file: (manifest, { sha256, bytes }, signal) => get({ manifest, file: sha256, bytes }, signal),
    received: (link, message) => {
      if (message.kind !== 'wantCode' && message.kind !== 'codePart') {
        // Whoever says anything is there to be asked.
        if ([...wanted].some(({ giver }) => giver === null)) ask();
        return null;
      }
      const isHeard = !isClosed && link.isOpen && isPresentMember(link);
      if (isHeard && message.kind === 'codePart') return take(givers.of(link), message);
      if (isHeard && message.kind === 'wantCode') void give(link, message);
      return Promise.resolve();
    },
    opened: ask,
    closed: (link) => {
      givers.forget(link);
      ask();
    },
    close: () => {
      isClosed = true;
      again?.();
      givers.close();
      void giving?.then((found) => found.close()).catch(() => undefined);
      for (const want of [...wanted]) want.end(null);
    },
  };
};

/** What one says of a manifest's size says nothing of what another has. */
const needsOne = ({ isOfOne, file }: Wanted): boolean => isOfOne || file === null;

const joined = (parts: ReadonlyMap<number, Uint8Array>, total: number): Uint8Array => {
  const bytes = new Uint8Array(total);
  for (const [part, given] of parts) bytes.set(given, part * LIMITS.codePartBytes);
  return bytes;
};

import type { DeviceId, Hash } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { lackedProtocols } from '../../core/links/code-said.js';
import { codePartCount } from '../../core/links/code-messages.js';
import type { CodePartMessage, WantCodeMessage } from '../../core/links/messages.js';
import type { Upgrade } from '../../core/upgrades/upgrade.js';
import type { Context } from '../context.js';
import { type Giving, createGiving } from '../blobs/giving.js';
import { type Link, isKernelOnly } from '../links/link.js';
import type { OwnBundle } from './own-bundle.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** What answers members that ask for versions. */
export type CodeGiving = Giving<WantCodeMessage> & { readonly close: () => void };

/** Files of more than one part that are kept at hand between two parts. */
const AT_HAND_MAX = 2;
/** They are let go of when nobody asked for so long. */
const AT_HAND_MS = 10_000;

/**
 * Giving out versions that lie here checked, of those that were put to the account, or that a
 * member runs by its own word, as the one that all of them came with (rule U3).
 *
 * Whoever has the kernel channel alone is given what lets it come back, and nothing else: versions
 * that speak all that hard forks require (rules C9 and U4). Where policy passes on what is needed
 * alone, members are given what binds, what they run themselves by their word (a file of it may be
 * lost there), and what this very device offered; for anything else they hear at once that it is
 * not given, and ask somebody else (rule U2).
 */
export const createCodeGiving = (
  context: Context,
  own: Pick<OwnBundle, 'manifest' | 'policies'>,
  read: () => UpgradeReading | null,
): CodeGiving => {
  const atHand = new Map<string, Uint8Array>();
  let letGo: (() => void) | null = null;

  const isGiven = (link: Link, manifest: Hash): boolean => {
    const reading = read();
    const upgrade = reading?.state.upgrades.find(
      ({ body, stage }) => body.manifest === manifest && stage !== 'failed',
    );
    const runs = reading?.devices.map(reading.bundleOf).find((each) => each?.manifest === manifest);
    const told = upgrade?.body ?? runs ?? null;
    if (reading === null || told === null) return false;
    if (isKernelOnly(context, link)) {
      return lackedProtocols(reading.required, told.protocols).length === 0;
    }
    return own.policies().give === 'all' || isNeeded(reading, link.peer, manifest);
  };

  const isNeeded = (
    { state, activations, bundleOf }: UpgradeReading,
    by: DeviceId,
    manifest: Hash,
  ): boolean => {
    const isBinding = activations.some((each) => each.manifest === manifest);
    const isRunThere = bundleOf(by)?.manifest === manifest;
    return isBinding || isRunThere || state.upgrades.some(isOfferedHere(manifest));
  };

  const isOfferedHere =
    (manifest: Hash) =>
    ({ body, author }: Upgrade): boolean =>
      body.manifest === manifest && author === context.holdings?.me;

  const find = async (manifest: Hash, file: Hash | null): Promise<Uint8Array | null> => {
    const name = `${manifest}/${file ?? ''}`;
    const held = atHand.get(name);
    if (held !== undefined) return held;
    const kept = (await context.ports.bundles?.read(manifest, file)) ?? null;
    const bytes = kept ?? (file === null ? own.manifest(manifest) : null);
    if (bytes === null || codePartCount(bytes.length) === 1) return bytes;
    const [oldest] = atHand.size < AT_HAND_MAX ? [] : atHand.keys();
    if (oldest !== undefined) atHand.delete(oldest);
    atHand.set(name, bytes);
    letGo?.();
    letGo = context.ports.clock.after(AT_HAND_MS, () => atHand.clear());
    return bytes;
  };

  const answer = async (link: Link, want: WantCodeMessage): Promise<CodePartMessage> => {
    const { manifest, file, part } = want;
    const bytes = isGiven(link, manifest) ? await find(manifest, file) : null;
    const named = { kind: 'codePart', manifest, file, part } as const;
    if (bytes === null || part >= codePartCount(bytes.length)) {
      return { ...named, totalBytes: 0, bytes: null };
    }
    const size = LIMITS.codePartBytes;
    const given = bytes.slice(part * size, (part + 1) * size);
    return { ...named, totalBytes: bytes.length, bytes: given };
  };

  return {
    ...createGiving(answer),
    close: () => {
      letGo?.();
      atHand.clear();
    },
  };
};

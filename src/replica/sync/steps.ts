import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, Hash, RosterHash } from '../../core/base/brands.js';
import { hexToBytes } from '../../core/base/hash.js';
import { readReached, writeReached } from '../../core/links/reach.js';
import { type Step, stepOf } from '../../core/links/step.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { type Link, raiseFrontier } from '../links/link.js';
import { factSetOf, wholeFrontier } from './standing-words.js';

const steps = new WeakMap<Holdings, { readonly key: string; readonly step: Step }>();

/** Where this device stands. */
export const ownStep = (holdings: Holdings): Step => {
  const [factSet, base] = [factSetOf(holdings), holdings.base().id];
  const { tipHash } = holdings.chain();
  const key = `${factSet}:${base}:${tipHash}`;
  const held = steps.get(holdings);
  if (held?.key === key) return held.step;
  const step = stepOf(factSet as Hash, base, tipHash);
  steps.set(holdings, { key, step });
  return step;
};

/** Whether a peer, as far as is known, holds just what this device holds. */
export const isInStep = ({ holdings }: Context, link: Link): boolean =>
  holdings !== null && link.theirs !== null && link.step === ownStep(holdings);

/** Notes where a peer says that it stands. */
export const noteOwnWord = ({ holdings, ports }: Context, link: Link, step: Step): void => {
  link.ownWord = step;
  noteStep(link, step);
  if (holdings !== null && step === ownStep(holdings)) link.agreedMs = ports.clock.monotonicMs();
};

const noteStep = (link: Link, step: Step): void => {
  link.step = step;
  link.meter.step = step;
};

/** Notes how long two devices held different things, from when it showed until it was over. */
export const followAgreement = (context: Context, link: Link): void => {
  const nowMs = context.ports.clock.monotonicMs();
  const { meter } = link;
  if (!isInStep(context, link)) {
    meter.apartMs ??= nowMs;
  } else if (meter.apartMs !== null) {
    meter.catchUps += 1;
    meter.catchUpMs = nowMs - meter.apartMs;
    meter.apartMs = null;
  }
};

/** Takes a peer that says so for one that stands where this device stands. */
export const holdsTheSame = (holdings: Holdings, link: Link): void => {
  const { theirs } = link;
  if (theirs === null) return;
  const { tip, tipHash: rosterTip } = holdings.chain();
  const [base, factSet] = [holdings.base().id, factSetOf(holdings) as Hash];
  link.theirs = { ...theirs, rosterTip, epoch: tip.epoch, base, factSet };
  for (const { session, seq } of wholeFrontier(holdings)) {
    raiseFrontier(link, session, seq);
    link.claimed.set(session, seq);
  }
};

/**
 * The same where somebody else says so of it: nothing more is sent to it. What it said itself, and
 * what its membership follows from, stays; it is taken at that once the other was wrong.
 */
export const isSaidToHoldTheSame = (holdings: Holdings, link: Link): void => {
  noteStep(link, ownStep(holdings));
  for (const { session, seq } of wholeFrontier(holdings)) raiseFrontier(link, session, seq);
};

/** Ids that both ends of a link under one record know: most facts name some of them. */
export const knownWords = (holdings: Holdings): readonly Uint8Array[] => {
  const { tipHash } = holdings.chain();
  const held = words.get(holdings);
  if (held?.tipHash === tipHash) return held.known;
  const known = [holdings.account, tipHash, ...membersOf(holdings)].map((id) => hexToBytes(id));
  words.set(holdings, { tipHash, known });
  return known;
};

const words = new WeakMap<
  Holdings,
  { readonly tipHash: RosterHash; readonly known: readonly Uint8Array[] }
>();

/** Members in a few bytes, as both ends of a link under one record read them. */
export const reachedBytes = (holdings: Holdings, reached: ReadonlySet<DeviceId>): Uint8Array =>
  writeReached(holdings.chain().tipHash, membersOf(holdings), reached);

export const reachedIn = (holdings: Holdings, bytes: Uint8Array): ReadonlySet<DeviceId> =>
  readReached(holdings.chain().tipHash, membersOf(holdings), bytes);

const membersOf = (holdings: Holdings): readonly DeviceId[] =>
  devicesOf(holdings.chain().tip).map(({ device }) => device);

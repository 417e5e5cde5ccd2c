import { devicesOf } from '../../core/authority/roster.js';
import { BEFORE_POLICY } from '../../core/health/checks.js';
import {
  ALONE_MAX_MS,
  CLOCK_SKEW_MAX_MS,
  WHOLE_POLICY,
  clockSkewOf,
  type DegradingCheck,
} from '../../core/health/wider-checks.js';
import type { Context } from '../context.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import { type HealthCheck, checksOf } from './embedded-checks.js';
import { critical, lookAtJournal } from './health-checks.js';
import { type Check, type Finding, failing } from './run-checks.js';

/** All that is stored, in the place of samples: for whoever has the time (rule H1). */
export const wholeJournal = (context: Context): Check => ({
  ...critical('journal', () => lookAtJournal(context, { rows: Infinity, ends: Infinity })),
  policy: WHOLE_POLICY,
});

/**
 * What this device works without, though less well, for which nothing is blamed; and whatever an
 * embedding has looked at (rules H1 and H2).
 */
export const widerChecks = (
  context: Context,
  own: OwnBundle,
  peers: Pick<PeerChoice, 'ranked'>,
  embedded: readonly HealthCheck[],
): readonly Check[] => [
  degrading('loader', () => lookAtLoader(context, own)),
  degrading('clock', () => lookAtClock(peers)),
  degrading('persistence', () => lookAtPersistence(context)),
  degrading('rendezvous', () => lookAtRendezvous(context)),
  degrading('peers', () => lookAtPeers(context, peers)),
  ...checksOf(embedded),
];

/** It is looked at once: a trial does not wait for a network. */
const degrading = (name: DegradingCheck, look: () => Finding | Promise<Finding>): Check => ({
  ...{ name, isCritical: false, policy: BEFORE_POLICY, look: async () => look() },
});

const lookAtLoader = ({ ports }: Context, own: OwnBundle): Finding =>
  ports.bundles !== undefined && own.cannotSwitch() === 'no-loader'
    ? failing('no loader controls this page')
    : null;

const lookAtClock = (peers: Pick<PeerChoice, 'ranked'>): Finding => {
  const aheadMs = peers.ranked().flatMap(({ meter }) => meter.aheadMs ?? []);
  const skewMs = clockSkewOf(aheadMs);
  if (Math.abs(skewMs) <= CLOCK_SKEW_MAX_MS) return null;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return failing(`${minutes} minutes ${skewMs > 0 ? 'behind' : 'ahead of'} other devices`);
};

/** A browser that does not say whether it keeps things is taken at no word. */
const lookAtPersistence = async ({ ports }: Context): Promise<Finding> =>
  (await ports.storage.isPersisted()) === false ? failing('the browser promised nothing') : null;

const lookAtRendezvous = ({ ports }: Context): Finding =>
  ports.transport.rendezvous() === 'unreachable' ? failing('it does not answer') : null;

const lookAtPeers = (
  { holdings, lastSeen, ports }: Context,
  peers: Pick<PeerChoice, 'ranked'>,
): Finding => {
  if (holdings === null || peers.ranked().length > 0) return null;
  const others = devicesOf(holdings.chain().tip).filter(({ device }) => device !== holdings.me);
  if (others.length === 0) return null;
  const lastMs = Math.max(...others.map(({ device }) => lastSeen.of(device) ?? 0));
  if (ports.clock.wallMs() - lastMs <= ALONE_MAX_MS) return null;
  return failing(lastMs === 0 ? 'none was ever met' : 'none was met for a week');
};

import { type Capability, need } from '../../core/authority/capability.js';
import { err } from '../../core/base/result.js';
import { lackedProtocols } from '../../core/links/code-said.js';
import type { UpgradeBlocker } from '../../core/upgrades/switch-guard.js';
import { type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import type { CommandError } from '../command-error.js';
import type { Holdings } from '../journal/holdings.js';
import { isSetAside } from '../journal/set-aside.js';
import { isWayBack } from './upgrade-fence.js';
import { quarantinedHere } from './upgrade-fetching.js';
import type { UpgradeRoom, UpgradeService } from './upgrade-service.js';

/** The answer to a command that something stands in the way of. */
export const blocked = (
  blocker: UpgradeBlocker,
): { readonly ok: false; readonly error: CommandError } =>
  err({ kind: 'upgrade-blocked', blocker });

/** Why this device may not; null where it may (rule F8). */
export const lacking = (
  holdings: Holdings,
  capability: Capability,
): { readonly ok: false; readonly error: CommandError } | null => {
  const may = need(capability)(holdings.chain().tip, holdings.me);
  const isFree = may && !isSetAside(holdings, holdings.me);
  return isFree ? null : err({ kind: 'not-allowed', capability });
};

/** Why an upgrade is not fetched; null when it can be. */
export const fetchBlocker = (
  upgrade: Upgrade,
  upgrades: Pick<UpgradeRoom, 'own' | 'fetching' | 'read'>,
  holdings: Holdings,
): UpgradeBlocker | null => {
  const { own, fetching } = upgrades;
  const state = own.state();
  const cannot = own.cannotSwitch();
  const reading = upgrades.read(holdings);
  const isDone = isOver(upgrade) && !isWayBack(upgrade, holdings.me, own, reading);
  if (isDone) return { kind: 'over' };
  if (cannot !== null) return { kind: cannot };
  if (state?.active?.content === upgrade.body.content) return { kind: 'already-running' };
  if ((state?.trial ?? null) !== null) return { kind: 'on-trial' };
  if (fetching.isBusy()) return { kind: 'fetching' };
  const isRefused = quarantinedHere(own, reading).has(upgrade.body.content);
  return isRefused ? { kind: 'quarantined' } : null;
};

/**
 * Whether a person may have this device try what failed on it once more: where a fence keeps it out
 * and nothing else would let it back in (rules U4 and U7).
 */
export const mayTryAgain = (...about: Parameters<typeof fetchBlocker>): boolean => {
  const [upgrade, { own, read }, holdings] = about;
  const isRefused = fetchBlocker(...about)?.kind === 'quarantined';
  return isRefused && isWayBack(upgrade, holdings.me, own, read(holdings));
};

/** A device stops one content once, however often it is published. */
export const hasVetoed = (
  upgrades: Pick<UpgradeService, 'read'>,
  holdings: Holdings,
  { body }: Upgrade,
): boolean =>
  upgrades
    .read(holdings)
    .state.upgrades.some(
      (each) =>
        each.body.content === body.content &&
        each.vetoes.some(({ device }) => device === holdings.me),
    );

/**
 * What keeps this device from going back: the other bundle lacks a protocol that a hard fork
 * requires, or does not read the format of the records (rules U7 and S13); else null.
 */
export const fenceBehind = (
  holdings: Holdings,
  { own, read }: UpgradeService,
): UpgradeBlocker | null => {
  const idle = own.state()?.idle ?? null;
  if (idle === null) return null;
  const format = holdings.foldVersion();
  if (idle.fold < format) return { kind: 'behind-format', format };
  const [protocol] = lackedProtocols(read(holdings).required, idle.protocols);
  return protocol === undefined ? null : { kind: 'behind-fence', protocol };
};

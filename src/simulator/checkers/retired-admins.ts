import { replicaOf } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import { isAllowed, pastOf } from './allowed-facts.js';
import type { CreateChecker } from './checker.js';

/**
 * 13: what a retired admin says of versions beyond the closing frontier counts nowhere: at the end
 * nobody shows an offer of its, nor one as stopped or taken back on its word.
 *
 * So for everyone who holds the right no more, whatever record it claims.
 */
export const checkRetiredAdmins: CreateChecker = (scene) => {
  const said: LedgerEntry[] = [];
  return {
    wrote: (entry) => {
      if (entry.body?.kind.startsWith('upgrade.') === true) said.push(entry);
    },
    end: () => {
      for (const device of scene.devices) {
        const view = device.isLiar ? undefined : replicaOf(device)?.view();
        const past = view?.stage === 'member' ? pastOf(device) : null;
        if (view === undefined || past === null) continue;
        const counts = ({ fact }: LedgerEntry): boolean => isAllowed(past, fact, 'upgrade_publish');
        const hasSaid = (kind: 'upgrade.revoked' | 'upgrade.halted', id: string): boolean =>
          said.some(({ body, ...entry }) => {
            return body?.kind === kind && body.upgrade === id && counts({ body, ...entry });
          });
        const fail = (what: string): void =>
          scene.fail('13 a retired admin’s later acts are refused', `${device.name} ${what}`);
        const { pending, past: over } = view.upgrades;
        for (const { id, version, halted, failure } of [...pending, ...over]) {
          const offer = said.find(({ fact }) => fact.id === id);
          if (offer !== undefined && !counts(offer)) fail(`shows ${version}`);
          // What is taken back once it locked in is halted for good.
          const isRevoked = hasSaid('upgrade.revoked', id);
          if (failure?.kind === 'revoked' && !isRevoked) fail(`has ${version} taken back`);
          const mayBeHalted = isRevoked || hasSaid('upgrade.halted', id);
          if (halted !== null && !mayBeHalted) fail(`has ${version} halted`);
        }
      }
    },
  };
};

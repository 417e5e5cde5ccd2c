import { type PlantedBug, bug } from './bug.js';

/** What may go wrong where devices agree on the code that they run. */
export const UPGRADE_BUGS: readonly PlantedBug[] = [
  bug(
    'one device that has checked a release is enough',
    'src/core/upgrades/upgrade-state.ts',
    'Math.max(1, Math.min(tip.governanceThreshold, devicesOf(tip).length));',
    '1;',
    'upgrade',
  ),
  bug(
    'a release is taken before anyone has checked it',
    'src/core/upgrades/switch-guard.ts',
    'if (approvedMs === null) return tooFew(verifiedBy(upgrade), upgrade, ground);',
    'if (approvedMs === null) return null;',
    'upgrade',
  ),
  bug(
    'a halt is not heard',
    'src/core/upgrades/switch-guard.ts',
    "if (halted !== null) return { kind: 'halted', ...halted };\n  if (approvedMs",
    'if (approvedMs',
    'upgrade',
  ),
  bug(
    'every wave is open from the beginning',
    'src/core/upgrades/switch-guard.ts',
    'if (rollOut === null || mine <= rollOut.open) return null;',
    'if (rollOut === null || mine >= 0) return null;',
    'upgrade',
  ),
  bug(
    'a wave opens with its first device',
    'src/core/upgrades/roll-out.ts',
    'const nextMs = waitsFor.length === 0 ? since + grace : null;',
    'const nextMs = waitsFor.length < wave.length ? since + grace : null;',
    'upgrade',
  ),
  bug(
    'a release that was taken back is taken',
    'src/core/upgrades/upgrade-entries.ts',
    "if (entry.lockedInMs === null) entry.failure ??= { kind: 'revoked', ...objection };\n      else entry.revoked ??= objection;",
    'entry.halted ??= objection;',
    'upgrade',
  ),
  bug(
    'ready is said while files are still coming',
    'src/replica/upgrade-telling.ts',
    "if (idle?.state !== 'staged') return null;",
    'if (idle == null) return null;',
    'upgrade',
  ),
  bug(
    'pages of a trial are not counted',
    'src/core/upgrades/slots.ts',
    'if (trial.boots < BOOTS_MAX)',
    'if (trial.boots < BOOTS_MAX * 10)',
    'upgrade',
  ),
  bug(
    'all have to be ready',
    'src/core/upgrades/upgrade-entries.ts',
    'if (readyIn(entry).length < needed) return;',
    'if (readyIn(entry).length < 5) return;',
    'upgrade',
  ),
  bug(
    'a trial that failed is told to nobody',
    'src/replica/upgrade-telling.ts',
    'if (from === null) return [];',
    "if (from === null || outcome !== 'good') return [];",
    'upgrade',
  ),
];

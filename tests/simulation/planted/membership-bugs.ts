import { type PlantedBug, bug } from './bug.js';

/** What goes wrong where devices come, go and change their parts. */
export const MEMBERSHIP_BUGS: readonly PlantedBug[] = [
  bug(
    'the closing frontier of a removed device is ignored',
    'src/core/authority/closing.ts',
    '.filter((loss) => loss.isRemoval && counts(loss.link))',
    '.filter((loss) => loss.isRemoval && counts(loss.link) && loss.mask === 0)',
    'membership',
  ),
  bug(
    'a change takes the threshold that it brings',
    'src/core/authority/transition.ts',
    'const oldNeeded = previous.governanceThreshold;',
    'const oldNeeded = Math.min(previous.governanceThreshold, record.governanceThreshold);',
    'membership',
  ),
  bug(
    'a removed signer still counts',
    'src/core/authority/standing.ts',
    'signers.filter((signer) => stillCounts(signer, roster, chain, namers));',
    'signers.filter((signer) => stillCounts(signer, roster, chain, namers) || true);',
    'membership',
  ),
  bug(
    'a retired admin opens the first ballot',
    'src/core/authority/ballot.ts',
    '? vote.proposer === previous.record.admin',
    '? memberOf(previous.record, vote.proposer) !== null',
    'membership',
  ),
  bug(
    'a vote forgets what was promised',
    'src/core/authority/ballot-memory.ts',
    'if (promised !== null && compareBallots(vote, promised) < 0) {',
    'if (promised !== null && compareBallots(vote, promised) < 0 && vote.round < 0) {',
    'membership',
  ),
  bug(
    'a veto is read and not heeded',
    'src/replica/roster-course.ts',
    'return isDelayed || vetoOf(context, matter) !== null;',
    'return isDelayed;',
    'membership',
  ),
  bug(
    'a danger waits for a tenth of its time',
    'src/replica/confirmations.ts',
    'first + context.timing.dangerMs;',
    'first + context.timing.dangerMs / 10;',
    'membership',
  ),
  bug(
    'a taken capability still counts under the older record',
    'src/core/authority/closing.ts',
    '.filter((loss) => !loss.isRemoval && takes(loss, needed) && counts(loss.link))',
    '.filter((loss) => loss.isRemoval && takes(loss, needed) && counts(loss.link))',
    'membership',
  ),
];

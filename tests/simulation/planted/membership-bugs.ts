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
    'a vote forgets what was promised',
    'src/core/authority/ballot-memory.ts',
    'if (promised !== null && compareBallots(vote, promised) < 0) {',
    'if (promised !== null && compareBallots(vote, promised) < 0 && vote.round < 0) {',
    'membership',
  ),
  bug(
    'a danger waits for a tenth of its time',
    'src/replica/confirmations.ts',
    'first + context.timing.dangerMs;',
    'first + context.timing.dangerMs / 10;',
    'membership',
  ),
];

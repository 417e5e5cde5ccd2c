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
    'src/replica/membership/confirmations.ts',
    'context.timing.noticeMs : context.timing.dangerMs;',
    'context.timing.noticeMs : context.timing.dangerMs / 10;',
    'membership',
  ),
  bug(
    'an honest veto is ignored',
    'src/replica/membership/confirmations.ts',
    'return counting.sort()[0] ?? null;',
    'return null;',
    'membership,vetoes',
  ),
  bug(
    'who a change is done to may veto it',
    'src/core/authority/danger.ts',
    'return { subjects: [...new Set(subjects)].sort() };',
    'return { subjects: [] };',
    'membership,vetoes',
  ),
  bug(
    'any number confirms a danger',
    'src/replica/membership/roster-answers.ts',
    'match === matchNumberOf(recordHash);',
    'match !== null;',
    'membership',
  ),
  bug(
    'a promise is not remembered',
    'src/replica/membership/ballot-box.ts',
    'encodeBallotMemory(allowed.value.next)),',
    'encodeBallotMemory(memory.value)),',
    'membership',
  ),
  bug(
    'a danger waits no longer after a restart',
    'src/replica/membership/confirmations.ts',
    "if (kind === 'sight') firstSightMs.set(record, at);",
    "if (kind === 'sight') firstSightMs.set(record, 0);",
    'membership,restless',
  ),
  bug(
    'the threshold of the new record is not asked for',
    'src/core/authority/transition.ts',
    'return have < newNeeded ?',
    'return have < 0 ?',
    'membership',
  ),
  bug(
    'a closing frontier closes who stayed',
    'src/core/authority/closing.ts',
    '.filter((loss) => loss.isRemoval && counts(loss.link))\n    .map',
    '.filter((loss) => counts(loss.link))\n    .map',
    'membership',
  ),
  bug(
    'who was enough once is enough for ever',
    'src/core/authority/standing.ts',
    'return later.every(({ snapshotThreshold }) => counting.length >= snapshotThreshold)',
    'return later.every(() => true)',
    'colluders,membership',
  ),
];

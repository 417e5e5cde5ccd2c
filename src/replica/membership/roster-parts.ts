import type { OwnAnswers } from '../decisions/own-answers.js';
import { createBallotBox } from './ballot-box.js';
import { createBindingCheck } from '../upgrades/binding-votes.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import { type Confirmations, createConfirmations } from './confirmations.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from './epoch-secrets.js';
import type { Intake } from '../journal/intake.js';
import type { OwnSession } from '../journal/own-session.js';
import { isPresentMember, sendOn } from '../links/link.js';
import type { LinkService } from '../links/link-service.js';
import { type Newcomers, createNewcomers } from '../pairing/newcomers.js';
import { type PaperVotes, createPaperVotes } from '../recovery/paper-votes.js';
import { createPatience } from '../loop/patience.js';
import { type Recovery, createRecovery } from '../recovery/recovery.js';
import type { Row } from '../../ports/store.js';
import { type RosterAnswers, createRosterAnswers } from './roster-answers.js';
import { type RosterCourse, createRosterCourse } from './roster-course.js';
import { type RosterService, createRosterService } from './roster-service.js';

/** Everything that has to do with the successor of the record in force. */
export interface RosterParts {
  readonly rosters: RosterService;
  readonly confirmations: Confirmations;
  readonly course: RosterCourse;
  readonly rosterAnswers: RosterAnswers;
  readonly recovery: Recovery;
  readonly newcomers: Newcomers;
  /** One automatic step; true when something was written. */
  readonly settle: () => Promise<boolean>;
  readonly load: (own: readonly Row[]) => void;
  readonly close: () => void;
}

export const createRosterParts = (
  context: Context,
  intake: Intake,
  session: OwnSession,
  secrets: EpochSecrets,
  answers: OwnAnswers,
  links: () => LinkService,
  policy: CodePolicy,
  settleSoon: () => void,
): RosterParts => {
  const box = createBallotBox(context, intake, session);
  const bindingBlocker = createBindingCheck(context);
  const confirmations = createConfirmations(context, bindingBlocker, settleSoon);
  const patience = createPatience(context.ports.clock, settleSoon);
  const rosters = createRosterService(context, intake, secrets, box, confirmations, policy);
  const course = createRosterCourse(context, intake, {
    ...{ secrets, box, rosters, confirmations, patience, bindingBlocker, policy },
    isLinked: (device) => links().linkTo(device) !== null,
  });
  const votes: PaperVotes = createPaperVotes(context, intake, {
    ...{ rosters, confirmations, course, secrets },
    tell: (share) => {
      for (const link of links().links().filter(isPresentMember)) {
        sendOn(link, { kind: 'share', ...share });
      }
    },
  });
  const recovery = createRecovery(context, { rosters, confirmations, votes });
  const newcomers = createNewcomers(context);
  const rosterAnswers = createRosterAnswers(context, intake, {
    ...{ answers, rosters, box, confirmations, course, bindingBlocker },
  });
  return {
    ...{ rosters, confirmations, course, rosterAnswers, recovery, newcomers },
    settle: async () => (await votes.settle()) || (await course.settle()),
    load: (own) => {
      confirmations.load(own);
      votes.load(own);
      recovery.load(own);
      newcomers.load(own);
    },
    close: () => {
      confirmations.close();
      patience.close();
    },
  };
};

import type { DeviceId } from '../core/base/brands.js';
import type { Answers } from './answers.js';
import { createBallotBox } from './ballot-box.js';
import { type Confirmations, createConfirmations } from './confirmations.js';
import type { Context } from './context.js';
import type { EpochSecrets } from './epoch-secrets.js';
import type { Intake } from './intake.js';
import { createPatience } from './patience.js';
import { type RosterAnswers, createRosterAnswers } from './roster-answers.js';
import { type RosterCourse, createRosterCourse } from './roster-course.js';
import { type RosterService, createRosterService } from './roster-service.js';

/** Everything that has to do with the successor of the record in force. */
export interface RosterParts {
  readonly rosters: RosterService;
  readonly confirmations: Confirmations;
  readonly course: RosterCourse;
  readonly rosterAnswers: RosterAnswers;
  readonly close: () => void;
}

export const createRosterParts = (
  context: Context,
  intake: Intake,
  secrets: EpochSecrets,
  answers: Answers,
  isLinked: (device: DeviceId) => boolean,
  settleSoon: () => void,
): RosterParts => {
  const box = createBallotBox(context, intake);
  const confirmations = createConfirmations(context, settleSoon);
  const patience = createPatience(context.ports.clock, settleSoon);
  const rosters = createRosterService(context, intake, secrets, box, confirmations);
  const course = createRosterCourse(context, intake, {
    ...{ secrets, box, rosters, confirmations, patience, isLinked },
  });
  const rosterAnswers = createRosterAnswers(context, intake, {
    ...{ answers, rosters, box, confirmations, course },
  });
  return {
    ...{ rosters, confirmations, course, rosterAnswers },
    close: () => {
      confirmations.close();
      patience.close();
    },
  };
};

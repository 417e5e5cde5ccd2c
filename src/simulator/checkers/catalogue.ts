import { checkAdvance } from './advance.js';
import { checkBallots } from './ballots.js';
import type { CreateChecker } from './checker.js';
import { checkDangers } from './dangers.js';
import { checkEligibility } from './eligibility.js';
import { checkEqualSets } from './equal-sets.js';
import { checkFences } from './fences.js';
import { checkFiles } from './files.js';
import { checkHardForks } from './hard-forks.js';
import { checkHealth } from './health.js';
import { checkKeptShares } from './kept-shares.js';
import { checkLoaders } from './loaders.js';
import { checkMerges } from './merges.js';
import { checkOwnAccount } from './own-account.js';
import { checkOwnWord } from './own-word.js';
import { checkPlainFold } from './plain-fold.js';
import { checkPruning } from './pruning.js';
import { checkRefusals } from './refusals.js';
import { checkRemovals } from './removals.js';
import { checkRetiredAdmins } from './retired-admins.js';
import { checkRosterRules } from './roster-rules.js';
import { checkShownCounts } from './shown-counts.js';
import { checkSignedRuns } from './signed-runs.js';
import { checkThresholds } from './thresholds.js';
import { checkUnknownKinds } from './unknown-kinds.js';
import { checkUpgrades } from './upgrades.js';

/** Every promise that each run is held to, besides what persons were told. */
export const CHECKERS: readonly CreateChecker[] = [
  checkOwnAccount,
  checkOwnWord,
  checkThresholds,
  checkPruning,
  checkFences,
  checkAdvance,
  checkEqualSets,
  checkShownCounts,
  checkKeptShares,
  checkPlainFold,
  checkEligibility,
  checkUnknownKinds,
  checkRefusals,
  checkSignedRuns,
  checkRosterRules,
  checkBallots,
  checkDangers,
  checkRemovals,
  checkRetiredAdmins,
  checkMerges,
  checkFiles,
  checkUpgrades,
  checkHardForks,
  checkHealth,
  checkLoaders,
];

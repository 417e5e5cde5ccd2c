import { err, ok } from '../../core/base/result.js';
import { type OpeningFault, causeOf, isOpeningBlamed } from '../../core/health/checks.js';
import type { Bundles } from '../../ports/bundles.js';
import type { Keepsake } from '../../ports/keepsake.js';
import { STORE_PROBLEMS } from '../loop/problems.js';
import type { UpgradeCommands } from '../upgrades/upgrade-commands.js';
import type { View } from '../view.js';

/** What judges the code of a page whose store does not open. */
export interface UnopenedParts {
  readonly bundles: Bundles | undefined;
  readonly keepsake: Keepsake;
}

/**
 * What follows for the code of this page where the store cannot be opened (rules H1 and H2): the
 * one check that needs no store. It answers as `upgrades.prove` does.
 *
 * A bundle on trial is left at once, unless the store did not open before it either; so is a later
 * one that is too old for what lies here. Another tab that stands in the way is nobody's fault.
 * There is no asking whether an upgrade that binds the account lies between: who cannot open the
 * store cannot know, as the loader does not.
 * Errors of `prove`: `bundle`; `busy` where the code is not to blame.
 */
export const judgeUnopened = async (
  error: OpeningFault,
  { bundles, keepsake }: UnopenedParts,
): Promise<UpgradeCommands['prove']> => {
  const before = keepsake.read();
  const state = await bundles?.state().catch(() => undefined);
  const isOnTrial = (state?.trial ?? null) !== null;
  // What fails under code that was good is the device's own trouble, and is so after a switch too.
  if (!isOnTrial && error !== 'blocked')
    keepsake.write({ name: before?.name ?? null, opens: false });
  const isBlamed = isOpeningBlamed(error, isOnTrial, before?.opens === false);
  return async () => {
    if (!isBlamed || bundles === undefined) return err({ kind: 'busy' });
    const failed = {
      name: 'store',
      isCritical: true,
      grade: 'failed',
      cause: `open: ${error}`,
    } as const;
    const back = await bundles.rollBack(
      causeOf({ ...failed, attempts: 1, durationMs: 0 }),
      'health',
    );
    return back.ok ? ok({ reload: true }) : err({ kind: 'bundle', fault: back.error });
  };
};

/** Why a replica that was opened just now could not read its store; null where it could. */
export const openingFaultIn = ({ stage, problems }: View): OpeningFault | null => {
  if (stage !== 'lost') return null;
  const faults = Object.keys(STORE_PROBLEMS) as readonly OpeningFault[];
  const isShown = (fault: OpeningFault): boolean =>
    problems.some(({ kind }) => kind === STORE_PROBLEMS[fault]);
  return faults.find(isShown) ?? 'failed';
};

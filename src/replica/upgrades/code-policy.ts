import { need } from '../../core/authority/capability.js';
import type { Hash } from '../../core/base/brands.js';
import { err } from '../../core/base/result.js';
import { type CodeTerms, isForeignCode } from '../../core/ceremonies/agreed-code.js';
import { AGREED_CODE, isAgreedCodeRequired, policyOf } from '../../core/journal/policy-marks.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { isSetAside } from '../journal/set-aside.js';
import { onFetched } from '../loop/fetched-part.js';
import type { AgreedCodeView } from './upgrade-view.js';
import { createUpgradeReader } from './upgrade-reading.js';

/** Whether a yes counts that was given on code which the account never agreed to (rule C7). */
export interface CodePolicy {
  readonly terms: (holdings: Holdings) => CodeTerms;
  /** Under that rule this device says no yes: it could be given once, and would not count. */
  readonly isHeldBack: (holdings: Holdings) => boolean;
  /** Sets the rule, or lets go of it, for all devices. */
  readonly require: (isRequired: boolean) => Done;
  readonly view: (holdings: Holdings) => AgreedCodeView;
}

const NOTHING_AGREED: ReadonlySet<Hash> = new Set();

export const createCodePolicy = (context: Context, intake: Intake): CodePolicy => {
  const read = createUpgradeReader(context);

  const terms: CodePolicy['terms'] = (holdings) => {
    const isRequired = isAgreedCodeRequired(holdings.fold().state().marks);
    return { isRequired, agreed: isRequired ? read(holdings).state.approved : NOTHING_AGREED };
  };

  const isForeignHere = (holdings: Holdings): boolean =>
    isForeignCode(context.code.content, read(holdings).state.approved);

  const may = (holdings: Holdings, isRequired: boolean): boolean => {
    const { tip } = holdings.chain();
    if (isSetAside(holdings, holdings.me)) return false;
    const isAllowed = need('policy_change')(tip, holdings.me);
    return isAllowed || (!isRequired && need('roster_change')(tip, holdings.me));
  };

  const view: CodePolicy['view'] = (holdings) => {
    const { isRequired } = terms(holdings);
    const word = policyOf(holdings.fold().state().marks, AGREED_CODE);
    return {
      isRequired,
      said: word === null ? null : { device: word.author, atMs: word.atMs },
      isForeignHere: isForeignHere(holdings),
      mayChange: may(holdings, !isRequired),
    };
  };

  return {
    terms,
    isHeldBack: (holdings) => terms(holdings).isRequired && isForeignHere(holdings),
    // Rules are few, and set seldom: what sets them is fetched when one is.
    require: async (isRequired) => {
      const { holdings } = context;
      if (holdings === null) return err({ kind: 'no-account' });
      return onFetched(import('./rule-setting.js'), ({ setAgreedCode }) =>
        setAgreedCode(intake, view(holdings), isRequired),
      );
    },
    view,
  };
};

import { whoBrokeWord } from '../../core/authority/broken-word.js';
import { need } from '../../core/authority/capability.js';
import { memberOf } from '../../core/authority/roster.js';
import type { Choice } from './choice.js';
import type { CommandError } from '../commands.js';
import type { Holdings } from '../journal/holdings.js';
import { isSetAside } from '../journal/set-aside.js';

/** Why this device cannot ask for a merge now; null when it can. */
export const mergeBlocker = (
  holdings: Holdings,
  choice: Choice,
): Extract<
  CommandError,
  { readonly kind: 'not-forked' | 'broke-word' | 'merge-not-shown' | 'not-allowed' }
> | null => {
  const { me } = holdings;
  const { fork, record } = choice;
  if (!holdings.chain().isForked) return { kind: 'not-forked' };
  if (whoBrokeWord(choice).includes(me)) return { kind: 'broke-word' };
  if (fork === null || record.members.length === 0) return { kind: 'merge-not-shown' };
  const isElector = memberOf(record, me) !== null && need('roster_change')(record, me);
  const isAble = isElector && need('roster_change')(holdings.chain().tip, me);
  return isAble && !isSetAside(holdings, me)
    ? null
    : { kind: 'not-allowed', capability: 'roster_change' };
};

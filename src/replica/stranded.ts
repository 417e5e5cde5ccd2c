import { memberOf } from '../core/authority/roster.js';
import { effectOf } from '../core/journal/effects.js';
import { type Fields, type ItemKey, itemKeyOf } from '../core/journal/state.js';
import { contentOf } from '../core/records/draft.js';
import type { Holdings } from './holdings.js';
import type { StrandedEditView } from './view.js';

/**
 * What a removed device wrote beyond the frontier that closes its sessions (rule A4).
 *
 * It counts nowhere and is folded nowhere, but its author is shown it: what a person wrote is never
 * gone from the screen that said it was saved. Empty on a device that is a member.
 */
export const viewWrittenTooLate = (holdings: Holdings): readonly StrandedEditView[] => {
  const chain = holdings.chain();
  const { me } = holdings;
  if (memberOf(chain.tip, me) !== null) return [];
  const items = holdings.fold().state().items;
  const fieldsByKey = new Map<ItemKey, Fields>();
  for (const [session, log] of holdings.journal().sessions()) {
    if (holdings.journal().tip(session)?.author !== me) continue;
    const closed = chain.closedAt(session, me, null);
    if (closed === null) continue;
    for (const fact of log.since(closed + 1)) {
      const effect = effectOf(fact);
      if (effect.kind !== 'create' && effect.kind !== 'edit') continue;
      const key = itemKeyOf(effect.kind === 'create' ? effect.dot : effect.target);
      const before = fieldsByKey.get(key) ?? items.get(key)?.fields ?? [];
      fieldsByKey.set(key, new Map([...before, ...effect.fields]));
    }
  }
  return [...fieldsByKey].flatMap(([key, fields]) => {
    const content = contentOf(fields);
    const editedMs = Math.max(...[...fields.values()].map(({ wallMs }) => wallMs));
    return content === null ? [] : [{ key, ...content, editedMs, editedBy: me }];
  });
};

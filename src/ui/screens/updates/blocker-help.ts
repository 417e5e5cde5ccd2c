import type { DeviceId } from '../../../core/base/brands.js';
import type { UpgradeBlocker, View } from '../../../replica/view.js';
import { findDevice } from '../../names.js';
import { type Words, wordsFrom } from '../../words/words.js';

/** Who is missing, and the cheapest step that brings it on (rule C8); empty where nobody is. */
export const blockerHelp = (blocker: UpgradeBlocker | null, view: View, words: Words): string => {
  if (blocker === null) return '';
  const say = wordsFrom(words.later.updates);
  const missing = missingOf(blocker);
  const named = missing.flatMap((id) => findDevice(view, id) ?? []);
  if (named.length === 0) return '';
  const me = named.find(({ isMe }) => isMe);
  if (me !== undefined) return say.ownTurn;
  const [nearest] = [...named].sort(
    (a, b) =>
      Number(a.presence === 'away') - Number(b.presence === 'away') ||
      (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0),
  );
  const step = nearest === undefined ? '' : say.openOn(nearest.name);
  return `${say.missing(named.map(({ name }) => name))} ${step}`.trim();
};

const missingOf = (blocker: UpgradeBlocker): readonly DeviceId[] => {
  if (blocker.kind === 'not-locked-in') return blocker.missing;
  return blocker.kind === 'wave' ? blocker.waitsFor : [];
};

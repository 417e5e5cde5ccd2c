import { LIMITS } from '../../../core/base/limits.js';
import type { DeviceView, View } from '../../../replica/view.js';
import { plainName } from '../../names.js';
import type { Words } from '../../words/words.js';

/** Why this device asks for no change of the devices, and who can: near ones first (F6, F8). */
export type NoChange =
  | { readonly kind: 'not-allowed'; readonly able: readonly DeviceView[] }
  | { readonly kind: 'two-stories' }
  | { readonly kind: 'forked' };

/** What keeps this device from asking for what needs a capability; null when nothing does. */
export const whyNoChange = (view: View, capability = 'roster_change'): NoChange | null => {
  const { account, devices, merging, problems } = view;
  if (account === null) return null;
  const isTwoStories = problems.some(
    ({ kind, device }) => kind === 'equivocation' && device === account.me,
  );
  if (isTwoStories) return { kind: 'two-stories' };
  if (merging !== null) return { kind: 'forked' };
  const may = devices.filter(({ capabilities }) => capabilities.includes(capability));
  if (may.some(({ isMe }) => isMe)) return null;
  const able = may.filter(({ form }) => form !== 'paper');
  return { kind: 'not-allowed', able: able.sort((a, b) => rankOf(a) - rankOf(b)) };
};

const rankOf = ({ presence }: DeviceView): number => (presence === 'away' ? 1 : 0);

/** What keeps this device from letting one more in; null when nothing does (rules A1, N9). */
export const whyNoNewcomer = (view: View): NoChange | { readonly kind: 'full' } | null => {
  const isFull = view.devices.length >= LIMITS.rosterMembersMax;
  return whyNoChange(view) ?? (isFull ? { kind: 'full' } : null);
};

/** The same in one sentence, for a button that cannot be used here. */
export const sayNoChange = (words: Words, view: View, capability?: string): string | null => {
  const why = whyNoChange(view, capability);
  if (why === null) return null;
  if (why.kind === 'two-stories') return words.membership.newKey.mineTitle;
  if (why.kind === 'forked') return words.errors.problem.forked.title;
  return words.membership.elsewhere(why.able.map(({ name }) => plainName(name)));
};

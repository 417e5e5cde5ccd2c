import type { View } from '../../../replica/view.js';
import type { DeviceAct, Route } from '../../route.svelte.js';
import type { PaletteWords } from '../../words/en/later/palette.js';

/** What an operation does: leads somewhere, or acts at once. */
export type Target =
  | { readonly kind: 'go'; readonly route: Route }
  | { readonly kind: 'act'; readonly act: 'connection' | 'reconnect' | 'release' | 'persist' };

/** One thing that can be done, by the name that people type. */
export interface Operation {
  readonly key: string;
  /** In two or three words, the matter first: `snapshot propose`. */
  readonly name: string;
  readonly note: string;
  readonly target: Target;
}

const go = (route: Route): Target => ({ kind: 'go', route });

/** Everything that can be done on this device now, in the order of daily use. */
export const listOperations = (view: View, words: PaletteWords): readonly Operation[] => {
  const named = (key: keyof PaletteWords['operations'], target: Target): Operation => ({
    key,
    ...words.operations[key],
    target,
  });
  const ofDevices = view.devices.flatMap(({ id, name, form, isAdmin, isMe }) => {
    const isPaper = form === 'paper';
    const hasOthers = view.devices.length > 1;
    const acts: readonly (DeviceAct | false)[] = [
      !isPaper && 'rename',
      !isMe && hasOthers && 'remove',
      'rights',
      !isPaper && !isAdmin && 'admin',
    ];
    return acts
      .filter((act) => act !== false)
      .map((act): Operation => ({
        key: `${act} ${id}`,
        ...words[act](name),
        target: go({ kind: 'device', id, act }),
      }));
  });
  const toDevices = view.devices.map(({ id, name }): Operation => ({
    key: `show ${id}`,
    ...words.show(name),
    target: go({ kind: 'device', id, act: null }),
  }));
  return [
    named('home', go({ kind: 'home' })),
    named('recordNew', go({ kind: 'record', key: 'new' })),
    named('records', go({ kind: 'records' })),
    named('fileAttach', go({ kind: 'record', key: 'new' })),
    named('filePolicy', go({ kind: 'storage' })),
    named('snapshotPropose', go({ kind: 'propose' })),
    named('snapshots', go({ kind: 'snapshots' })),
    named('deviceAdd', go({ kind: 'pair' })),
    named('rules', go({ kind: 'rules' })),
    named('recovery', go({ kind: 'recovery' })),
    named('keys', go({ kind: 'rules' })),
    ...toDevices,
    ...ofDevices,
    ...(view.leaving.canLeave ? [named('leave', go({ kind: 'leave' }))] : []),
    ...(view.forks.length === 0 ? [] : [named('split', go({ kind: 'split' }))]),
    named('updates', go({ kind: 'updates' })),
    named('updatePolicy', go({ kind: 'updates' })),
    named('updateOffer', go({ kind: 'publish' })),
    named('activity', go({ kind: 'activity' })),
    ...(view.blobs.transfers.length === 0
      ? []
      : [named('fileTransfers', { kind: 'act', act: 'connection' })]),
    named('storage', go({ kind: 'storage' })),
    named('connection', { kind: 'act', act: 'connection' }),
    named('reconnect', { kind: 'act', act: 'reconnect' }),
    ...(view.fence === null ? [] : [named('release', { kind: 'act', act: 'release' })]),
    ...(view.storage.isPersisted === false
      ? [named('persist', { kind: 'act', act: 'persist' })]
      : []),
    named('lock', go({ kind: 'more' })),
    named('quiet', go({ kind: 'more' })),
    named('tryIt', go({ kind: 'try' })),
  ];
};

/** Those of which every typed word begins a word, by name first. */
export const findOperations = (
  operations: readonly Operation[],
  typed: string,
): readonly Operation[] => {
  const asked = wordsOf(typed);
  const fits = (text: string): boolean => {
    const parts = wordsOf(text);
    return asked.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const byName = operations.filter(({ name }) => fits(name));
  const byNote = operations.filter(({ name, note }) => !fits(name) && fits(`${name} ${note}`));
  return [...byName, ...byNote];
};

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

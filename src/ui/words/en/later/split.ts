import type { DeviceId } from '../../../../core/base/brands.js';
import type { MergingView, RosterChanges } from '../../../../replica/view.js';
import { plainName } from '../../../names.js';
import { format } from '../common.js';

const quote = (name: string): string => `“${plainName(name)}”`;
const names = (all: readonly string[]): string => format.list(all.map(plainName));
const quotes = (all: readonly { readonly name: string }[]): string =>
  format.list(all.map(({ name }) => quote(name)));

/** What a list changes against the last one before the split, a line each. */
const changes = (said: RosterChanges, nameOf: (device: DeviceId) => string): readonly string[] => {
  const { joining, leaving, renamed, capabilities, admin } = said;
  const { snapshotThreshold: snapshot, governanceThreshold: governance } = said;
  return [
    ...(joining.length > 0 ? [`Lets ${quotes(joining)} in`] : []),
    ...(leaving.length > 0 ? [`Takes ${quotes(leaving)} out`] : []),
    ...renamed.map(({ from, to }) => `Calls ${quote(from)} ${quote(to)}`),
    ...(admin === null
      ? []
      : [`Makes ${quote(nameOf(admin.to))} the admin instead of ${quote(nameOf(admin.from))}`]),
    ...capabilities.map(({ name }) => `Changes what ${quote(name)} may do`),
    ...(snapshot.from === snapshot.to
      ? []
      : [`Takes ${format.number(snapshot.to)} yeses to tidy up instead of ${snapshot.from}`]),
    ...(governance.from === governance.to
      ? []
      : [`Takes ${governance.to} yeses to change the devices instead of ${governance.from}`]),
  ];
};

const BLOCKED: Readonly<Record<NonNullable<MergingView['blocker']>, string>> = {
  'not-forked': 'There is one list of devices.',
  'broke-word':
    'This device is shown to have broken its word between them, so it cannot ask for it. Another one can.',
  'merge-not-shown':
    'Nobody can bring these lists together: it is not shown who broke their word, or too few others are left. Agree which list is right, and leave together: begin another account, with these records, with those you trust.',
  'not-allowed': 'This device is not one of those who decide this. Another one can ask for it.',
};

/** Two lists of devices that were both agreed to, and bringing them together. */
export const split = {
  title: 'Two lists of devices',
  lead: 'Two changes of the devices were both agreed to. Until people settle it, only what both allow goes on.',
  none: 'There is one list of devices.',
  branch: (index: number) => `List ${index}`,
  stands: 'stands',
  open: 'open',
  agreed: 'Agreed to by',
  admin: 'Admin',
  devices: 'Devices',
  changes,
  keysOnly: 'It changes nothing but the keys.',
  goesOn: 'Other changes were made on this list since.',
  twice: (all: readonly string[]) =>
    `${names(all)} agreed to both. That should not happen: its data was copied or put back, or somebody else has its keys.`,
  broke: (all: readonly string[]) =>
    `${names(all)} agreed to one list and kept that back when the other was asked for. That should not happen: its data was copied or put back, or somebody else has its keys.`,
  settle: 'Talk to each other before you bring them together.',
  record: 'Record',
  merge: {
    title: 'Bring them together',
    does: [
      'One list follows both. Whom neither of them took out stays, and whom one of them let in comes in.',
      'Where they differ in what a device may do, or in how many have to agree, the stricter one counts.',
      'What was written on either side stays.',
    ],
    decides: (all: readonly string[], needed: number) =>
      needed === all.length
        ? `${names(all)} have to say yes.`
        : `${format.number(needed)} of these have to say yes: ${names(all)}.`,
    excluded: (all: readonly string[]) =>
      `What ${names(all)} says does not count here, because it broke its word between these lists.`,
    start: 'Bring them together…',
    takeOut: 'Take out: who broke its word, or came in on one list',
    cameIn: 'came in on one list; leave it out only where too few would be left to agree',
    takeOutNote:
      'It gets nothing new, and may be paired again with new keys. Whoever is taken out makes the others wait first.',
    send: 'Ask the others',
    sending: 'Asking…',
    asked: 'It is asked for already.',
    see: 'See it',
    blocked: (reason: NonNullable<MergingView['blocker']>) => BLOCKED[reason],
  },
  left: (count: number) =>
    format.plural(count, {
      one: '# entry counts on no list just now. It waits under Records until somebody takes it over.',
      other:
        '# entries count on no list just now. They wait under Records until somebody takes them over.',
    }),
  toRecords: 'See what waits',
};

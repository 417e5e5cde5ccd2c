import { plainName } from '../../../names.js';
import { format } from '../common.js';

/** Words of offering a version to the other devices. */
export const publish = {
  title: 'Offer a version',
  lead: 'Your devices look at it, check it, and say whether they are ready. Nothing switches before enough of them did.',
  address: 'Address of the website',
  addressHint: 'Left empty: the website that this app came from.',
  look: 'See what it has',
  looking: 'Asking the website…',
  found: 'What it has',
  version: 'Version',
  size: 'Size',
  amount: (bytes: number, files: number) =>
    `${format.bytes(bytes)}, ${format.plural(files, { one: '# file', other: '# files' })}`,
  release: 'Release',
  known: 'Your devices have been offered this one already.',
  faulty: 'Your devices would refuse it',
  notes: 'What changes',
  notesHint: 'In plain words. Everyone reads it before they say yes.',
  kind: 'Who needs it',
  kinds: {
    soft: {
      label: 'Each device as it likes',
      note: 'Old and new go on together. It can be undone.',
    },
    hard: {
      label: 'Every device, in the end',
      note: 'Once enough run it well, your devices decide to make it binding. After that there is no way back.',
    },
  },
  opener: 'It renews the part that opens the app',
  openerText:
    'Every version is opened by it. It changes only once your devices make this version binding.',
  until: 'On offer for',
  untilHint: 'One that is not opened in that time does not count.',
  untils: { hour: 'an hour', day: 'a day', week: 'a week', month: 'a month' },
  order: 'In which order',
  orders: {
    all: { label: 'All at once', note: 'as soon as enough are ready' },
    cohorts: {
      label: 'By their turns',
      note: 'early ones first, late ones last; each group once the one before ran well for an hour',
    },
    me: { label: 'This device first', note: 'the others follow once it ran well for an hour' },
    each: { label: 'One after another', note: 'each once the one before ran well for an hour' },
  },
  turns: (groups: readonly (readonly string[])[]) => {
    const [first = '', ...rest] = groups.map((group) => format.list(group.map(plainName)));
    const last = rest.at(-1);
    if (last === undefined) {
      return 'All of your devices have the same turn, so it goes to all at once. Each sets its own under Updates.';
    }
    const between = rest.slice(0, -1).map((group) => `then ${group}`);
    return `First ${[first, ...between, `last ${last}`].join('; ')}, and whoever joins since.`;
  },
  send: 'Offer it',
  sending: 'Offering…',
  needed: (needed: number) =>
    format.plural(needed, {
      one: '# device has to be ready.',
      other: '# devices have to be ready.',
    }),
};

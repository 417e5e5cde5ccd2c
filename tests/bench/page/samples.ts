import type { Body } from '../../../src/core/facts/bodies.js';
import type { Dot } from '../../../src/core/journal/state.js';

const ROOMS = ['Cellar', 'Kitchen', 'Attic', 'Garden', 'Garage', 'Bathroom', 'Hall', 'Roof'];
const THINGS = ['boiler', 'water filter', 'smoke alarm', 'gutter', 'fuse box', 'pump', 'lock'];
const LABELS = ['appliances', 'garden', 'heating', 'house', 'plumbing', 'safety', 'warranty'];
const SENTENCES = [
  'Bought at the shop on Mill Street; the receipt is in the blue folder.',
  'Turn the valve a quarter to the left before opening, and keep a bucket below.',
  'Last serviced by the firm from next door, who left the spare gasket on the shelf.',
  'The serial number is on the back, behind the grey cover with two screws.',
  'Check again before winter — the seal was worn, and the pressure fell below 1.2 bar.',
];

/** What one person did: a record of a household, or a change of one. */
export type Deed =
  | { readonly kind: 'create'; readonly record: number; readonly content: Content }
  | { readonly kind: 'retitle'; readonly record: number; readonly title: string }
  | { readonly kind: 'label'; readonly record: number; readonly label: string }
  | { readonly kind: 'remove'; readonly record: number };

export interface Content {
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
}

/**
 * Deeds of one session, the same in each run: of a hundred 80 creations with 150 to 350 bytes of
 * text, 12 new titles, 6 labels and 2 removals. A record is numbered by the deed that created it.
 */
export const deedsOf = (count: number): readonly Deed[] =>
  Array.from({ length: count }, (_, index): Deed => {
    const place = index % 100;
    const record = index - place + ((place * 7) % 80);
    if (place < 80) return { kind: 'create', record: index, content: contentOf(index) };
    if (place < 92) return { kind: 'retitle', record, title: `${titleOf(index)}, checked` };
    return place < 98
      ? { kind: 'label', record, label: LABELS[index % LABELS.length] as string }
      : { kind: 'remove', record };
  });

/** As many deeds of one session that leave a tenth of them: each record has nine new titles. */
export const editsOf = (count: number): readonly Deed[] => {
  const records = Math.max(1, Math.floor(count / 10));
  return Array.from({ length: count }, (_, index): Deed => {
    if (index < records) return { kind: 'create', record: index, content: contentOf(index) };
    return { kind: 'retitle', record: index % records, title: `${titleOf(index)}, checked` };
  });
};

export const contentOf = (index: number): Content => ({
  title: titleOf(index),
  text: Array.from(
    { length: 2 + (index % 3) },
    (_, line) => SENTENCES[(index + line * 2) % SENTENCES.length],
  ).join(' '),
  labels: [...new Set([LABELS[index % 7], LABELS[(index + 3) % 7]])].sort() as string[],
});

const titleOf = (index: number): string =>
  `${ROOMS[index % ROOMS.length]} ${THINGS[index % THINGS.length]} ${index}`;

/** The body of a deed, once it is known which fact created the record that it changes. */
export const bodyOf = (deed: Deed, dotOf: (record: number) => Dot): Body => {
  switch (deed.kind) {
    case 'create':
      return { kind: 'record.created', ...deed.content };
    case 'retitle':
      return { kind: 'record.edited', record: dotOf(deed.record), title: deed.title };
    case 'label':
      return { kind: 'record.edited', record: dotOf(deed.record), add: [deed.label] };
    case 'remove':
      return { kind: 'record.removed', record: dotOf(deed.record) };
  }
};

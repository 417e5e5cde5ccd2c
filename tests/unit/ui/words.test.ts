import { describe, expect, it } from 'vitest';
import type { CommandError } from '../../../src/replica/commands.js';
import { plainName } from '../../../src/ui/names.js';
import { en } from '../../../src/ui/words/en.js';
import { rules } from '../../../src/ui/words/en/later/rules.js';
import { createFormat } from '../../../src/ui/words/format.js';
import {
  activity as lines,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOW_MS,
  PAPER,
  decision,
  removal,
  rosterSubject,
  snapshotSubject,
} from '../../browser/fixtures/sample-parts.js';

const { format } = en;

const [activity] = lines;
if (activity === undefined) throw new Error('broken invariant: there are sample lines');

describe('[P1] words', () => {
  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [MINUTE_MS, '1 minute ago'],
    [3 * HOUR_MS, '3 hours ago'],
    [DAY_MS, 'yesterday'],
    [9 * DAY_MS, '9 days ago'],
    [21 * DAY_MS, '3 weeks ago'],
    [400 * DAY_MS, 'last year'],
    [-5 * MINUTE_MS, 'in 5 minutes'],
  ])('[P1] %d ms before now is told as "%s"', (agoMs, text) => {
    expect(format.age(NOW_MS - agoMs, NOW_MS)).toBe(text);
  });

  it('[P1] sizes use decimal units with one digit at most', () => {
    expect(format.bytes(1)).toBe('1\u00a0byte');
    expect(format.bytes(98_000)).toBe('98\u00a0kB');
    expect(format.bytes(999_960)).toBe('1\u00a0MB');
    expect(format.bytes(3_140_000)).toBe('3.1\u00a0MB');
  });

  it('[P1] a language brings its own plural rules', () => {
    const russian = createFormat('ru', 'сейчас');
    const forms = { one: '# запись', few: '# записи', other: '# записей' };
    expect([1, 2, 5, 21].map((count) => russian.plural(count, forms))).toEqual([
      '1 запись',
      '2 записи',
      '5 записей',
      '21 запись',
    ]);
  });

  it('[P1] a decision is named in the words of daily life', () => {
    const title = en.decision.title;
    expect(title(decision())).toBe('Tidy up the past three weeks');
    const day = snapshotSubject({ sinceMs: NOW_MS - DAY_MS });
    expect(title(decision({ subject: day, proposedMs: NOW_MS }))).toBe('Tidy up the past day');
    const young = snapshotSubject({ sinceMs: NOW_MS - 2 * MINUTE_MS });
    expect(title(decision({ subject: young, proposedMs: NOW_MS }))).toBe(
      'Tidy up the past few minutes',
    );
    expect(title(removal())).toBe('Take “Old Pixel” out');
    const renamed = rosterSubject({ renamed: [{ from: 'A', to: 'B' }] });
    expect(title(decision({ subject: renamed }))).toBe('Rename “A” to “B”');
  });

  it('[P1] the first level speaks no jargon', () => {
    const spoken = [
      en.decision.title(decision()),
      en.decision.summary(decision(), 'Anna’s laptop'),
      en.decision.explained(decision(), NOW_MS),
      en.decision.explained(removal(), NOW_MS),
      ...Object.values(en.errors.problem).flatMap(({ title, text }) => [title, text]),
      ...Object.values(en.errors.pairing),
    ].join(' ');
    expect(spoken).not.toMatch(/digest|epoch|fence|quorum|roster|journal|threshold|\bfacts?\b/i);
  });

  it('[P1] every reason why a command did nothing is a sentence', () => {
    const errors: readonly CommandError[] = [
      { kind: 'store', error: { kind: 'quota' } },
      { kind: 'too-long', field: 'title', max: 200 },
      { kind: 'blocked', blocker: { kind: 'facts-missing', count: 1 } },
      { kind: 'pairing', reason: 'code-expired' },
      { kind: 'below-threshold', have: 1, need: 2 },
    ];
    for (const error of errors) expect(en.errors.command(error)).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('[P1] a name cannot turn a sentence around or hide in it', () => {
    expect(plainName('\u202eevil\u200b phone\u2069 ')).toBe('evil phone');
  });

  it('[P1] one device and several are told apart, and nobody is told of with a capital within', () => {
    const { snapshotHint, governanceHint } = rules;
    expect(snapshotHint(2, 3)).toContain('One may be away.');
    expect(snapshotHint(2, 5)).toContain('Up to 3 may be away.');
    expect(governanceHint(2, 3)).toContain(
      'One may be lost, and the others can still take it out.',
    );
    expect(governanceHint(3, 5)).toContain('take them out.');
    const line = { ...activity, kind: 'fact-refused' as const };
    expect(en.activity.line(line, null)).toBe('An entry of a device was refused');
    expect(en.activity.line({ ...line, kind: 'approved' }, null)).toBe('A device said yes');
    expect(en.activity.line({ ...line, kind: 'approved' }, 'iPhone')).toBe('iPhone said yes');
  });

  it('[A5, P1] a key on paper is not told of as a device', () => {
    const joining = [{ device: PAPER, name: 'Recovery key' }];
    const asked = (over: Parameters<typeof rosterSubject>[0] = {}) =>
      decision({ subject: rosterSubject({ joining, isPaper: true, signersAfter: 4, ...over }) });
    const { title, summary, explained } = en.decision;
    expect(title(asked())).toBe('Add a recovery key');
    const leaving = [{ device: PAPER, name: 'Recovery key' }];
    expect(title(asked({ leaving }))).toBe('Make a new recovery key');
    expect(`${summary(asked(), 'Anna')} ${explained(asked(), NOW_MS)}`).not.toMatch(
      /new device|everything/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { SessionId } from '../../../src/core/base/brands.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { encodeBody } from '../../../src/core/facts/bodies.js';
import type { Fields, Register } from '../../../src/core/journal/state.js';
import {
  changeBetween,
  checkDraft,
  contentOf,
  type RecordContent,
} from '../../../src/core/records/draft.js';
import { idNamed } from '../facts/fixtures.js';

const draft = (changes: Partial<RecordContent> = {}): RecordContent => ({
  title: 'Boiler',
  text: 'Bleed it in autumn.',
  labels: ['home'],
  ...changes,
});

const errorOf = (changes: Partial<RecordContent>) => {
  const checked = checkDraft(draft(changes));
  return checked.ok ? null : checked.error;
};

const LONE = String.fromCharCode(0xd800);

describe('a draft', () => {
  it('[F13] is trimmed, and its labels sorted, each once', () => {
    const labels = [' tools ', 'home', '', 'home', 'Zoo', '  '];
    expect(checkDraft(draft({ title: '  Boiler\n', labels }))).toEqual({
      ok: true,
      value: draft({ labels: ['Zoo', 'home', 'tools'] }),
    });
    expect(checkDraft(draft({ text: '  as it is \n' }))).toEqual({
      ok: true,
      value: draft({ text: '  as it is \n' }),
    });
  });

  it('[F13] needs a title', () => {
    expect(errorOf({ title: ' \n ' })).toEqual({ kind: 'empty', field: 'title' });
  });

  it('[F13] is refused beyond the limits, and good at them', () => {
    const { titleCharactersMax, textBytesMax, labelsMax, labelCharactersMax } = LIMITS;
    const many = (count: number) => Array.from({ length: count }, (_, index) => `label ${index}`);
    expect(errorOf({ title: 'x'.repeat(titleCharactersMax) })).toBeNull();
    expect(errorOf({ title: 'x'.repeat(titleCharactersMax + 1) })).toEqual({
      ...{ kind: 'too-long', field: 'title', max: titleCharactersMax },
    });
    expect(errorOf({ text: 'é'.repeat(textBytesMax / 2) })).toBeNull();
    expect(errorOf({ text: 'é'.repeat(textBytesMax / 2 + 1) })).toEqual({
      ...{ kind: 'too-long', field: 'text', max: textBytesMax },
    });
    expect(errorOf({ labels: many(labelsMax) })).toBeNull();
    expect(errorOf({ labels: many(labelsMax + 1) })).toEqual({
      ...{ kind: 'too-long', field: 'labels', max: labelsMax },
    });
    expect(errorOf({ labels: ['x'.repeat(labelCharactersMax)] })).toBeNull();
    expect(errorOf({ labels: ['x'.repeat(labelCharactersMax + 1)] })).toEqual({
      ...{ kind: 'too-long', field: 'label', max: labelCharactersMax },
    });
  });

  it('[F2] counts characters as facts do: what is good here can be written', () => {
    const faces = '🙂'.repeat(LIMITS.titleCharactersMax / 2);
    expect(errorOf({ title: faces })).toBeNull();
    expect(errorOf({ title: `${faces}🙂` })?.kind).toBe('too-long');
    expect(errorOf({ labels: ['🙂'.repeat(LIMITS.labelCharactersMax / 2 + 1)] })?.kind).toBe(
      'too-long',
    );
  });

  it('[F2] fits into one fact as a whole, or is too long', () => {
    const labels = Array.from({ length: 32 }, (_, at) => `${at}`.padEnd(40, '水'));
    const full = draft({ text: 'x'.repeat(LIMITS.textBytesMax), labels });
    expect(errorOf(full)).toEqual({ kind: 'too-long', field: 'text', max: LIMITS.textBytesMax });
    const shorter = checkDraft({ ...full, text: 'x'.repeat(3000) });
    if (!shorter.ok) throw new Error(shorter.error.kind);
    expect(encodeBody({ kind: 'record.created', ...shorter.value }).ok).toBe(true);
  });

  it.each([
    ['title', { title: LONE }],
    ['text', { text: LONE }],
    ['labels', { labels: ['home', LONE] }],
  ] as const)('[F2] with an ill-formed %s is refused', (field, changes) => {
    expect(errorOf(changes)).toEqual({ kind: 'ill-formed', field });
  });
});

describe('what an item says', () => {
  const register = (value: Register['value']): Register => ({
    ...{ lamport: 1, session: idNamed<SessionId>('session'), seq: 1, wallMs: 1, value },
  });
  const fields = (values: Readonly<Record<string, Register['value']>>): Fields =>
    new Map(Object.entries(values).map(([field, value]) => [field, register(value)]));

  it('[F7] is its title, its text and the labels that are on, sorted', () => {
    const held = { title: 'Boiler', 'label:tools': true, 'label:old': false, 'label:home': true };
    expect(contentOf(fields({ ...held, text: 'Bleed it.', other: 'ignored' }))).toEqual({
      title: 'Boiler',
      text: 'Bleed it.',
      labels: ['home', 'tools'],
    });
  });

  it('[F7] is told from one of the two, as for a late edit, and is nothing without both', () => {
    expect(contentOf(fields({ text: 'Bleed it.' }))).toEqual(
      draft({ title: '', text: 'Bleed it.', labels: [] }),
    );
    expect(contentOf(fields({ title: 'Boiler' }))?.text).toBe('');
    expect(contentOf(fields({ 'label:home': true }))).toBeNull();
    expect(contentOf(new Map())).toBeNull();
  });
});

describe('a change', () => {
  it('[F7] holds only what differs', () => {
    expect(changeBetween(draft(), draft())).toBeNull();
    expect(changeBetween(draft(), draft({ title: 'Heater' }))).toEqual({ title: 'Heater' });
    expect(changeBetween(draft(), draft({ text: '' }))).toEqual({ text: '' });
    expect(
      changeBetween(draft({ labels: ['a', 'b', 'c'] }), draft({ labels: ['b', 'd', 'e'] })),
    ).toEqual({ add: ['d', 'e'], remove: ['a', 'c'] });
  });

  it('[F2] between checked drafts can be written as an edit', () => {
    const checked = checkDraft(draft({ title: 'Heater', labels: ['z', 'a', 'm'] }));
    if (!checked.ok) throw new Error(checked.error.kind);
    const change = changeBetween(draft({ labels: ['q', 'r'] }), checked.value);
    const record = { session: idNamed<SessionId>('session'), seq: 1 };
    expect(encodeBody({ kind: 'record.edited', record, ...change }).ok).toBe(true);
  });
});

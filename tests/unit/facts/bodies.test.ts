import { describe, expect, test } from 'vitest';
import {
  encodeCanonical,
  type CanonicalMap,
  type CanonicalValue,
} from '../../../src/core/base/canonical.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { bodyToCanonical, encodeBody, parseBody } from '../../../src/core/facts/bodies.js';
import {
  firstFoldOf,
  isKernelKind,
  isKindOf,
  KINDS,
  type Kind,
} from '../../../src/core/facts/kinds.js';
import { sampleBodies, SAMPLE_BODIES } from './sample-bodies.js';

const kinds = Object.keys(KINDS) as Kind[];

const parsed = (kind: string, value: CanonicalValue): unknown => {
  const body = parseBody(kind, encodeCanonical(value));
  return body.ok ? body.value : body.error;
};

const canonicalOf = (kind: Kind): CanonicalMap =>
  bodyToCanonical(SAMPLE_BODIES[kind]) as CanonicalMap;

const changed = (kind: Kind, changes: Readonly<Record<string, CanonicalValue>>): unknown =>
  parsed(kind, { ...canonicalOf(kind), ...changes });

describe('bodies of every kind', () => {
  test.each(kinds)('[F2] %s comes back from its bytes', (kind) => {
    const bytes = encodeBody(SAMPLE_BODIES[kind]);
    if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
    expect(parseBody(kind, bytes.value)).toEqual({ ok: true, value: SAMPLE_BODIES[kind] });
  });

  test.each(kinds)('[F3] %s with an unknown key, or without one of its own, is refused', (kind) => {
    const body = canonicalOf(kind);
    expect(parsed(kind, { ...body, zzz: 1 })).toEqual({ kind: 'malformed', field: 'zzz' });
    const required = Object.keys(body).filter(
      (key) => kind !== 'record.edited' || key === 'record',
    );
    for (const field of required) {
      const { [field]: _left, ...rest } = body;
      expect(parsed(kind, rest)).toEqual({ kind: 'malformed', field });
      expect(parsed(kind, { ...body, [field]: { no: 1 } })).toEqual({ kind: 'malformed', field });
    }
  });

  test.each(kinds)('[F3] %s that is no map, or not canonical, is refused', (kind) => {
    expect(parsed(kind, [])).toEqual({ kind: 'malformed', field: null });
    expect(parseBody(kind, Uint8Array.of(0x18, 0))).toEqual({
      ok: false,
      error: { kind: 'not-canonical', reason: { kind: 'not-shortest', at: 0 } },
    });
  });

  test('[F2] a kind of a newer version is unknown, whatever its body', () => {
    expect(parsed('blob.attached', { anything: 1 })).toEqual({ kind: 'unknown' });
    expect(parsed('__proto__', {})).toEqual({ kind: 'unknown' });
    expect(parsed('toString', {})).toEqual({ kind: 'unknown' });
  });

  test('[C9] the kernel is membership, snapshots, sessions, equivocation, upgrades, rules', () => {
    const kernel =
      /^(?:session|roster|snapshot|equivocation|upgrade|policy)\.|^device\.(?:bundled|alarmed)$/;
    expect(kinds.filter(isKernelKind)).toEqual(kinds.filter((kind) => kernel.test(kind)));
    expect(isKernelKind('toString')).toBe(false);
  });

  test('[S13] every kind but days of records may be written from fold version 1 on', () => {
    const later = kinds.filter((kind) => firstFoldOf(kind) > 1);
    expect(later.map((kind) => [kind, firstFoldOf(kind)])).toEqual([['record.dated', 2]]);
    expect([1, 2].map((fold) => isKindOf('record.dated', fold))).toEqual([false, true]);
    expect([isKindOf('record.edited', 1), isKindOf('toString', 2)]).toEqual([true, false]);
  });

  test('[F2] a day is one that the calendar has', () => {
    const dated = (date: CanonicalValue): unknown => changed('record.dated', { date });
    const days = ['2028-02-29', '2000-02-29', '2026-12-31', '0001-01-01', '2026-04-30'];
    for (const date of [...days, null]) expect(dated(date)).toMatchObject({ date });
    const odd = ['2027-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-01-00'];
    for (const date of [...odd, '2026-04-31', '2026-01-32', '2026-1-01', '26-01-011', '', 7]) {
      expect(dated(date)).toEqual({ kind: 'malformed', field: 'date' });
    }
  });

  test('[C9] every kind has a sample', () => {
    expect(sampleBodies().map((body) => body.kind)).toEqual(kinds);
  });
});

describe('limits and orders within bodies', () => {
  test('[F13] limits act at exactly their bound', () => {
    const created = (changes: Readonly<Record<string, CanonicalValue>>): unknown =>
      changed('record.created', changes);
    const malformed = (field: string): unknown => ({ kind: 'malformed', field });
    const most = LIMITS.titleCharactersMax;
    expect(created({ title: 'é'.repeat(most) })).toMatchObject({ title: 'é'.repeat(most) });
    expect(created({ title: 'é'.repeat(most + 1) })).toEqual(malformed('title'));
    const half = LIMITS.textBytesMax / 2;
    expect(created({ text: 'é'.repeat(half) })).toMatchObject({ kind: 'record.created' });
    expect(created({ text: `${'é'.repeat(half)}a` })).toEqual(malformed('text'));
    const labels = Array.from({ length: LIMITS.labelsMax + 1 }, (_, index) => `l${100 + index}`);
    expect(created({ labels: labels.slice(1) })).toMatchObject({ kind: 'record.created' });
    expect(created({ labels })).toEqual(malformed('labels'));
    expect(created({ labels: ['x'.repeat(LIMITS.labelCharactersMax + 1)] })).toEqual(
      malformed('labels'),
    );
    expect(created({ labels: [''] })).toEqual(malformed('labels'));
  });

  test('[F2] lists that are sets are sorted and without repetition', () => {
    const field = (kind: Kind, name: string, value: CanonicalValue): void => {
      expect(changed(kind, { [name]: value })).toEqual({ kind: 'malformed', field: name });
    };
    const reversed = (kind: Kind, name: string): CanonicalValue =>
      [...(canonicalOf(kind)[name] as readonly CanonicalValue[])].reverse();
    const doubled = (kind: Kind, name: string): CanonicalValue => {
      const [first] = canonicalOf(kind)[name] as readonly [CanonicalValue];
      return [first, first];
    };
    field('record.created', 'labels', ['b', 'a']);
    field('record.created', 'labels', ['a', 'a']);
    field('roster.proposed', 'envelopes', reversed('roster.proposed', 'envelopes'));
    field('roster.proposed', 'consents', doubled('roster.proposed', 'consents'));
    field('snapshot.proposed', 'advance', reversed('snapshot.proposed', 'advance'));
    field('snapshot.proposed', 'predecessors', doubled('snapshot.proposed', 'predecessors'));
    field('snapshot.proposed', 'quarantine', doubled('snapshot.proposed', 'quarantine'));
  });

  test('[F2, K1] keys of caches are some, short, and have an asterisk at their end alone', () => {
    const keys = (...all: readonly string[]): unknown =>
      changed('cache.invalidated', { keys: all });
    const longest = 'k'.repeat(LIMITS.cacheKeyUnitsMax);
    const most = Array.from({ length: LIMITS.cacheKeysPerFactMax }, (_, at) => `k${100 + at}`);
    for (const good of [['*'], ['a', 'a*'], [longest], most]) {
      expect(keys(...good)).toMatchObject({ keys: good });
    }
    for (const bad of [[], [''], ['a*b'], ['**'], ['b', 'a'], [`${longest}k`], [...most, 'z']]) {
      expect(keys(...bad)).toEqual({ kind: 'malformed', field: 'keys' });
    }
    expect(changed('cache.invalidated', { floor: -1 })).toMatchObject({ field: 'floor' });
  });

  test('[U2, U10] an upgrade has few places to come from, and a number that others can follow', () => {
    const proposed = (changes: Readonly<Record<string, CanonicalValue>>): unknown =>
      changed('upgrade.proposed', changes);
    const malformed = (field: string): unknown => ({ kind: 'malformed', field });
    const most = LIMITS.releaseSequenceMax;
    expect(proposed({ sequence: most })).toMatchObject({ sequence: most });
    expect(proposed({ sequence: most + 1 })).toEqual(malformed('sequence'));
    expect(proposed({ urls: Array.from({ length: 4 }, () => 'x') })).toMatchObject({
      bytes: 4_812_000,
    });
    expect(proposed({ urls: Array.from({ length: 5 }, () => 'x') })).toEqual(malformed('urls'));
    expect(proposed({ protocols: ['b', 'a'] })).toEqual(malformed('protocols'));
    expect(proposed({ fork: 'none' })).toEqual(malformed('fork'));
    const { waves } = canonicalOf('upgrade.proposed') as { waves: CanonicalValue[][] };
    expect(proposed({ waves: [[...(waves[1] ?? [])].reverse()] })).toEqual(malformed('waves'));
    expect(changed('upgrade.readied', { reason: 'bored' })).toEqual(malformed('reason'));
    expect(changed('upgrade.readied', { reason: null })).toMatchObject({ reason: null });
  });

  test('[F3] an edit changes something and does not contradict itself', () => {
    const { record } = canonicalOf('record.edited') as { record: CanonicalValue };
    expect(parsed('record.edited', { record })).toEqual({ kind: 'no-change' });
    expect(parsed('record.edited', { record, text: '' })).toMatchObject({ text: '' });
    expect(parsed('record.edited', { record, add: ['a', 'b'], remove: ['b', 'c'] })).toEqual({
      kind: 'contradiction',
      label: 'b',
    });
    expect(parsed('record.edited', { record, title: null })).toEqual({
      kind: 'malformed',
      field: 'title',
    });
  });

  test('[F2] causes are of the known ones, signatures have 64 bytes', () => {
    const cause = { kind: 'malformed', field: 'cause' };
    expect(changed('snapshot.abandoned', { cause: 'bored' })).toEqual(cause);
    const signature = { kind: 'malformed', field: 'signature' };
    expect(changed('roster.approved', { signature: new Uint8Array(63) })).toEqual(signature);
  });

  test('[F2] a body that no fact could hold is refused before it is written', () => {
    const completion = new Uint8Array(LIMITS.factBytesMax - 320);
    expect(encodeBody({ kind: 'snapshot.completed', completion })).toMatchObject({
      ok: false,
      error: { kind: 'not-canonical', reason: { kind: 'too-large' } },
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareText } from '../../../src/core/base/ordering.js';
import { decodeCanonical, encodeCanonical } from '../../../src/core/base/canonical.js';
import { compareBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { encodeBody, parseBody, type Body } from '../../../src/core/facts/bodies.js';
import { KINDS, type Kind } from '../../../src/core/facts/kinds.js';

const id = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as never);
const ids = fc.uniqueArray(id, { maxLength: 5 }).map((all) => all.sort(compareText));
const whole = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constant(Number.MAX_SAFE_INTEGER));
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
const remark = fc.string({ unit: 'binary', maxLength: LIMITS.reasonCharactersMax / 2 });
const purpose = fc.string({
  ...{ unit: 'binary' as const, minLength: 1, maxLength: LIMITS.purposeCharactersMax / 2 },
});
const title = fc.string({ unit: 'binary', maxLength: LIMITS.titleCharactersMax / 2 });
const text = fc.string({ unit: 'binary', maxLength: 400 });
const label = fc.string({ unit: 'binary', minLength: 1, maxLength: LIMITS.labelCharactersMax / 2 });
const labelsOf = (from: fc.Arbitrary<string>) =>
  fc.uniqueArray(from, { maxLength: 6 }).map((all) => all.sort(compareText));
const labels = labelsOf(label);
const record = fc.record({ session: id, seq: whole });
const cause = fc.constantFrom('withdrawn', 'expired', 'superseded');

const sortedBy = <T>(items: fc.Arbitrary<T>, keyOf: (item: T) => string) =>
  fc
    .uniqueArray(items, { maxLength: 5, selector: keyOf })
    .map((all) => all.sort((a, b) => compareText(keyOf(a), keyOf(b))));
const byDevice = (item: { device: string }) => item.device;
const bySession = (item: { session: string }) => item.session;

const wrapped = fc.uint8Array({ minLength: 40, maxLength: 40 });
const approved = { statement: id, signature, comment: remark, bundle: fc.option(id) };
const cacheKeys = fc
  .uniqueArray(fc.stringMatching(/^(?:[a-z:é]{1,9}\*?|\*)$/u), { minLength: 1, maxLength: 6 })
  .map((all) => all.sort(compareText));
const edit = fc
  .record(
    {
      ...{ record, title, text },
      ...{ add: labelsOf(label.map((word) => `+${word}`.slice(0, 40))) },
      ...{ remove: labelsOf(label.map((word) => `-${word}`.slice(0, 40))) },
    },
    { requiredKeys: ['record', 'title'] },
  )
  .map((fields) => fields);

const upgradeWord = fc.record({ upgrade: id, reason: remark });
const protocols = labelsOf(fc.stringMatching(/^[a-z]{1,9}\/[1-9]$/));
const bundle = {
  ...{ manifest: id, content: id, package: fc.string({ minLength: 1, maxLength: 100 }) },
  ...{ version: fc.constantFrom('1.2.3', '0.0.1'), sequence: fc.nat(9_999), protocols },
};

const FIELDS: { readonly [K in Kind]: fc.Arbitrary<object> } = {
  'session.opened': fc.record({ nonce: id, head: fc.option(id) }),
  'record.created': fc.record({ title, text, labels }),
  'record.edited': edit,
  'record.removed': fc.record({ record }),
  'roster.proposed': fc.record({
    ...{ record: bytes, comment: remark, expires: whole, round: whole },
    envelopes: sortedBy(fc.record({ device: id, envelope: bytes }), byDevice),
    consents: sortedBy(fc.record({ device: id, signature }), byDevice),
    promises: fc.array(bytes, { maxLength: 4 }),
  }),
  'roster.promised': fc.record({ promise: bytes }),
  'roster.approved': fc.record(approved),
  'roster.refused': fc.record({ statement: id, reason: remark }),
  'roster.vetoed': fc.record({ statement: id, reason: remark }),
  'record.attached': fc.record({
    ...{ record, blob: id, name: fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }) },
    ...{ type: fc.string({ maxLength: 50 }), bytes: fc.nat(LIMITS.blobBytesMax) },
  }),
  'record.detached': fc.record({ record, blob: id }),
  'blobs.wrapped': fc.record({
    epoch: whole,
    wraps: sortedBy(fc.record({ blob: id, wrap: wrapped }), ({ blob }) => blob),
  }),
  'roster.abandoned': fc.record({ statement: id, cause }),
  'roster.completed': fc.record({ completion: bytes }),
  'snapshot.proposed': fc.record({
    ...{ proposal: id, epoch: whole, roster: id, predecessors: ids, index: whole },
    advance: sortedBy(fc.record({ session: id, seq: whole, id }), bySession),
    quarantine: sortedBy(record, bySession),
    ...{ lamport: whole, digest: id, payload: id, fold: whole, comment: remark, expires: whole },
  }),
  'snapshot.approved': fc.record(approved),
  'snapshot.refused': fc.record({
    ...{ statement: id, reason: remark, differs: fc.array(remark, { maxLength: 3 }) },
  }),
  'snapshot.abandoned': fc.record({ statement: id, cause }),
  'snapshot.completed': fc.record({ completion: bytes }),
  'equivocation.shown': fc.record({ proof: bytes }),
  'cache.invalidated': fc.record({ keys: cacheKeys, floor: whole }),
  'device.reported': fc.record({
    ...{ persisted: fc.option(fc.boolean()), installed: fc.boolean() },
    ...{ quota: fc.option(whole), used: fc.option(whole), backup: fc.option(whole) },
    receipt: fc.option(fc.record({ head: id, facts: whole, bytes: whole })),
  }),
  'lease.taken': fc.record({ purpose, until: whole }),
  'lease.released': fc.record({ purpose }),
  'device.bundled': fc.record({
    ...{ ...bundle, fold: whole, generation: whole, cohort: fc.string({ maxLength: 40 }) },
    channel: fc.constantFrom('service-worker', 'app-store'),
    policy: fc.constantFrom('manual', 'auto'),
  }),
  'upgrade.proposed': fc.record({
    ...{ ...bundle, requires: protocols, bytes: whole, files: whole, compliance: protocols },
    ...{ notes: fc.string({ unit: 'binary', maxLength: 300 }), expires: whole, grace: whole },
    urls: fc.array(fc.webUrl(), { maxLength: 4 }),
    fork: fc.constantFrom('soft', 'hard'),
    waves: fc.array(ids, { maxLength: 4 }),
  }),
  'upgrade.readied': fc.record({
    ...{ upgrade: id, bundle: fc.option(id), reason: fc.option(fc.constantFrom('mismatch')) },
    verdict: fc.constantFrom('ready', 'not-ready', 'rejected'),
  }),
  'upgrade.vetoed': upgradeWord,
  'upgrade.revoked': upgradeWord,
  'upgrade.halted': upgradeWord,
  'upgrade.resumed': upgradeWord,
  'upgrade.tried': fc.record({
    ...{ upgrade: id, from: whole, to: whole, lossy: labels, duration: whole, bytes: whole },
    outcome: fc.constantFrom('fits', 'hangs', 'breaks', 'unreadable', 'too-large', 'untried'),
  }),
  'record.dated': fc.record({
    ...{ record, date: fc.option(fc.constantFrom('2028-02-29', '0001-01-01', '9999-12-31')) },
  }),
  'upgrade.switched': fc.record({
    ...{ upgrade: fc.option(id), from: id, to: id, automatic: fc.boolean() },
    ...{ outcome: fc.constantFrom('good', 'rolled-back'), cause: fc.string({ maxLength: 40 }) },
  }),
  'device.alarmed': fc.record({ on: fc.boolean(), found: fc.option(id) }),
  'upgrade.declined': upgradeWord,
  'policy.changed': fc.record({
    name: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    value: fc.option(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 })),
  }),
};

const bodyOf = (kind: Kind): fc.Arbitrary<Body> =>
  FIELDS[kind].map((fields) => ({ kind, ...fields }) as Body);

describe('a body', () => {
  it.each(Object.keys(KINDS) as Kind[])('[F1, F2] of %s comes back from its bytes', (kind) => {
    fc.assert(
      fc.property(bodyOf(kind), (body) => {
        const written = encodeBody(body);
        expect(written.ok).toBe(true);
        if (!written.ok) return;
        expect(parseBody(kind, written.value)).toEqual({ ok: true, value: body });
        const value = decodeCanonical(written.value);
        expect(value.ok && compareBytes(encodeCanonical(value.value), written.value)).toBe(0);
      }),
    );
  });

  it.each(Object.keys(KINDS) as Kind[])(
    '[F2, F3] of %s is refused with a key more or less',
    (kind) => {
      fc.assert(
        fc.property(bodyOf(kind), fc.nat(20), fc.string({ maxLength: 6 }), (body, at, name) => {
          const written = encodeBody(body);
          const value = written.ok ? decodeCanonical(written.value) : null;
          if (!value?.ok) throw new Error('a sound body is written');
          const fields = value.value as Readonly<Record<string, never>>;
          const keys = Object.keys(fields);
          const gone = keys[at % keys.length] ?? '';
          const rest = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== gone));
          // Of an edit all but the record may be absent, as long as something is left to change.
          const mayLack = kind === 'record.edited' && gone !== 'record' && keys.length > 2;
          expect(parseBody(kind, encodeCanonical(rest)).ok).toBe(mayLack);
          const more = encodeCanonical({ ...fields, [`x${name}`]: 1 as never });
          expect(parseBody(kind, more).ok).toBe(false);
        }),
        { numRuns: 50 },
      );
    },
  );
});

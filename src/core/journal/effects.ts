import type { CanonicalValue } from '../base/canonical.js';
import type { AdmittedFact } from '../facts/run.js';
import { bodyOf } from '../facts/codec.js';
import { leaseMark, reportMark } from './device-marks.js';
import { floorMark, invalidationMark } from './floors.js';
import { fileField, wrapMark } from './file-fields.js';
import { policyMark } from './policy-marks.js';
import { bundleMark, loaderMark, upgradeMark } from './upgrade-marks.js';
import type { Marks } from './marks.js';
import type { Act, Dot, Fields, Register } from './state.js';

/** What an allowed fact does to the state. */
export type Effect =
  | { readonly kind: 'create'; readonly dot: Dot; readonly fields: Fields }
  | { readonly kind: 'edit'; readonly target: Dot; readonly fields: Fields }
  | { readonly kind: 'remove'; readonly target: Dot }
  | { readonly kind: 'act'; readonly act: Act }
  | { readonly kind: 'mark'; readonly marks: Marks }
  | { readonly kind: 'none' };

const NONE: Effect = { kind: 'none' };
/** The field that says on which day a record is to be looked at again; null: on none. */
export const DATE_FIELD = 'date';
const LABEL = 'label:';

/** The field that says whether a label is on. */
const labelField = (label: string): string => LABEL + label;

/** The label that a field stands for, or null when it is another field. */
export const labelOfField = (field: string): string | null =>
  field.startsWith(LABEL) ? field.slice(LABEL.length) : null;

/**
 * The one place that knows what each kind does to the state.
 *
 * Creations that never come true (a target that is no item) wait or fall away; snapshot ceremonies
 * leave nothing, because any completed snapshot ends those on its predecessors; roster ceremonies
 * stay as acts until their roster is past. A body that its schema refuses does nothing.
 * Source: rules F3, F7, S13.
 */
export const effectOf = (fact: AdmittedFact): Effect => {
  const parsed = bodyOf(fact);
  if (!parsed.ok) return NONE;
  const body = parsed.value;
  switch (body.kind) {
    case 'record.created': {
      const fields = new Map<string, Register>();
      fields.set('title', registerOf(fact, body.title));
      fields.set('text', registerOf(fact, body.text));
      for (const label of body.labels) fields.set(labelField(label), registerOf(fact, true));
      return { kind: 'create', dot: dotOf(fact), fields };
    }
    case 'record.edited': {
      const fields = new Map<string, Register>();
      if (body.title !== undefined) fields.set('title', registerOf(fact, body.title));
      if (body.text !== undefined) fields.set('text', registerOf(fact, body.text));
      for (const label of body.add ?? []) fields.set(labelField(label), registerOf(fact, true));
      for (const label of body.remove ?? []) fields.set(labelField(label), registerOf(fact, false));
      return { kind: 'edit', target: body.record, fields };
    }
    case 'record.dated': {
      const fields = new Map([[DATE_FIELD, registerOf(fact, body.date)]]);
      return { kind: 'edit', target: body.record, fields };
    }
    case 'record.removed':
      return { kind: 'remove', target: body.record };
    case 'record.attached': {
      const said = registerOf(fact, [body.name, body.type, body.bytes]);
      const fields = new Map([[fileField(body.blob), said]]);
      return { kind: 'edit', target: body.record, fields };
    }
    case 'record.detached': {
      const fields = new Map([[fileField(body.blob), registerOf(fact, null)]]);
      return { kind: 'edit', target: body.record, fields };
    }
    case 'blobs.wrapped': {
      const marks = new Map<string, Register>();
      for (const { blob, wrap } of body.wraps) {
        marks.set(wrapMark(blob), registerOf(fact, [body.epoch, wrap]));
      }
      return { kind: 'mark', marks };
    }
    case 'cache.invalidated': {
      const marks = new Map<string, Register>();
      const { session, seq } = fact.envelope;
      for (const key of body.keys) {
        marks.set(floorMark(key), registerOf(fact, body.floor));
        marks.set(invalidationMark(session, key), registerOf(fact, seq));
      }
      return { kind: 'mark', marks };
    }
    case 'roster.proposed':
    case 'roster.promised':
    case 'roster.approved':
    case 'roster.refused':
    case 'roster.vetoed':
    case 'roster.abandoned':
      return { kind: 'act', act: actOf(fact) };
    case 'device.reported':
      return mark(fact, reportMark(fact.envelope.author, body));
    case 'lease.taken':
      return mark(fact, leaseMark(fact.envelope.author, body.purpose, body.until));
    case 'lease.released':
      return mark(fact, leaseMark(fact.envelope.author, body.purpose, null));
    case 'device.bundled':
      return mark(fact, bundleMark(fact.envelope.author, fact.bodyBytes));
    case 'policy.changed':
      return mark(fact, policyMark(fact.envelope.author, body));
    case 'device.alarmed':
      return mark(fact, loaderMark(fact.envelope.author, body));
    case 'upgrade.proposed':
    case 'upgrade.readied':
    case 'upgrade.vetoed':
    case 'upgrade.revoked':
    case 'upgrade.halted':
    case 'upgrade.resumed':
    case 'upgrade.switched':
    case 'upgrade.declined':
    case 'upgrade.tried':
      return mark(fact, upgradeMark(fact));
    default:
      return NONE;
  }
};

export const dotOf = (fact: AdmittedFact): Dot => ({
  session: fact.envelope.session,
  seq: fact.envelope.seq,
});

const mark = (fact: AdmittedFact, [name, value]: readonly [string, CanonicalValue]): Effect => ({
  kind: 'mark',
  marks: new Map([[name, registerOf(fact, value)]]),
});

const registerOf = (fact: AdmittedFact, value: CanonicalValue): Register => ({
  lamport: fact.envelope.lamport,
  session: fact.envelope.session,
  seq: fact.envelope.seq,
  wallMs: fact.envelope.wallMs,
  value,
});

/** A kernel fact as ceremonies read it, whether it is still in the journal or kept in a state. */
export const actOf = (fact: AdmittedFact): Act => ({
  dot: dotOf(fact),
  author: fact.envelope.author,
  kind: fact.envelope.kind,
  roster: fact.envelope.roster,
  lamport: fact.envelope.lamport,
  wallMs: fact.envelope.wallMs,
  body: fact.bodyBytes,
});

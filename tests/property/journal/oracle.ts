import type { CanonicalValue } from '../../../src/core/base/canonical.js';
import { hexToBytes } from '../../../src/core/base/hash.js';
import { parseBody } from '../../../src/core/facts/bodies.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { judge } from './accounts.js';

interface Write {
  readonly fact: AdmittedFact;
  readonly field: string;
  readonly value: CanonicalValue;
}

/**
 * What a state must be, straight from the set of all facts: no fold, no join, no order.
 *
 * An item is there when a fact created it and none removes it; each field is what the greatest
 * (lamport, session, seq) wrote to it. What speaks of a place that no fact stands at yet waits.
 */
export const expectedState = (facts: readonly AdmittedFact[]): CanonicalValue => {
  const held = new Set(facts.map((fact) => `${fact.envelope.session}:${fact.envelope.seq}`));
  const created = new Set<string>();
  const removed = new Set<string>();
  const writes = new Map<string, Write[]>();
  const acts: AdmittedFact[] = [];
  const write = (place: string, fact: AdmittedFact, field: string, value: CanonicalValue): void => {
    writes.set(place, [...(writes.get(place) ?? []), { fact, field, value }]);
  };
  for (const fact of facts) {
    const parsed = parseBody(fact.envelope.kind, fact.bodyBytes);
    if (!parsed.ok || judge(fact).kind !== 'allowed') continue;
    const body = parsed.value;
    if (body.kind === 'record.created') {
      const place = `${fact.envelope.session}:${fact.envelope.seq}`;
      created.add(place);
      write(place, fact, 'title', body.title);
      write(place, fact, 'text', body.text);
      for (const label of body.labels) write(place, fact, `label:${label}`, true);
    } else if (body.kind === 'record.edited') {
      const place = `${body.record.session}:${body.record.seq}`;
      if (body.title !== undefined) write(place, fact, 'title', body.title);
      if (body.text !== undefined) write(place, fact, 'text', body.text);
      for (const label of body.add ?? []) write(place, fact, `label:${label}`, true);
      for (const label of body.remove ?? []) write(place, fact, `label:${label}`, false);
    } else if (body.kind === 'record.dated') {
      write(`${body.record.session}:${body.record.seq}`, fact, 'date', body.date);
    } else if (body.kind === 'record.removed') {
      removed.add(`${body.record.session}:${body.record.seq}`);
    } else if (body.kind.startsWith('roster.') && body.kind !== 'roster.completed') {
      acts.push(fact);
    } else if (body.kind === 'device.reported') {
      const { persisted, installed, quota, used, backup } = body;
      const value = [persisted, installed, quota, used, backup, null];
      write('marks', fact, `device/${fact.envelope.author}`, value);
    } else if (body.kind === 'lease.taken') {
      write('marks', fact, `lease/${fact.envelope.author}/${body.purpose}`, body.until);
    } else if (body.kind === 'device.bundled') {
      write('marks', fact, `bundle/${fact.envelope.author}`, fact.bodyBytes);
    } else if (body.kind === 'policy.changed') {
      write('marks', fact, `policy/${body.name}`, [body.value, hexToBytes(fact.envelope.author)]);
    } else if (body.kind === 'device.alarmed') {
      const value = body.on ? [body.found === null ? null : hexToBytes(body.found)] : null;
      write('marks', fact, `loader/${fact.envelope.author}`, value);
    } else if (body.kind.startsWith('upgrade.')) {
      const { session, seq, kind, author, roster } = fact.envelope;
      const said = [kind, ...[author, roster, fact.id].map(hexToBytes), fact.bodyBytes];
      write('marks', fact, `upgrade/${session}/${seq}`, said);
    } else if (body.kind === 'lease.released') {
      write('marks', fact, `lease/${fact.envelope.author}/${body.purpose}`, null);
    }
  }
  const marks = fieldsOf(writes.get('marks') ?? []);
  writes.delete('marks');
  const waiting = [...new Set([...writes.keys(), ...removed])].filter((place) => !held.has(place));
  return {
    acts: byPlace(acts.map((fact) => `${fact.envelope.session}:${fact.envelope.seq}`)).map(
      (place) => actAt(acts, place),
    ),
    items: byPlace([...created].filter((place) => !removed.has(place))).map((place) => [
      ...wire(place),
      fieldsOf(writes.get(place) ?? []),
    ]),
    ...(marks.length === 0 ? {} : { marks }),
    pending: byPlace(waiting).map((place) => [
      ...wire(place),
      removed.has(place),
      removed.has(place) ? [] : fieldsOf(writes.get(place) ?? []),
    ]),
    sessions: lastFacts(facts).map(({ id, envelope }) => [
      hexToBytes(envelope.session),
      hexToBytes(envelope.author),
      envelope.seq,
      hexToBytes(id),
      envelope.lamport,
      envelope.epoch,
    ]),
  };
};

const wire = (place: string): readonly [Uint8Array, number] => [
  hexToBytes(place.slice(0, 64)),
  Number(place.slice(65)),
];

const padded = (place: string): string => place.slice(0, 65) + place.slice(65).padStart(6, '0');

const byPlace = (places: readonly string[]): readonly string[] =>
  [...places].sort((a, b) => (padded(a) < padded(b) ? -1 : 1));

const actAt = (acts: readonly AdmittedFact[], place: string): CanonicalValue => {
  const fact = acts.find((each) => `${each.envelope.session}:${each.envelope.seq}` === place);
  if (fact === undefined) throw new Error('no act');
  const { author, kind, roster, lamport, wallMs } = fact.envelope;
  const said = [hexToBytes(author), kind, hexToBytes(roster), lamport, wallMs, fact.bodyBytes];
  return [...wire(place), ...said];
};

const fieldsOf = (writes: readonly Write[]): readonly CanonicalValue[] => {
  const stamp = ({ fact: { envelope } }: Write): string =>
    `${String(envelope.lamport).padStart(9, '0')}:${envelope.session}:${String(envelope.seq).padStart(6, '0')}`;
  const fields = [...new Set(writes.map((each) => each.field))].sort();
  return fields.map((field) => {
    const [winner] = writes
      .filter((each) => each.field === field)
      .sort((a, b) => (stamp(a) > stamp(b) ? -1 : 1));
    if (winner === undefined) throw new Error('no write');
    const { lamport, session, seq, wallMs } = winner.fact.envelope;
    return [field, lamport, hexToBytes(session), seq, wallMs, winner.value];
  });
};

const lastFacts = (facts: readonly AdmittedFact[]): readonly AdmittedFact[] =>
  [...new Set(facts.map((fact) => fact.envelope.session))].sort().map((session) => {
    const own = facts.filter((fact) => fact.envelope.session === session);
    return own.reduce((last, fact) => (fact.envelope.seq > last.envelope.seq ? fact : last));
  });

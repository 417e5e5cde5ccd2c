import type { RosterHash } from '../../../src/core/base/brands.js';
import type { RosterRecord } from '../../../src/core/authority/roster.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import {
  encodeFact,
  sealFact,
  type EnvelopeFields,
  type Fact,
} from '../../../src/core/facts/codec.js';
import { admitRun, planRun, type AdmittedRun } from '../../../src/core/facts/run.js';
import { sessionIdOf } from '../../../src/core/facts/session.js';
import { ACCOUNT, hexOf, type Person } from '../../unit/authority/people.js';

/** What somebody says: a body, or the bytes of a kind that is not known here. */
export type Said = Body | { readonly strangeKind: string; readonly bytes: Uint8Array };

/** One life of a person's device under a record: its session's facts, the opening first. */
export const lifeOf = (
  person: Person,
  record: RosterRecord,
  said: readonly Said[],
  name = 'life',
): readonly Fact[] => {
  const nonce = hexOf<never>(`${name} of ${person.name}`);
  const opening: EnvelopeFields = {
    ...{ account: ACCOUNT, session: sessionIdOf(ACCOUNT, person.device, nonce) },
    ...{ author: person.device, seq: 0, prev: null, lamport: 1, wallMs: 1_700_000_000_000 },
    ...{ epoch: record.epoch, roster: rosterHashOf(record) as RosterHash },
  };
  const facts = [encodeFact(opening, { kind: 'session.opened', nonce, head: null })];
  for (const each of said) {
    const before = facts.at(-1) as Fact;
    const seq = facts.length;
    const fields = {
      ...opening,
      seq,
      prev: before.id,
      lamport: 1 + seq,
      wallMs: opening.wallMs + seq,
    };
    facts.push(
      'strangeKind' in each
        ? sealFact(fields, each.strangeKind, each.bytes)
        : encodeFact(fields, each),
    );
  }
  return facts;
};

/** These facts as a run whose last signature was found good. */
export const runOf = (facts: readonly Fact[]): AdmittedRun => {
  const first = facts[0] as Fact;
  const before = first.envelope.seq - 1;
  const tip =
    before < 0
      ? null
      : {
          ...{ author: first.envelope.author, seq: before, id: first.envelope.prev as never },
          ...{ lamport: 0, epoch: 0 },
        };
  const signatures = new Map([[(facts.at(-1) as Fact).envelope.seq, new Uint8Array(64)]]);
  const plan = planRun(tip, facts, signatures, { account: ACCOUNT, lamportOfHead: () => 0 });
  if (!plan.ok) throw new Error(plan.error.kind);
  const run = admitRun(plan.value, true);
  if (!run.ok) throw new Error(run.error.kind);
  return run.value;
};

/** Every order of the items. */
export const ordersOf = function* <T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) return void (yield items);
  for (const [index, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest];
  }
};

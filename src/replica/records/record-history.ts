import type { DeviceId } from '../../core/base/brands.js';
import { compareBy } from '../../core/base/ordering.js';
import type { AdmittedFact } from '../../core/facts/run.js';
import { dotOf, effectOf } from '../../core/journal/effects.js';
import { seqIn } from '../../core/journal/frontier.js';
import { compareStamps } from '../../core/journal/registers.js';
import { type Dot, type Fields, itemKeyOf, joinFields } from '../../core/journal/state.js';
import { contentOf } from '../../core/records/draft.js';
import type { Holdings } from '../journal/holdings.js';

/**
 * A record as it stood after one change. kept: as the last snapshot holds it, whoever wrote it;
 * what led there was let go.
 */
export interface RecordVersionView {
  readonly kind: 'kept' | 'created' | 'edited' | 'removed';
  /** Null where a snapshot holds the outcome of several. */
  readonly by: DeviceId | null;
  readonly atMs: number;
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
}

/**
 * How a record came to be as it is, oldest first: what the base holds of it, then each allowed fact
 * about it, in the order in which facts count.
 *
 * Costs a look at the kind of every fact in the journal; made when a person asks for it. What was
 * before the last snapshot is gone, and only its outcome stands.
 */
export const recordHistory = (holdings: Holdings, dot: Dot): readonly RecordVersionView[] => {
  const versions: RecordVersionView[] = [];
  const key = itemKeyOf(dot);
  let fields: Fields = new Map();
  const say = (kind: RecordVersionView['kind'], by: DeviceId | null, atMs: number): void => {
    const content = contentOf(fields) ?? { title: '', text: '', labels: [] };
    versions.push({ kind, by, atMs, ...content });
  };

  const kept = holdings.base().state.items.get(key);
  if (kept !== undefined) {
    fields = kept.fields;
    say('kept', null, Math.max(...[...fields.values()].map(({ wallMs }) => wallMs)));
  }
  for (const fact of factsAbout(holdings, key)) {
    const effect = effectOf(fact);
    const { author, wallMs } = fact.envelope;
    if (effect.kind === 'remove') say('removed', author, wallMs);
    if (effect.kind !== 'create' && effect.kind !== 'edit') continue;
    fields = joinFields(fields, effect.fields);
    say(effect.kind === 'create' ? 'created' : 'edited', author, wallMs);
  }
  return versions;
};

/** Facts of the journal that are about one record and count, in the order of their stamps. */
const factsAbout = (holdings: Holdings, key: string): readonly AdmittedFact[] => {
  const judge = holdings.judgeAt(holdings.chain().tipHash, [...holdings.quarantine().values()]);
  const { frontier } = holdings.fold().state();
  const found: AdmittedFact[] = [];
  for (const [session, { facts }] of holdings.journal().sessions()) {
    for (const fact of facts) {
      if (!fact.envelope.kind.startsWith('record.')) continue;
      if (fact.envelope.seq > seqIn(frontier, session) || targetOf(fact) !== key) continue;
      if (judge(fact).kind === 'allowed') found.push(fact);
    }
  }
  return found.sort(compareBy(({ envelope }) => envelope, compareStamps));
};

const targetOf = (fact: AdmittedFact): string | null => {
  const effect = effectOf(fact);
  if (effect.kind === 'create') return itemKeyOf(dotOf(fact));
  return effect.kind === 'edit' || effect.kind === 'remove' ? itemKeyOf(effect.target) : null;
};

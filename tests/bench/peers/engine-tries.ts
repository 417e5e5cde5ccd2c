import { contentOf } from '../page/samples.js';
import type { Copy, Engine } from './engine.js';
import type { Tries, Try } from './peer.js';

const NAMES = { shared: 'shared', lie: 'lie' };

const write = (copy: Copy, key: string, place: number): void =>
  copy.act({ key, deed: { kind: 'create', record: 0, content: contentOf(place) } });

/** What a library of documents makes of what a liar says, who speaks the library's own bytes. */
export const tryAgainst = async (engine: Engine): Promise<Tries> => ({
  'forged signature': none('it carries no signatures'),
  'author impersonated': tryImpersonating(engine),
  equivocation: tryEquivocating(engine),
  'removed device writes': none('it knows no members'),
  'pruned facts again': engine.trimmed === null ? none('it prunes nothing') : tryPruned(engine),
  'deletion by a stranger': tryDeleting(engine),
});

const none = (why: string): Try => ({ is: 'none', why });

/** Two honest ones share a record of the first; the liar knows what both know. */
const shared = ({ open }: Engine): { honest: Copy; saved: Uint8Array } => {
  const author = open(1);
  write(author, NAMES.shared, 1);
  const honest = open(2);
  honest.take([author.whole()]);
  return { honest, saved: honest.save() };
};

const thrownBy = (run: () => void): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const judged = (thrown: string | null, isThere: boolean, why: string): Try => {
  if (!isThere) return { is: 'refused', why: thrown ?? 'it changes nothing' };
  return { is: thrown === null ? 'taken' : 'detected', why: thrown ?? why };
};

const tryImpersonating = (engine: Engine): Try => {
  const { honest, saved } = shared(engine);
  const liar = engine.open(1, saved);
  write(liar, NAMES.lie, 2);
  const thrown = thrownBy(() => honest.take(liar.drain()));
  return judged(thrown, honest.records().length > 1, 'whoever names itself so is the author');
};

const tryEquivocating = (engine: Engine): Try => {
  const { saved } = shared(engine);
  const stories = [3, 4].map((place) => {
    const liar = engine.open(7, saved);
    write(liar, NAMES.lie, place);
    return liar.drain();
  });
  const [one, other] = [engine.open(2, saved), engine.open(3, saved)];
  one.take(stories[0] ?? []);
  other.take(stories[1] ?? []);
  const thrown = thrownBy(() => {
    one.take([other.whole(), ...(stories[1] ?? [])]);
    other.take([one.whole(), ...(stories[0] ?? [])]);
  });
  const isSame = areAlike(one.records(), other.records());
  if (thrown !== null) return { is: 'detected', why: `${thrown}; the two ${areSo(isSame)}` };
  return { is: 'taken', why: `the two ${areSo(isSame)}, and nobody is told` };
};

/** Whether two lists hold the same, in whatever order. */
export const areAlike = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join('\n') === [...other].sort().join('\n');

const areSo = (isSame: boolean): string => (isSame ? 'agree' : 'stay different');

const tryPruned = (engine: Engine): Try => {
  const copy = engine.open(1);
  write(copy, NAMES.shared, 1);
  const old = copy.whole();
  copy.act({ key: NAMES.shared, deed: { kind: 'remove', record: 0 } });
  const honest = engine.open(2, engine.trimmed?.(copy));
  const thrown = thrownBy(() => honest.take([old]));
  return judged(thrown, honest.records().length > 0, 'the removed record is back');
};

const tryDeleting = (engine: Engine): Try => {
  const { honest, saved } = shared(engine);
  const liar = engine.open(99, saved);
  liar.act({ key: NAMES.shared, deed: { kind: 'remove', record: 0 } });
  const thrown = thrownBy(() => honest.take(liar.drain()));
  return judged(thrown, honest.records().length === 0, 'anyone deletes anything');
};

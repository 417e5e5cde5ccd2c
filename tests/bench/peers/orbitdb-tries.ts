import { Entry, type LogEntry } from '@orbitdb/core';
import { contentOf } from '../page/samples.js';
import { areAlike } from './engine-tries.js';
import { type OrbitCopy, layOrbit } from './orbitdb.js';
import type { Tries, Try } from './peer.js';

const deedOf = (key: string) =>
  ({ key, deed: { kind: 'create', record: 0, content: contentOf(key.length) } }) as const;

/** What OrbitDB makes of entries that a liar wrote or changed. */
export const tryOrbit = async (): Promise<Tries> => ({
  'forged signature': await tryChanged((lie) => ({ ...lie, sig: `00${lie.sig.slice(2)}` })),
  'author impersonated': await tryImpersonating(),
  equivocation: await tryEquivocating(),
  'removed device writes': {
    is: 'not tried',
    why: 'its default list of writers is fixed; the one that can revoke needs its network',
  },
  'pruned facts again': { is: 'none', why: 'it prunes nothing' },
  'deletion by a stranger': await tryDeleting(),
});

/** An honest replica with a record, and how another begins that has the same. */
const shared = async () => {
  const ground = await layOrbit();
  const honest = await ground.open(0);
  await honest.act(deedOf('shared'));
  const fresh = async (writer: number): Promise<OrbitCopy> => {
    const copy = await ground.open(writer);
    await copy.take(honest);
    return copy;
  };
  const strangerOf = async (): Promise<OrbitCopy> => {
    const copy = await ground.openStranger();
    await copy.take(honest);
    return copy;
  };
  return { ground, honest, fresh, strangerOf };
};

/** Hands an entry over as its network would: bytes, decoded. Gives what the library said to it. */
const hand = async (to: OrbitCopy, entry: LogEntry): Promise<string | null> => {
  const { hash, bytes } = await Entry.encode(entry);
  await to.kept.entries.put(hash, bytes);
  try {
    await to.log.joinEntry(await Entry.decode(bytes));
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
};

const judged = async (to: OrbitCopy, said: string | null, count: number): Promise<Try> => {
  const isTaken = (await to.records()).length !== count;
  if (!isTaken) return { is: 'refused', why: said === null ? 'it changes nothing' : words(said) };
  return { is: 'taken', why: 'in silence' };
};

/** Without the hashes that are others each time. */
const words = (said: string): string => said.replace(/ ?"[^"]*"/g, '').replace(/:$/, '');

const tryChanged = async (change: (lie: LogEntry) => LogEntry): Promise<Try> => {
  const { honest, fresh } = await shared();
  const liar = await fresh(1);
  const lie = await liar.act(deedOf('lie'));
  return judged(honest, await hand(honest, change(lie)), 1);
};

/** A stranger signs what names a writer as its author. */
const tryImpersonating = async (): Promise<Try> => {
  const { ground, honest, strangerOf } = await shared();
  const lie = await (await strangerOf()).act(deedOf('lie'));
  const [victim] = ground.writers;
  const said = await hand(honest, { ...lie, identity: victim?.hash } as LogEntry);
  return judged(honest, said, 1);
};

const tryEquivocating = async (): Promise<Try> => {
  const { honest: one, fresh } = await shared();
  const [other, liar, twin] = [await fresh(0), await fresh(1), await fresh(1)];
  const stories = [await liar.act(deedOf('a')), await twin.act(deedOf('two stories'))] as const;
  await hand(one, stories[0]);
  await hand(other, stories[1]);
  await one.take(other);
  await other.take(one);
  const isSame = areAlike(await one.records(), await other.records());
  return { is: 'taken', why: `both stay as rivals; the two ${isSame ? 'agree' : 'differ'}` };
};

const tryDeleting = async (): Promise<Try> => {
  const { honest, strangerOf } = await shared();
  const deed = { kind: 'remove', record: 0 } as const;
  const lie = await (await strangerOf()).act({ key: 'shared', deed });
  return judged(honest, await hand(honest, lie), 1);
};

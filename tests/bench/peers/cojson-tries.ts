import { LocalNode, type RawGroup } from 'cojson';
import { contentOf } from '../page/samples.js';
import { type Ground, type NewContent, act, layGround, mapOf, newsFor, nodeOf } from './cojson.js';
import { recordsIn, take } from './cojson.js';
import { areAlike } from './engine-tries.js';
import type { Tries, Try } from './peer.js';

const deedOf = (key: string) =>
  ({ key, deed: { kind: 'create', record: 0, content: contentOf(key.length) } }) as const;

/** What cojson makes of what a liar says, who speaks its own messages. */
export const tryCojson = async (): Promise<Tries> => {
  // It tells what it refuses on the console.
  const { error } = console;
  console.error = () => undefined;
  try {
    return {
      'forged signature': await tryForging(),
      'author impersonated': await tryImpersonating(),
      equivocation: await tryEquivocating(),
      'removed device writes': await tryRemoved(),
      'pruned facts again': { is: 'none', why: 'it prunes nothing' },
      'deletion by a stranger': await tryDeleting(),
    };
  } finally {
    console.error = error;
  }
};

/** An honest node with a record, and what another needs to have the same. */
const shared = async () => {
  const { ground, first } = await layGround();
  act(mapOf(first, ground), deedOf('shared'));
  const known = [...ground.created, ...newsSince(first, ground)];
  const fresh = (node: LocalNode = nodeOf(ground)): LocalNode => {
    take(node, known, 'import');
    return node;
  };
  return { ground, first, honest: fresh(), fresh };
};

const newsSince = (node: LocalNode, ground: Ground): readonly NewContent[] => {
  const empty = nodeOf(ground);
  take(empty, ground.created, 'import');
  return newsFor(node, empty, ground);
};

const isThere = (node: LocalNode, ground: Ground, key: string): boolean =>
  mapOf(node, ground).get(key) !== undefined;

const judged = (isTaken: boolean, refused: string, taken: string): Try =>
  isTaken ? { is: 'taken', why: taken } : { is: 'refused', why: refused };

const tryForging = async (): Promise<Try> => {
  const { ground, honest, fresh } = await shared();
  const liar = fresh();
  act(mapOf(liar, ground), deedOf('lie'));
  const text = JSON.stringify(newsFor(liar, honest, ground));
  const forged = JSON.parse(text.replace(/("changes":".)/g, '$1 ')) as NewContent[];
  if (JSON.stringify(forged) === text) throw new Error('something is forged');
  take(honest, forged, 'import');
  return judged(isThere(honest, ground, 'lie'), 'the signature is checked', 'it is not checked');
};

const tryImpersonating = async (): Promise<Try> => {
  const { ground, honest, fresh } = await shared();
  const { crypto } = ground;
  const victim = crypto.newRandomSessionID(crypto.getAgentID(ground.secret));
  const liar = fresh(new LocalNode(crypto.newRandomAgentSecret(), victim, crypto));
  act(mapOf(liar, ground), deedOf('lie'));
  const news = newsFor(liar, honest, ground);
  if (!JSON.stringify(news).includes(victim)) throw new Error('the liar wrote in that session');
  take(honest, news, 'import');
  const why = 'the session names its signer';
  return judged(isThere(honest, ground, 'lie'), why, 'the signer is not compared');
};

const tryEquivocating = async (): Promise<Try> => {
  const { ground, honest: one, fresh } = await shared();
  const other = fresh();
  const { crypto, secret } = ground;
  const session = crypto.newRandomSessionID(crypto.getAgentID(secret));
  const stories = ['a', 'two stories'].map((key) => {
    const liar = fresh(new LocalNode(secret, session, crypto));
    act(mapOf(liar, ground), deedOf(key));
    return newsFor(liar, one, ground);
  });
  take(one, stories[0] ?? [], 'import');
  take(other, stories[1] ?? [], 'import');
  take(one, [...newsFor(other, one, ground), ...(stories[1] ?? [])], 'import');
  take(other, [...newsFor(one, other, ground), ...(stories[0] ?? [])], 'import');
  const isSame = areAlike(recordsIn(one, ground), recordsIn(other, ground));
  return { is: 'taken', why: `the two ${isSame ? 'agree' : 'stay different'}, nobody is told` };
};

const tryRemoved = async (): Promise<Try> => {
  const { ground, first } = await shared();
  const { crypto } = ground;
  const secret = crypto.newRandomAgentSecret();
  const group = first.getCoValue(ground.groupId).getCurrentContent() as unknown as RawGroup;
  group.addMember(crypto.getAgentID(secret) as never, 'writer');
  const member = nodeOf({ crypto, secret });
  const everything = (): readonly NewContent[] => [
    ...(first.getCoValue(ground.groupId).newContentSince() ?? []),
    ...(first.getCoValue(ground.mapId).newContentSince() ?? []),
  ];
  take(member, everything(), 'import');
  const beforeMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  group.removeMember(crypto.getAgentID(secret) as never);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { now } = Date;
  act(mapOf(member, ground), deedOf('late'));
  const honest = nodeOf(ground);
  const late = newsFor(member, first, ground);
  Date.now = () => beforeMs;
  act(mapOf(member, ground), deedOf('back-dated'));
  Date.now = now;
  const all = newsFor(member, first, ground);
  take(honest, [...everything(), ...late, ...all], 'import');
  const [isLate, isBackDated] = ['late', 'back-dated'].map((key) => isThere(honest, ground, key));
  if (isLate === true) return { is: 'taken', why: 'also under the present date' };
  return judged(isBackDated === true, 'also when it is back-dated', 'when it is back-dated');
};

const tryDeleting = async (): Promise<Try> => {
  const { ground, honest, fresh } = await shared();
  const stranger = fresh(nodeOf({ ...ground, secret: ground.crypto.newRandomAgentSecret() }));
  mapOf(stranger, ground).delete('shared', 'trusting');
  take(honest, newsFor(stranger, honest, ground), 'import');
  const isGone = !isThere(honest, ground, 'shared');
  return judged(isGone, 'the group says who may', 'anyone deletes anything');
};

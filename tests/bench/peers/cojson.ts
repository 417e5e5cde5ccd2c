import {
  type AgentSecret,
  type CojsonInternalTypes,
  type JsonValue,
  LocalNode,
  type RawCoMap,
  type SessionID,
  cojsonInternals,
} from 'cojson';
import { WasmCrypto } from 'cojson/crypto/WasmCrypto';
import { contentOf, editsOf } from '../page/samples.js';
import { tryCojson } from './cojson-tries.js';
import { judgeReturn, STALE } from './engine.js';
import { keyedOf, recordsOfKeyed } from './keyed.js';
import type { Listed, Peer, Returned, Told } from './peer.js';
import { pinnedVersion } from './pinned.js';
import { type Act, SESSIONS, type Work, workOf } from './work.js';

export type NewContent = CojsonInternalTypes.NewContentMessage;

/** A group with one map in it, and who may write there. */
export interface Ground {
  readonly crypto: WasmCrypto;
  readonly secret: AgentSecret;
  readonly mapId: RawCoMap['id'];
  readonly groupId: RawCoMap['id'];
  /** What a fresh node takes first. */
  readonly created: readonly NewContent[];
}

export const nodeOf = ({ crypto, secret }: Pick<Ground, 'crypto' | 'secret'>): LocalNode =>
  new LocalNode(secret, sessionOf(crypto, secret), crypto);

const sessionOf = (crypto: WasmCrypto, secret: AgentSecret): SessionID =>
  crypto.newRandomSessionID(crypto.getAgentID(secret));

/** Lays the ground with one node, which is returned as well. */
export const layGround = async (): Promise<{ ground: Ground; first: LocalNode }> => {
  const crypto = await WasmCrypto.create();
  const secret = crypto.newRandomAgentSecret();
  const first = nodeOf({ crypto, secret });
  const group = first.createGroup();
  const { id: mapId } = group.createMap();
  const created = [group.core, first.getCoValue(mapId)].flatMap((core) => contentOfCore(core));
  return { ground: { crypto, secret, mapId, groupId: group.id as never, created }, first };
};

const contentOfCore = (core: { newContentSince: () => NewContent[] | undefined }): NewContent[] =>
  core.newContentSince() ?? [];

export const take = (node: LocalNode, messages: readonly NewContent[], from: From): void =>
  messages.forEach((each) => node.syncManager.handleNewContent(each, from));
type From = 'import' | 'storage';

export const mapOf = (node: LocalNode, { mapId }: Ground): RawCoMap =>
  node.getCoValue(mapId).getCurrentContent() as RawCoMap;

export const act = (map: RawCoMap, deed: Pick<Act, 'key' | 'deed'>): void => {
  const [key, value] = keyedOf(deed);
  if (value === null) map.delete(key, 'trusting');
  else map.set(key, value as JsonValue, 'trusting');
};

export const recordsIn = (node: LocalNode, ground: Ground): readonly string[] => {
  const map = mapOf(node, ground);
  return recordsOfKeyed(map.keys().map((key) => [key, map.get(key)] as const));
};

/** What one node has that another knows nothing of. */
export const newsFor = (from: LocalNode, to: LocalNode, { mapId }: Ground): NewContent[] =>
  from.getCoValue(mapId).newContentSince(to.getCoValue(mapId).knownState()) ?? [];

interface Held {
  readonly ground: Ground;
  readonly messages: readonly string[];
}

const prepare = async (work: Work): Promise<Held> => {
  const { ground, first } = await layGround();
  const nodes = [first, ...Array.from({ length: SESSIONS - 1 }, () => nodeOf(ground))];
  nodes.slice(1).forEach((node) => take(node, ground.created, 'import'));
  const maps = nodes.map((node) => mapOf(node, ground));
  for (const each of work.acts) act(maps[each.session] as RawCoMap, each);
  const fresh = nodeOf(ground);
  take(fresh, ground.created, 'import');
  const news = nodes.flatMap((node) => newsFor(node, fresh, ground));
  const messages = [...ground.created, ...news].map((each) => JSON.stringify(each));
  return { ground, messages };
};

const readInto = (node: LocalNode, { messages }: Held, from: From): void =>
  take(
    node,
    messages.map((each) => JSON.parse(each) as NewContent),
    from,
  );

const listed = (held: Held, from: From): Listed => {
  const { crypto } = held.ground;
  const node = nodeOf({ crypto, secret: crypto.newRandomAgentSecret() });
  const startedMs = performance.now();
  readInto(node, held, from);
  const records = recordsIn(node, held.ground);
  return { ms: performance.now() - startedMs, records };
};

/** Two connected nodes: the one that writes takes the other for its server. */
const syncOne = async (held: Held): Promise<Told> => {
  const nodes = [nodeOf(held.ground), nodeOf(held.ground)] as const;
  nodes.forEach((node) => readInto(node, held, 'import'));
  let bytes = 0;
  const ends = cojsonInternals.connectedPeers('one', 'other', {
    peer1role: 'client',
    peer2role: 'server',
  });
  for (const end of ends) {
    const push = end.outgoing.push.bind(end.outgoing);
    end.outgoing.push = (message) => {
      bytes += JSON.stringify(message).length;
      push(message);
    };
  }
  nodes[0].syncManager.addPeer(ends[1]);
  nodes[1].syncManager.addPeer(ends[0]);
  const count = recordsIn(nodes[0], held.ground).length;
  const isThere = (key: string): boolean => mapOf(nodes[1], held.ground).get(key) !== undefined;
  const write = async (key: string): Promise<number> => {
    const startedMs = performance.now();
    const deed = { kind: 'create', record: 0, content: contentOf(7) } as const;
    act(mapOf(nodes[0], held.ground), { key, deed });
    while (!isThere(key)) await new Promise((resolve) => setImmediate(resolve));
    return performance.now() - startedMs;
  };
  await write('first');
  await new Promise((resolve) => setTimeout(resolve, 500));
  bytes = 0;
  const ms = await write('new');
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (recordsIn(nodes[1], held.ground).length !== count + 2) throw new Error('both are there');
  return { ms, bytes };
};

const returnStale = async (): Promise<Returned> => {
  const { ground, first: home } = await layGround();
  const creates = workOf(STALE.facts).acts.filter(
    ({ session, deed }) => session === 0 && deed.kind === 'create',
  );
  for (const each of creates) act(mapOf(home, ground), each);
  const away = nodeOf(ground);
  take(away, ground.created, 'import');
  take(away, newsFor(home, away, ground), 'import');
  for (const { writer, deed } of STALE.deeds(creates)) {
    act(mapOf(writer === 'home' ? home : away, ground), deed);
  }
  take(home, newsFor(away, home, ground), 'import');
  take(away, newsFor(home, away, ground), 'import');
  const lists = [home, away].map((node) => [...recordsIn(node, ground)].sort());
  return judgeReturn(lists, creates.slice(0, STALE.removed), '');
};

/** cojson, the engine of Jazz: one map of a group, each deed a transaction of a signed session. */
export const createCojson = (): Peer => {
  let held: Held | null = null;
  const prepared = (): Held => {
    if (held === null) throw new Error('prepare comes first');
    return held;
  };
  return {
    name: 'cojson',
    version: pinnedVersion('cojson'),
    does: {
      signs: 'yes: Ed25519 over the hash chain of a session, verified once a message',
      prunes: 'no: keeps every transaction; a whole value can be deleted',
      starts: 'its messages from a store, verified again',
    },
    prepare: async (work) => {
      held = await prepare(work);
    },
    merge: async () => listed(prepared(), 'import'),
    mergeSigned: null,
    coldStart: async () => listed(prepared(), 'storage'),
    syncOne: () => syncOne(prepared()),
    prune: async (facts) => {
      const { messages } = await prepare(workOf(facts, editsOf));
      const bytes = messages.reduce((sum, each) => sum + each.length, 0);
      return { ms: null, bytesBefore: bytes, bytesLeft: bytes, bytesLater: null };
    },
    staleReturn: returnStale,
    tryAttacks: tryCojson,
  };
};

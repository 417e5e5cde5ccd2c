import { type CojsonInternalTypes, type JsonValue, LocalNode, type RawCoMap } from 'cojson';
import { WasmCrypto } from 'cojson/crypto/WasmCrypto';
import { type Content, deedsOf } from './samples.js';

/** Messages as cojson sends them, as text, in an order in which a fresh node can take them. */
export interface CojsonHistory {
  readonly crypto: WasmCrypto;
  readonly mapId: RawCoMap['id'];
  readonly messages: readonly string[];
  readonly transactions: number;
}

/** The same deeds in as many sessions, each deed one signed transaction on one map of a group. */
export const writeCojson = async (
  transactions: number,
  sessions: number,
): Promise<CojsonHistory> => {
  const crypto = await WasmCrypto.create();
  const secret = crypto.newRandomAgentSecret();
  const agent = crypto.getAgentID(secret);
  const nodes = Array.from(
    { length: sessions },
    () => new LocalNode(secret, crypto.newRandomSessionID(agent), crypto),
  );
  const first = nodes[0] as LocalNode;
  const group = first.createGroup();
  const { id: mapId } = group.createMap();
  const created = [group.core, first.getCoValue(mapId)].flatMap(contentOf);
  let written = 0;
  for (const [index, node] of nodes.entries()) {
    if (node !== first)
      created.forEach((each) => node.syncManager.handleNewContent(each, 'import'));
    const share = Math.floor((transactions * (index + 1)) / sessions);
    const map = node.getCoValue(mapId).getCurrentContent() as RawCoMap;
    for (const deed of deedsOf(share - written)) {
      const key = `${index}:${deed.record}`;
      if (deed.kind === 'create') map.set(key, deed.content as unknown as JsonValue, 'trusting');
      else if (deed.kind === 'retitle') map.set(`${key}:title`, deed.title, 'trusting');
      else if (deed.kind === 'label') map.set(`${key}:label:${deed.label}`, true, 'trusting');
      else map.delete(key, 'trusting');
    }
    written = share;
  }
  const known = first.getCoValue(mapId).knownState();
  const own = contentOf(first.getCoValue(mapId));
  const others = nodes
    .slice(1)
    .flatMap((node) => node.getCoValue(mapId).newContentSince({ ...known, header: true }) ?? []);
  const messages = [...contentOf(group.core), ...own, ...others];
  return { crypto, mapId, transactions, messages: messages.map((each) => JSON.stringify(each)) };
};

type NewContent = CojsonInternalTypes.NewContentMessage;

const contentOf = (core: { newContentSince: () => NewContent[] | undefined }): NewContent[] =>
  core.newContentSince() ?? [];

/** Takes the messages into a fresh node (each session's signatures verified) and lists the records. */
export const mergeCojson = (
  history: CojsonHistory,
): { readonly ms: number; readonly records: number; readonly transactions: number } => {
  const { crypto } = history;
  const secret = crypto.newRandomAgentSecret();
  const session = crypto.newRandomSessionID(crypto.getAgentID(secret));
  const node = new LocalNode(secret, session, crypto);
  const startedMs = performance.now();
  for (const message of history.messages) {
    node.syncManager.handleNewContent(JSON.parse(message) as NewContent, 'import');
  }
  const core = node.getCoValue(history.mapId);
  const records = recordsOf(core.getCurrentContent() as RawCoMap);
  const ms = performance.now() - startedMs;
  const held = Object.values(core.knownState().sessions).reduce((sum, each) => sum + each, 0);
  return { ms, records: records.length, transactions: held };
};

const recordsOf = (map: RawCoMap): readonly Content[] => {
  const records = new Map<string, { title: string; text: string; labels: readonly string[] }>();
  const changes: [record: string, field: string, rest: string, value: JsonValue][] = [];
  for (const key of map.keys()) {
    const value = map.get(key) as JsonValue;
    const [session, record, field, rest] = key.split(':');
    if (field === undefined) records.set(key, { ...(value as unknown as Content) });
    else changes.push([`${session}:${record}`, field, rest ?? '', value]);
  }
  for (const [key, field, rest, value] of changes) {
    const record = records.get(key);
    if (record === undefined) continue;
    if (field === 'title') record.title = String(value);
    else record.labels = [...new Set([...record.labels, rest])].sort();
  }
  return [...records.values()];
};

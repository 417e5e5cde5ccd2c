import * as Y from 'yjs';
import { LIMITS } from '../../src/core/base/limits.js';
import type { Carrier } from '../../src/ports/carrier.js';
import {
  EMPTY_UPDATE,
  OTHER_BASE,
  type MakeCarrierShelf,
  cellar,
  clientOf,
  filled,
  forged,
  home,
  runOf,
  withNumbers,
} from './carrier-bench.js';
import { expectEqual, kindOf, valueOf, type ContractCase } from './expectation.js';

const decodeCase = (
  title: string,
  kind: string,
  update: (carrier: Carrier) => Uint8Array,
): ContractCase<MakeCarrierShelf> => ({
  title: `[F11] ${title}`,
  run: async (make) => {
    const carrier = await filled(make, [runOf(home, 0, 2)]);
    const before = carrier.snapshotBytes();
    expectEqual(kindOf(await carrier.decodeUpdate(update(carrier))), kind);
    expectEqual(carrier.snapshotBytes(), before, 'the document is untouched');
  },
});

const bytesOf = (facts: typeof home): readonly Uint8Array[] => facts.map((fact) => fact.bytes);
const homeRoot = runOf(home).session;

const foreignCases: readonly ContractCase<MakeCarrierShelf>[] = [
  decodeCase('a sound update is read without being applied', 'ok', () =>
    forged(clientOf(home), homeRoot, bytesOf(home)),
  ),
  decodeCase(
    'an update over the limit is not decoded',
    'too-large',
    () => new Uint8Array(LIMITS.updateBytesMax + 1),
  ),
  decodeCase('bytes that are no update are refused', 'undecodable', () => Uint8Array.of(1, 1, 5)),
  decodeCase('an update that is cut short is refused', 'undecodable', () =>
    forged(clientOf(home), homeRoot, bytesOf(home)).slice(0, -30),
  ),
  decodeCase('a delete set is refused', 'delete-set', () => {
    const doc = new Y.Doc();
    doc.clientID = clientOf(home);
    doc.getArray(homeRoot).push([...bytesOf(home)]);
    doc.getArray(homeRoot).delete(1, 1);
    return Y.encodeStateAsUpdate(doc);
  }),
  decodeCase(
    'a delete set over everything there is, or ever will be, is refused',
    'delete-set',
    () =>
      // no entries; one client with one range, from clock 0 on, 2^40 long
      withNumbers(0, 1, clientOf(home), 1, 0, 2 ** 40),
  ),
  decodeCase('16 MiB of collected entries are refused', 'not-binary', () => {
    const bytes = new Uint8Array(LIMITS.updateBytesMax);
    const start = withNumbers(1, LIMITS.factsPerUpdateMax, clientOf(home), 0);
    bytes.set(start);
    for (let at = start.length + 1; at < bytes.length; at += 2) bytes[at] = 1;
    return bytes;
  }),
  decodeCase('more entries than one update may name are refused', 'too-many', () =>
    withNumbers(1, LIMITS.factsPerUpdateMax + 1, clientOf(home), 0),
  ),
  decodeCase('more sessions than one update may name are refused', 'too-many', () =>
    withNumbers(LIMITS.sessionsPerUpdateMax + 1),
  ),
  decodeCase('an entry that is not binary is refused', 'not-binary', () =>
    forged(clientOf(home), homeRoot, ['text']),
  ),
  decodeCase('a collected entry is refused', 'not-binary', () =>
    // one client, one struct, client 7, clock 0, GC of length 1, no delete set
    Uint8Array.of(1, 1, 7, 0, 0, 1, 0),
  ),
  decodeCase('binary content that is no fact is refused', 'undecodable', () =>
    forged(clientOf(home), homeRoot, [Uint8Array.of(1, 2, 3)]),
  ),
  decodeCase('a fact under a client id of one’s own choice is refused', 'foreign-client', () =>
    forged(7, homeRoot, bytesOf(home)),
  ),
  decodeCase('facts of another session under a client id are refused', 'foreign-client', () =>
    forged(clientOf(home), homeRoot, [...bytesOf(home), ...bytesOf(cellar)]),
  ),
  decodeCase('an update for another base has other client ids', 'foreign-client', () =>
    forged(clientOf(home, OTHER_BASE), homeRoot, bytesOf(home)),
  ),
  decodeCase('a root of another name is refused', 'foreign-root', () =>
    forged(clientOf(home), 'elsewhere', bytesOf(home)),
  ),
  decodeCase('a root key within a map is refused', 'foreign-root', () => {
    const doc = new Y.Doc();
    doc.clientID = clientOf(home);
    doc.getMap(homeRoot).set('key', home[0]?.bytes);
    return Y.encodeStateAsUpdate(doc);
  }),
  decodeCase('an entry put before another is refused', 'wrong-origin', () => {
    const doc = new Y.Doc();
    doc.clientID = clientOf(home);
    doc.getArray(homeRoot).push([home[0]?.bytes]);
    doc.getArray(homeRoot).insert(0, [home[1]?.bytes]);
    return Y.encodeStateAsUpdate(doc);
  }),
  decodeCase('an entry that follows one of another client is refused', 'wrong-origin', () => {
    const doc = new Y.Doc();
    doc.clientID = 7;
    doc.getArray(homeRoot).push([Uint8Array.of(1)]);
    doc.clientID = clientOf(home);
    doc.getArray(homeRoot).push([...bytesOf(home)]);
    return Y.encodeStateAsUpdate(doc, Uint8Array.of(1, 7, 1));
  }),
  decodeCase('an entry put between two others is refused', 'wrong-origin', () => {
    const doc = new Y.Doc();
    const array = doc.getArray(homeRoot);
    doc.clientID = clientOf(home);
    array.push([home[0]?.bytes]);
    doc.clientID = 7;
    array.push([Uint8Array.of(1)]);
    doc.clientID = clientOf(home);
    array.insert(1, [home[1]?.bytes]);
    return Y.encodeStateAsUpdate(doc, Uint8Array.of(1, 7, 1));
  }),
  decodeCase('facts whose numbers do not follow each other are refused', 'gap', () =>
    forged(clientOf(home), homeRoot, [home[0]?.bytes, home[2]?.bytes]),
  ),
  decodeCase('an update with a hole between its entries is refused', 'gap', () => {
    const doc = new Y.Doc();
    doc.clientID = clientOf(home);
    const parts = bytesOf(home).map((fact) => {
      const before = Y.encodeStateVector(doc);
      doc.getArray(homeRoot).push([fact]);
      return Y.encodeStateAsUpdate(doc, before);
    });
    return Y.mergeUpdates([parts[0] ?? EMPTY_UPDATE, parts[2] ?? EMPTY_UPDATE]);
  }),
  decodeCase('a skipped place is refused', 'gap', () =>
    // one client, one struct, client 7, clock 0, a skip of length 3, no delete set
    Uint8Array.of(1, 1, 7, 0, 10, 3, 0),
  ),
];

const readingCases: readonly ContractCase<MakeCarrierShelf>[] = [
  {
    title: '[F11] updates are read in the order of asking, each with its own answer',
    run: async (make) => {
      const carrier = await filled(make, [runOf(home, 0, 2)]);
      const large = new Uint8Array(LIMITS.updateBytesMax + 1);
      const sound = forged(clientOf(home), homeRoot, bytesOf(home));
      const answered: string[] = [];
      const asked = [sound, large, EMPTY_UPDATE, sound.slice(0, -1)].map(async (update) => {
        const read = await carrier.decodeUpdate(update);
        answered.push(read.ok ? `ok ${read.value.length}` : read.error.kind);
      });
      await Promise.all(asked);
      expectEqual(answered, ['ok 1', 'too-large', 'ok 0', 'undecodable']);
    },
  },
  {
    title: '[F11] an update stays the caller’s: it is neither changed nor taken away',
    run: async (make) => {
      const carrier = await filled(make, []);
      const sound = forged(clientOf(home), homeRoot, bytesOf(home));
      const within = new Uint8Array(sound.length + 20).fill(0xff);
      within.set(sound, 10);
      const update = within.subarray(10, 10 + sound.length);
      const first = valueOf(await carrier.decodeUpdate(update));
      expectEqual(update, sound);
      expectEqual(valueOf(await carrier.decodeUpdate(update)), first);
      expectEqual(first, [runOf(home)]);
    },
  },
];

/** What every carrier makes of updates that others wrote. */
export const foreignUpdateCases: readonly ContractCase<MakeCarrierShelf>[] = [
  ...foreignCases,
  ...readingCases,
];

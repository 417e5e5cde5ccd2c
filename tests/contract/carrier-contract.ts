import * as Y from 'yjs';
import type { BaseId, SessionId } from '../../src/core/base/brands.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { carrierClientId } from '../../src/core/facts/client-id.js';
import type { CarriedRun, Carrier, CarrierShelf } from '../../src/ports/carrier.js';
import { alice, bob, idNamed, sessionOf } from '../unit/facts/fixtures.js';
import { expectEqual, expectTrue, kindOf, valueOf, type ContractCase } from './expectation.js';

/** Within one case every call gives a shelf over the same storage, which is empty at first. */
export type MakeCarrierShelf = () => Promise<CarrierShelf>;

const BASE = idNamed<BaseId>('base');
const OTHER_BASE = idNamed<BaseId>('another base');
const EMPTY_STATE_VECTOR = Uint8Array.of(0);

const runOf = (facts: ReturnType<typeof sessionOf>, from = 0, to?: number): CarriedRun => ({
  session: facts[0]?.envelope.session as SessionId,
  firstPlace: from,
  facts: facts.slice(from, to).map((fact) => fact.bytes),
});

const home = sessionOf(alice, 'home', 6);
const garden = sessionOf(alice, 'garden', 4);
const cellar = sessionOf(bob, 'cellar', 3);
const ALL = [runOf(home), runOf(garden), runOf(cellar)];

const clientOf = (facts: typeof home, base = BASE): number =>
  carrierClientId(base, runOf(facts).session);

const filled = async (make: MakeCarrierShelf, runs = ALL): Promise<Carrier> => {
  const carrier = await (await make()).open(BASE);
  carrier.append(runs);
  return carrier;
};

const throws = (run: () => void): boolean => {
  try {
    run();
    return false;
  } catch {
    return true;
  }
};

/** An update that somebody wrote with any client id, root and content they liked. */
const forged = (client: number, root: string, entries: readonly unknown[]): Uint8Array => {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getArray(root).push([...entries]);
  return Y.encodeStateAsUpdate(doc);
};

const sorted = (runs: readonly CarriedRun[]): readonly CarriedRun[] =>
  [...runs].sort((a, b) => (a.session < b.session ? -1 : 1));

const documentCases: readonly ContractCase<MakeCarrierShelf>[] = [
  {
    title: '[F10] equal facts give byte-equal documents, whatever the order and batching',
    run: async (make) => {
      const shelf = await make();
      const one = await shelf.open(BASE);
      const other = await shelf.open(BASE);
      one.append(ALL);
      other.append([runOf(cellar, 0, 1), runOf(home, 0, 2)]);
      other.append([runOf(garden)]);
      other.append([runOf(home, 2), runOf(cellar, 1)]);
      expectEqual(other.snapshotBytes(), one.snapshotBytes());
      expectEqual(other.stateVector(), one.stateVector());
      expectEqual([...other.lengths()].sort(), [...one.lengths()].sort());
    },
  },
  {
    title: '[F10] what is there already is skipped, and a run may overlap it',
    run: async (make) => {
      const carrier = await filled(make);
      const before = carrier.snapshotBytes();
      carrier.append(ALL);
      carrier.append([runOf(home, 1, 3)]);
      carrier.append([]);
      expectEqual(carrier.snapshotBytes(), before);
      const half = await (await make()).open(OTHER_BASE);
      half.append([runOf(home, 0, 3)]);
      half.append([runOf(home, 1)]);
      expectEqual(half.lengths().get(runOf(home).session), 6);
    },
  },
  {
    title: '[F10] a run that would leave a gap is a broken invariant',
    run: async (make) => {
      const carrier = await filled(make, [runOf(home, 0, 2)]);
      expectTrue(
        throws(() => carrier.append([runOf(home, 3)])),
        'the gap throws',
      );
      expectEqual(carrier.lengths().get(runOf(home).session), 2);
    },
  },
  {
    title: '[F10] what is appended wins over what the document held before',
    run: async (make) => {
      const branch = sessionOf(alice, 'home', 5, 3);
      const carrier = await filled(make, [runOf(branch), runOf(garden, 0, 2)]);
      carrier.append(ALL);
      const clean = await (await make()).open(OTHER_BASE);
      clean.append(ALL);
      expectEqual([...carrier.lengths()].sort(), [...clean.lengths()].sort());
      const update = carrier.updateFor(EMPTY_STATE_VECTOR) ?? new Uint8Array();
      expectEqual(sorted(valueOf(await carrier.decodeUpdate(update))), sorted(ALL));
    },
  },
  {
    title: '[F10] an update brings a peer exactly what its state vector lacks',
    run: async (make) => {
      const peer = await (await make()).open(BASE);
      const carrier = await filled(make);
      peer.append([runOf(home, 0, 4), runOf(garden)]);
      const update = carrier.updateFor(peer.stateVector()) ?? new Uint8Array();
      const runs = valueOf(await peer.decodeUpdate(update));
      expectEqual(sorted(runs), sorted([runOf(home, 4), runOf(cellar)]));
      peer.append(runs);
      expectEqual(peer.snapshotBytes(), carrier.snapshotBytes());
      expectEqual(carrier.updateFor(peer.stateVector()), null);
    },
  },
  {
    title: '[F10] a peer that is ahead, or an unreadable state vector, gets nothing',
    run: async (make) => {
      const ahead = await (await make()).open(BASE);
      const carrier = await filled(make, [runOf(home, 0, 2)]);
      ahead.append(ALL);
      expectEqual(carrier.updateFor(ahead.stateVector()), null);
      expectEqual(carrier.updateFor(Uint8Array.of(0xff, 0xff)), null);
      expectEqual(carrier.updateFor(new Uint8Array()), null);
    },
  },
  {
    title: '[F10] what does not fit into one update comes in several, all within the limit',
    run: async (make) => {
      // Facts of 8 kB, as if each text were as long as it may be; only their envelopes are read.
      const long = Array.from({ length: 2_200 }, () => new Uint8Array(8_000));
      const session = idNamed<SessionId>('long');
      const carrier = await filled(make, [{ session, firstPlace: 0, facts: long }]);
      let stateVector: Uint8Array = EMPTY_STATE_VECTOR;
      const peer = new Y.Doc();
      let count = 0;
      for (;;) {
        const update = carrier.updateFor(stateVector);
        if (update === null) break;
        expectTrue(update.length <= LIMITS.updateBytesMax, 'an update is within its limit');
        Y.applyUpdate(peer, update);
        stateVector = Y.encodeStateVector(peer);
        count += 1;
      }
      expectTrue(count > 1, 'it took more than one update');
      expectEqual(peer.getArray(session).length, long.length);
    },
  },
];

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
  decodeCase('a skipped place is refused', 'gap', () =>
    // one client, one struct, client 7, clock 0, a skip of length 3, no delete set
    Uint8Array.of(1, 1, 7, 0, 10, 3, 0),
  ),
];

const keepingCases: readonly ContractCase<MakeCarrierShelf>[] = [
  {
    title: '[F10] a closed document is there again when it is opened',
    run: async (make) => {
      const carrier = await filled(make);
      const bytes = carrier.snapshotBytes();
      await carrier.close();
      const again = await (await make()).open(BASE);
      expectEqual(again.snapshotBytes(), bytes);
      again.append(ALL);
      expectEqual(again.snapshotBytes(), bytes);
      await again.close();
    },
  },
  {
    title: '[F10] a rebuilt document is the one that is kept',
    run: async (make) => {
      const carrier = await filled(make, [runOf(sessionOf(alice, 'home', 5, 3))]);
      carrier.append(ALL);
      const bytes = carrier.snapshotBytes();
      await carrier.close();
      expectEqual((await (await make()).open(BASE)).snapshotBytes(), bytes);
    },
  },
  {
    title: '[F10] a destroyed document starts empty',
    run: async (make) => {
      await (await filled(make)).destroy();
      expectEqual((await (await make()).open(BASE)).lengths().size, 0);
    },
  },
  {
    title: '[F10] keepOnly leaves the document of one base and deletes the others',
    run: async (make) => {
      const shelf = await make();
      for (const base of [BASE, OTHER_BASE]) {
        const carrier = await shelf.open(base);
        carrier.append(ALL);
        await carrier.close();
      }
      await (await make()).keepOnly(BASE);
      const after = await make();
      expectEqual((await after.open(OTHER_BASE)).lengths().size, 0);
      expectEqual((await after.open(BASE)).lengths().size, ALL.length);
    },
  },
];

/** What every CarrierShelf does, whatever is below it. */
export const carrierContract: readonly ContractCase<MakeCarrierShelf>[] = [
  ...documentCases,
  ...foreignCases,
  ...keepingCases,
];

import { alice, sessionOf } from '../unit/facts/fixtures.js';
import {
  ALL,
  BASE,
  EMPTY_STATE_VECTOR,
  OTHER_BASE,
  type MakeCarrierShelf,
  cellar,
  filled,
  garden,
  home,
  runOf,
  sorted,
} from './carrier-bench.js';
import { expectEqual, expectTrue, valueOf, type ContractCase } from './expectation.js';
import { foreignUpdateCases } from './foreign-updates.js';

const throws = (run: () => void): boolean => {
  try {
    run();
    return false;
  } catch {
    return true;
  }
};

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
  ...foreignUpdateCases,
  ...keepingCases,
];

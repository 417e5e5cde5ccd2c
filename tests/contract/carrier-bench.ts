import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { BaseId, SessionId } from '../../src/core/base/brands.js';
import { carrierClientId } from '../../src/core/facts/client-id.js';
import type { CarriedRun, Carrier, CarrierShelf } from '../../src/ports/carrier.js';
import { alice, bob, idNamed, sessionOf } from '../unit/facts/fixtures.js';

/** Within one case every call gives a shelf over the same storage, which is empty at first. */
export type MakeCarrierShelf = () => Promise<CarrierShelf>;

export const BASE = idNamed<BaseId>('base');
export const OTHER_BASE = idNamed<BaseId>('another base');
export const EMPTY_STATE_VECTOR = Uint8Array.of(0);
export const EMPTY_UPDATE = Uint8Array.of(0, 0);

export const runOf = (facts: ReturnType<typeof sessionOf>, from = 0, to?: number): CarriedRun => ({
  session: facts[0]?.envelope.session as SessionId,
  firstPlace: from,
  facts: facts.slice(from, to).map((fact) => fact.bytes),
});

export const home = sessionOf(alice, 'home', 6);
export const garden = sessionOf(alice, 'garden', 4);
export const cellar = sessionOf(bob, 'cellar', 3);
export const ALL = [runOf(home), runOf(garden), runOf(cellar)];

export const clientOf = (facts: typeof home, base = BASE): number =>
  carrierClientId(base, runOf(facts).session);

export const filled = async (make: MakeCarrierShelf, runs = ALL): Promise<Carrier> => {
  const carrier = await (await make()).open(BASE);
  carrier.append(runs);
  return carrier;
};

/** An update that somebody wrote with any client id, root and content they liked. */
export const forged = (client: number, root: string, entries: readonly unknown[]): Uint8Array => {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getArray(root).push([...entries]);
  return Y.encodeStateAsUpdate(doc);
};

/** Numbers as Yjs writes them, one behind the other. */
export const withNumbers = (...numbers: readonly number[]): Uint8Array => {
  const encoder = encoding.createEncoder();
  for (const number of numbers) encoding.writeVarUint(encoder, number);
  return encoding.toUint8Array(encoder);
};

export const sorted = (runs: readonly CarriedRun[]): readonly CarriedRun[] =>
  [...runs].sort((a, b) => (a.session < b.session ? -1 : 1));

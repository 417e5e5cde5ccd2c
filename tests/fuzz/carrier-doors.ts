import * as Y from 'yjs';
import { createDocument } from '../../src/adapters/carrier/document.js';
import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import type { BaseId } from '../../src/core/base/brands.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import { carrierClientId } from '../../src/core/facts/client-id.js';
import { peekPlace } from '../../src/core/facts/place.js';
import type { CarriedRun } from '../../src/ports/carrier.js';
import { alice, bob, idNamed, sessionOf } from '../unit/facts/fixtures.js';
import { demand, type Door } from './door.js';

const BASE = idNamed<BaseId>('base');
const SESSIONS = [sessionOf(alice, 'fuzz', 6), sessionOf(bob, 'fuzz', 3)];
const RUNS = SESSIONS.map((facts) => ({
  session: (facts[0] as (typeof facts)[number]).envelope.session,
  firstPlace: 0,
  facts: facts.map((fact) => fact.bytes),
}));

const honest = createDocument(BASE);
honest.append(RUNS);
const HELD = new Map(RUNS.map((run, index) => [run.session, index + 1]));
const LATER = honest.updateBeyond(HELD);

/** What other programs write into documents, and what only an attacker would. */
const written = (write: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc();
  doc.clientID = carrierClientId(BASE, (RUNS[0] as (typeof RUNS)[number]).session);
  write(doc);
  return Y.encodeStateAsUpdate(doc);
};
const STRANGE = [
  written((doc) => void doc.getMap('m').set('a', { b: [1, 'x', null, 2n ** 60n, 1.5] })),
  written((doc) => {
    doc.getText('t').insert(0, 'some words', { bold: true });
    doc.getText('t').delete(2, 4);
  }),
  written((doc) => doc.getArray('a').insert(0, [1, Uint8Array.of(1, 2), [3], 'four'])),
  written((doc) => void doc.getMap('m').set('inner', new Y.Map([['deep', new Y.Array()]]))),
  written((doc) => void doc.getMap('m').set('doc', new Y.Doc({ guid: 'inner' }))),
  written((doc) => void doc.getXmlFragment('x').insert(0, [new Y.XmlElement('p')])),
];

const carrier = await createMemoryCarrierShelf().open(BASE);
carrier.append(RUNS);

const update: Door = {
  name: 'carrier update',
  weight: 10,
  seeds: [honest.snapshotBytes(), ...(LATER === null ? [] : [LATER]), ...STRANGE],
  enter: async (input) => {
    const read = await carrier.decodeUpdate(input);
    if (!read.ok) return false;
    for (const { session, facts } of read.value) {
      demand(facts.length > 0, 'a run is empty');
      for (const bytes of facts) {
        const place = peekPlace(bytes);
        const isOfRun = place !== null && bytesToHex(place.session) === session;
        demand(isOfRun, 'a fact is of another session');
      }
    }
    await demandRebuilt(read.value);
    return true;
  },
};

/** Our own document, made from what was read, says the same again. */
const demandRebuilt = async (runs: readonly CarriedRun[]): Promise<void> => {
  const whole = runs.filter((run) => run.firstPlace === 0);
  if (whole.length === 0) return;
  const rebuilt = createDocument(BASE);
  rebuilt.append(whole);
  const again = await carrier.decodeUpdate(rebuilt.snapshotBytes());
  demand(again.ok, 'our own document of it is refused');
  const count = (all: readonly CarriedRun[]): number =>
    all.reduce((sum, run) => sum + run.facts.length, 0);
  if (again.ok) demand(count(again.value) === count(whole), 'our own document holds other facts');
};

const vector: Door = {
  name: 'carrier state vector',
  weight: 3,
  seeds: [honest.stateVector(), new Uint8Array(1)],
  enter: (input) => carrier.updateFor(input) !== null,
};

export const CARRIER_DOORS: readonly Door[] = [update, vector];

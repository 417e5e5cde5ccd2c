import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { encodeMessage, parseMessage, type KnownMessage } from '../../src/core/links/messages.js';
import type { Verifier } from '../../src/ports/verifier.js';
import { admitForeign } from '../../src/replica/journal/foreign.js';
import {
  NOTHING_OFFERED,
  admitGovernance,
  offerOf,
} from '../../src/replica/membership/governance.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import { UNCUT } from '../../src/replica/loop/slices.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import { parseFact } from '../../src/core/facts/codec.js';
import { decodeCanonical } from '../../src/core/base/canonical.js';
import { demand, type Door } from './door.js';
import { diskOf } from './household-rows.js';
import { KEPT } from './store-doors.js';

const openKept = async (rows: typeof KEPT.fenced): Promise<Holdings> => {
  const opened = await openStore(createMemoryStore(diskOf(rows)), KEPT.device);
  if (!opened.ok || opened.value.holdings === null) throw new Error('the honest store opens');
  return opened.value.holdings;
};

/** Takes every signature for good: what members together could have signed. */
const colluding: Verifier = { verify: async (checks) => checks.map(() => true) };

/** What an honest peer would send of what it keeps. */
const offeredFrom = (rows: typeof KEPT.fenced): readonly KnownMessage[] => {
  const values = (prefix: string): readonly Uint8Array[] =>
    rows.filter(({ key }) => key.startsWith(prefix)).map(({ value }) => value);
  const runs = rows
    .filter(({ table }) => table === 'facts')
    .flatMap(({ value }) => {
      const read = decodeCanonical(value);
      const facts = read.ok && Array.isArray(read.value) ? (read.value as Uint8Array[]) : [];
      const first = facts[0] === undefined ? null : parseFact(facts[0]);
      if (!first?.ok) return [];
      const { session, seq: firstSeq } = first.value.envelope;
      const seq = firstSeq + facts.length - 1;
      const signatures = [{ seq, signature: new Uint8Array(64) }];
      return [{ session, firstSeq, facts, signatures }];
    });
  return [
    { kind: 'rosterChain', completions: values('roster:') },
    { kind: 'completions', completions: values('head:') },
    { kind: 'runs', runs },
  ];
};

/**
 * What a member's message does once its form was found good, every signature taken for valid.
 *
 * What is admitted is given to a replica, which has to come to a state with it.
 */
const peer: Door = {
  name: 'message of a member',
  weight: 0.6,
  seeds: [KEPT.fenced, KEPT.later].flatMap(offeredFrom).map(encodeMessage),
  enter: async (input, chance) => {
    const read = parseMessage(input);
    if (!read.ok) return false;
    const holdings = await openKept(KEPT.fenced);
    const message = read.value;
    const offer = {
      ...NOTHING_OFFERED,
      transitions: message.kind === 'rosterChain' ? message.completions : [],
      completions: message.kind === 'completions' ? message.completions : [],
      proofs: message.kind === 'evidence' ? message.proofs : [],
    };
    const incoming = message.kind === 'runs' ? message.runs : [];
    const outcome = await admitForeign(
      holdings,
      colluding,
      incoming.map((run) => ({
        ...run,
        signatures: new Map(run.signatures.map(({ seq, signature }) => [seq, signature])),
      })),
      UNCUT,
    );
    const facts = holdings.addRuns(outcome.admitted);
    for (const each of [offer, offerOf(facts)]) {
      const news = await admitGovernance(holdings, colluding, each);
      for (const transition of news.transitions) holdings.addTransition(transition);
      for (const completion of news.completions) holdings.addCompletion(completion);
      for (const point of news.points) holdings.addQuarantine(point);
    }
    holdings.ceremonies();
    holdings.takeRefused();
    const root = holdings.tree().root(holdings.fold().state());
    demand(bytesToHex(Buffer.from(root, 'hex')) === root, 'its digest is no digest');
    return facts.length > 0 || chance.oneIn(1);
  },
};

export const PEER_DOORS: readonly Door[] = [peer];

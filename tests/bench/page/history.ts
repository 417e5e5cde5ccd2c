import { brandHex } from '../../../src/core/base/brands.js';
import type { Hash, SessionId } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { type Fact, encodeFact, factSigningBytes } from '../../../src/core/facts/codec.js';
import { sessionIdOf } from '../../../src/core/facts/session.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import type { Signer } from '../../../src/ports/keys.js';
import type { Change } from '../../../src/ports/store.js';
import type { Holdings } from '../../../src/replica/journal/holdings.js';
import { KEYS, factRows, putRow } from '../../../src/replica/storage/rows.js';
import { type Deed, bodyOf, deedsOf } from './samples.js';

/** Facts of one session with the signature of the last. */
export interface History {
  readonly session: SessionId;
  readonly facts: readonly Fact[];
  readonly signature: Uint8Array;
}

const STARTED_MS = 1_760_000_000_000;

/** Writes so many facts in so many sessions of one member, each opened anew and signed at its end. */
export const writeHistories = async (
  holdings: Holdings,
  signer: Signer,
  factCount: number,
  sessionCount: number,
  deeds: (count: number) => readonly Deed[] = deedsOf,
): Promise<readonly History[]> => {
  const histories: History[] = [];
  for (let index = 0; index < sessionCount; index += 1) {
    const share = Math.floor((factCount * (index + 1)) / sessionCount);
    const before = Math.floor((factCount * index) / sessionCount);
    histories.push(await writeHistory(holdings, signer, deeds(share - before - 1)));
  }
  return histories;
};

const writeHistory = async (
  holdings: Holdings,
  signer: Signer,
  deeds: readonly Deed[],
): Promise<History> => {
  const nonce = brandHex<Hash>(bytesToHex(crypto.getRandomValues(new Uint8Array(32))));
  const session = sessionIdOf(holdings.account, signer.device, nonce);
  const head = holdings.base().heads[0] ?? null;
  const bodies: Body[] = [{ kind: 'session.opened', nonce, head }];
  for (const deed of deeds) {
    bodies.push(bodyOf(deed, (record) => ({ session, seq: record + 1 })));
  }
  const facts: Fact[] = [];
  const { tip, tipHash } = holdings.chain();
  bodies.forEach((body, seq) => {
    const fields = {
      ...{ account: holdings.account, session, author: signer.device, seq },
      ...{ prev: facts[seq - 1]?.id ?? null, lamport: seq + 1, wallMs: STARTED_MS + seq * 60_000 },
      ...{ epoch: tip.epoch, roster: tipHash },
    };
    facts.push(encodeFact(fields, body));
  });
  const last = facts.at(-1) as Fact;
  return { session, facts, signature: await signer.sign(factSigningBytes(last.id)) };
};

/** The rows that a device keeps of histories. */
export const rowsOf = (histories: readonly History[]): readonly Change[] =>
  histories.flatMap(({ session, facts, signature }) => [
    ...factRows(session, 0, facts),
    putRow('signatures', KEYS.signature(session), [facts.length - 1, signature]),
  ]);

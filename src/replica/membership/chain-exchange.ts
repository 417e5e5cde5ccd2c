import type { DeviceId, RosterHash } from '../../core/base/brands.js';
import type { RosterChain } from '../../core/authority/chain.js';
import { parentsOf } from '../../core/authority/fork.js';
import { memberOf } from '../../core/authority/roster.js';
import { encodeRosterCompletion } from '../../core/authority/roster-completion.js';
import { completionsOf } from '../../core/authority/shown-record.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { Context } from '../context.js';
import { type EpochSecrets, envelopesRow, sealTo } from './epoch-secrets.js';
import { type Link, sendOn } from '../links/link.js';

interface SealedSecret {
  readonly device: DeviceId;
  readonly roster: RosterHash;
  readonly envelope: Uint8Array;
}

/** Roster records and the secrets of their epochs, which pass before anything else (N2, N3). */
export interface ChainExchange {
  /**
   * The records that follow one that the peer holds, with its envelope of the present epoch; to a
   * removed device those up to the one that removed it, and no envelope.
   */
  readonly tell: (link: Link, from: RosterHash) => Promise<void>;
  /** The same from the first on, to a device that was a member and claims an unknown record. */
  readonly showAll: (link: Link) => void;
  /**
   * Of a forked account the rivals, each completion once a link: people are to see both, and who
   * voted twice (rule A3).
   */
  readonly tellRivals: (link: Link) => void;
  /** The peer's envelope: who waits in a pairwise room may hold the record and lack the secret. */
  readonly tellSecret: (link: Link) => Promise<void>;
  readonly takeSecrets: (secrets: readonly SealedSecret[]) => Promise<void>;
}

export const createChainExchange = (context: Context, secrets: EpochSecrets): ChainExchange => {
  const transitionsOf = (hashes: readonly RosterHash[]) =>
    hashes.flatMap((hash) => context.holdings?.transitions().get(hash) ?? []);

  const say = (link: Link, completions: readonly Uint8Array[]): void => {
    if (completions.length > 0) sendOn(link, { kind: 'rosterChain', completions });
  };

  const tellRecords = (link: Link, hashes: readonly RosterHash[]): void =>
    say(
      link,
      transitionsOf(hashes).map(({ completion }) => encodeRosterCompletion(completion)),
    );

  const tellSecret = async (link: Link): Promise<void> => {
    const chain = context.holdings?.chain();
    if (chain === undefined) return;
    // Sealed anew, because not every member keeps the others' envelopes.
    const envelope = await sealTo(context, secrets, chain.tip, link.peer);
    if (envelope === null) return;
    const { peer: device } = link;
    sendOn(link, { kind: 'envelopes', envelopes: [{ device, roster: chain.tipHash, envelope }] });
  };

  return {
    tell: async (link, from) => {
      const chain = context.holdings?.chain();
      if (chain === undefined || from === chain.tipHash || !chain.lineage.includes(from)) return;
      tellRecords(
        link,
        shownTo(chain, link.peer).filter((hash) => !chain.isAncestor(hash, from)),
      );
      await tellSecret(link);
    },
    showAll: (link) => {
      const chain = context.holdings?.chain();
      if (chain?.membersEver.has(link.peer) === true) {
        tellRecords(link, shownTo(chain, link.peer));
      }
    },
    tellRivals: (link) => {
      const chain = context.holdings?.chain();
      if (chain?.isForked !== true) return;
      const rivals = [...chain.links.keys()].filter((hash) => !chain.lineage.includes(hash));
      const fresh = transitionsOf(rivals)
        .flatMap(completionsOf)
        .map(encodeRosterCompletion)
        .filter((bytes) => {
          const key = `rival:${sha256Hex(bytes)}`;
          return !link.shown.has(key) && link.shown.add(key);
        });
      say(link, fresh);
    },
    tellSecret,
    takeSecrets: async (offered) => {
      for (const each of offered) {
        const record = context.holdings?.chain().recordAt(each.roster) ?? null;
        const isNeeded = record !== null && (await secrets.secretOf(record)) === null;
        if (!isNeeded || (await secrets.open(record, [each])) === null) continue;
        await context.commit([envelopesRow(each.roster, [each])], 'strict');
      }
    },
  };
};

/**
 * What a peer may see of the records: whoever was removed sees none after that (rule N2). Where
 * branches were united that is the first record behind which all of them lie: one branch alone
 * would leave a device that knows another in doubt.
 */
const shownTo = ({ lineage, removedBy, recordAt }: RosterChain, peer: DeviceId) => {
  if (removedBy(peer).length === 0) return lineage;
  const lastAfter = new Map<RosterHash, number>();
  const records = lineage.flatMap((hash) => recordAt(hash) ?? []);
  records.forEach((record, at) => parentsOf(record).forEach((hash) => lastAfter.set(hash, at)));
  let reach = 0;
  let wasMember = false;
  for (const [at, record] of records.entries()) {
    const isMember = memberOf(record, peer) !== null;
    if (wasMember && !isMember && reach <= at) return lineage.slice(0, at + 1);
    wasMember ||= isMember;
    const hash = lineage[at];
    reach = Math.max(reach, (hash === undefined ? undefined : lastAfter.get(hash)) ?? 0);
  }
  return lineage;
};

import { brandHex } from '../../core/base/brands.js';
import type { Hash, StatementHash } from '../../core/base/brands.js';
import { DOMAINS } from '../../core/base/domains.js';
import { hashOf, hexToBytes } from '../../core/base/hash.js';
import { readOnce } from '../../core/base/read-once.js';
import type { SnapshotSubject } from '../../core/authority/statement.js';
import { type DigestParts, createDigestTree } from '../../core/journal/digest-tree.js';
import type { PartsMessage, WantPartsMessage } from '../../core/links/messages.js';
import type { Capture } from '../../core/snapshots/payload.js';
import type { Recomputer } from './adoption.js';
import { askedSnapshots } from './asked-snapshots.js';
import type { Context } from '../context.js';
import { stageNow } from '../decisions/standing-of.js';
import { type Link, sendOn } from '../links/link.js';

/**
 * Naming where two states differ at one statement's cut (rule S3).
 *
 * Who computed another digest asks the proposer, or whoever else is there, for the hashes of its
 * own tree: first the roots of the domains, then the buckets of the records. Nothing is taken from
 * the answer but which parts differ.
 */
export interface DifferenceService {
  /** Asks for the parts of open statements that this device computed otherwise. */
  readonly settle: (links: readonly Link[]) => void;
  readonly give: (link: Link, want: WantPartsMessage) => void;
  readonly take: (link: Link, parts: PartsMessage) => void;
  /** Names such as `records: 2` or `sessions`; empty while nothing differs. */
  readonly namesOf: (statement: StatementHash) => readonly string[];
}

const ROOTS = '';
const ITEMS = 'items';
/** The domains' names for people, in the tree's order. */
const DOMAIN_NAMES = ['decisions', 'records', 'waiting edits', 'sessions', 'settings'] as const;
const EMPTY_BUCKET = brandHex<Hash>('0'.repeat(64));

export const createDifferenceService = (
  context: Context,
  recomputer: Recomputer,
): DifferenceService => {
  const names = new Map<StatementHash, readonly string[]>();
  const asked = new Map<StatementHash, Link>();

  const wallMs = (): number => context.ports.clock.wallMs();

  /** An open statement that is worth working out: it is asked, this device's, or agreed to. */
  const snapshotOf = (statement: StatementHash): SnapshotSubject | null => {
    const { holdings } = context;
    const ceremony = holdings?.ceremonies().get(statement);
    if (holdings === null || ceremony?.matter.purpose !== 'snapshot') return null;
    if (stageNow(holdings, ceremony, wallMs()) !== 'open') return null;
    const { heldBy, approvals, matter } = ceremony;
    const isOwn = heldBy.has(holdings.me) || approvals.has(holdings.me);
    return isOwn || askedSnapshots(holdings, wallMs()).has(statement) ? matter.subject : null;
  };

  /** What this device computed at the statement's cut, equal or not. */
  const captureOf = (statement: StatementHash): Capture | null => {
    const subject = snapshotOf(statement);
    if (subject === null) return null;
    const { kind } = recomputer.of(statement, subject);
    return kind === 'equal' || kind === 'differs' ? recomputer.captureOf(statement) : null;
  };

  const hashesOf = (statement: StatementHash, domain: string): readonly Hash[] | null => {
    const capture = captureOf(statement);
    if (capture === null) return null;
    const parts = partsOf(capture);
    if (domain === ROOTS) return rootsOf(parts);
    return domain === ITEMS ? bucketsOf(parts) : null;
  };

  const settle = (links: readonly Link[]): void => {
    const { holdings } = context;
    if (holdings === null) return;
    for (const statement of askedSnapshots(holdings, wallMs())) {
      const ceremony = holdings.ceremonies().get(statement);
      if (ceremony?.matter.purpose !== 'snapshot' || names.has(statement)) continue;
      if (asked.get(statement)?.isOpen === true) continue;
      const { proposer, matter } = ceremony;
      if (recomputer.of(statement, matter.subject).kind !== 'differs') continue;
      const link = links.find((each) => each.peer === proposer) ?? links[0];
      if (link === undefined) continue;
      asked.set(statement, link);
      sendOn(link, { kind: 'wantParts', statement, domain: ROOTS });
    }
  };

  const take = (link: Link, { statement, domain, hashes }: PartsMessage): void => {
    const own = asked.get(statement) === link ? hashesOf(statement, domain) : null;
    if (own === null || hashes.length !== own.length) return;
    const differing = own.flatMap((hash, index) => (hash === hashes[index] ? [] : [index]));
    const held = names.get(statement) ?? [];
    if (domain === ITEMS) {
      const others = held.filter((name) => name !== 'records');
      names.set(statement, [`records: ${differing.length}`, ...others]);
    } else {
      const found = differing.flatMap((index) => DOMAIN_NAMES[index] ?? []);
      names.set(statement, found.length > 0 ? found : ['digest']);
      if (found.includes('records')) sendOn(link, { kind: 'wantParts', statement, domain: ITEMS });
    }
    context.changed();
  };

  const namesOf = (statement: StatementHash): readonly string[] => {
    const subject = snapshotOf(statement);
    if (subject === null) return names.get(statement) ?? [];
    const result = recomputer.of(statement, subject);
    if (result.kind === 'other-chain') return ['sessions'];
    return result.kind === 'differs' ? (names.get(statement) ?? ['digest']) : [];
  };

  return {
    settle,
    take,
    namesOf,
    give: (link, { statement, domain }) => {
      const hashes = hashesOf(statement, domain);
      if (hashes !== null) sendOn(link, { kind: 'parts', statement, domain, hashes });
    },
  };
};

/** Worked out once, however many peers ask, and however often. */
const partsOf = readOnce(({ state }: Capture): DigestParts => createDigestTree().parts(state));

const bucketsOf = (parts: DigestParts): readonly Hash[] =>
  parts.items.map((hash) => (hash === '' ? EMPTY_BUCKET : brandHex<Hash>(hash)));

const rootsOf = (parts: DigestParts): readonly Hash[] => [
  brandHex<Hash>(parts.acts),
  hashOf<Hash>(DOMAINS.tree, parts.items.map(hexToBytes)),
  brandHex<Hash>(parts.pending),
  brandHex<Hash>(parts.sessions),
  parts.marks === null ? EMPTY_BUCKET : brandHex<Hash>(parts.marks),
];

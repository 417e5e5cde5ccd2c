/** inviter: a member, who shows the code; newcomer: who scans or types it. */
export type PairingRole = 'inviter' | 'newcomer';

export type PairingMessageKind =
  'commit' | 'reveal' | 'ready' | 'chain' | 'offer' | 'consent' | 'progress' | 'welcome' | 'bye';

/** Something that one role said to the other. */
export type Said = `${PairingRole} ${PairingMessageKind}`;

/** When a message may be said. */
export interface Turn {
  readonly said: Said;
  /** All of these were said before. */
  readonly after: readonly Said[];
  /** once; any: as often as wanted; else: again each time that this was said since. */
  readonly again: 'once' | 'any' | Said;
  /** The sender's own person has to have said that the words are the same. */
  readonly needsWords: boolean;
}

const COMMITS = ['inviter commit', 'newcomer commit'] as const;
const REVEALS = ['inviter reveal', 'newcomer reveal'] as const;

/**
 * Pairing as one global protocol. Each role's machine is this table read from its side: it sends
 * the turns that open with its name and accepts the others, and nothing else.
 *
 * ```
 * inviter                       newcomer
 *    | commit ------------- commit |     neither can choose its key after seeing the other's
 *    | reveal ------------- reveal |     both screens show the same words; both people compare
 *    | <-------------------- ready |     the newcomer's person said: the same
 *    | chain*, offer ------------> |     the inviter's person said: the same
 *    | <------------------ consent |     the newcomer signs the record that adds it
 *    | progress* ----------------> |     who still has to say yes; an offer may be renewed
 *    | chain*, welcome ----------> |     the record is complete
 *    | bye ------------------- bye |     at any time, by either
 * ```
 *
 * Source: rules N9 and C1.
 */
export const PAIRING_PROTOCOL: readonly Turn[] = [
  { said: 'inviter commit', after: [], again: 'once', needsWords: false },
  { said: 'newcomer commit', after: [], again: 'once', needsWords: false },
  { said: 'inviter reveal', after: COMMITS, again: 'once', needsWords: false },
  { said: 'newcomer reveal', after: COMMITS, again: 'once', needsWords: false },
  { said: 'newcomer ready', after: REVEALS, again: 'once', needsWords: true },
  { said: 'inviter chain', after: ['newcomer ready'], again: 'any', needsWords: true },
  {
    said: 'inviter offer',
    after: ['newcomer ready'],
    again: 'newcomer consent',
    needsWords: true,
  },
  { said: 'newcomer consent', after: ['inviter offer'], again: 'inviter offer', needsWords: true },
  { said: 'inviter progress', after: ['newcomer consent'], again: 'any', needsWords: true },
  { said: 'inviter welcome', after: ['newcomer consent'], again: 'once', needsWords: true },
  { said: 'inviter bye', after: [], again: 'once', needsWords: false },
  { said: 'newcomer bye', after: [], again: 'once', needsWords: false },
];

/** What was said so far, with the place at which each was said last; places count from 1. */
export type History = ReadonlyMap<Said, number>;

/** Nothing follows these. */
const LAST: readonly Said[] = ['inviter welcome', 'inviter bye', 'newcomer bye'];

/** The turn for something said now; null when the protocol does not allow it. */
export const turnFor = (history: History, said: Said): Turn | null => {
  const turn = PAIRING_PROTOCOL.find((one) => one.said === said);
  if (turn === undefined || LAST.some((last) => history.has(last))) return null;
  if (!turn.after.every((before) => history.has(before))) return null;
  const saidAt = history.get(said);
  if (saidAt === undefined || turn.again === 'any') return turn;
  if (turn.again === 'once') return null;
  return (history.get(turn.again) ?? 0) > saidAt ? turn : null;
};

/** The history after something was said. */
export const withSaid = (history: History, said: Said): History => {
  const place = Math.max(0, ...history.values()) + 1;
  return new Map([...history, [said, place]]);
};

/** The other role. */
export const otherRole = (role: PairingRole): PairingRole =>
  role === 'inviter' ? 'newcomer' : 'inviter';

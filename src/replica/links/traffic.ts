import type { Message } from '../../core/links/messages.js';
import {
  type Allowance,
  type Bucket,
  fullBucket,
  owedMs,
  takeFrom,
} from '../../core/links/token-bucket.js';
import type { Clock } from '../../ports/clock.js';

/**
 * What one peer may send: far above what an honest one needs, and enough at once for the first
 * sync of a whole account (rule N8).
 */
export const PEER_ALLOWANCES = {
  /** Facts, by their number; what an update holds is taken from its size. */
  facts: { perSecond: 200, burst: 200_000 },
  /** Messages that carry facts. */
  carriers: { perSecond: 200, burst: 20_000 },
  /** What was asked for here: parts of payloads and the like, in bytes. */
  bulk: { perSecond: 16 * 1024 * 1024, burst: 256 * 1024 * 1024 },
  /** Everything else, in messages. */
  words: { perSecond: 40, burst: 600 },
  /** Everything there is, in bytes. */
  bytes: { perSecond: 16 * 1024 * 1024, burst: 512 * 1024 * 1024 },
} as const satisfies Record<string, Allowance>;

/** What all peers together may send. */
export const TOTAL_ALLOWANCE: Allowance = { perSecond: 400, burst: 6_000 };

/** Whoever has so much waiting to be read is no honest peer that is a little fast. */
export const WAITING_MAX = { messages: 1_500, bytes: 64 * 1024 * 1024 } as const;

/** What comes in large pieces, because this device asked for it. */
const BULK = new Set<Message['kind']>([
  'payloadPart',
  'blobIndex',
  'blobChunk',
  'codePart',
  'sharedValue',
]);
/** A small piece costs as much as this, in bytes: it has to be read as well. */
const BULK_BYTES_MIN = 16 * 1024;

/** Facts of an update are about this large at least. */
const FACT_BYTES = 200;

/** How much one peer has sent. */
export interface Traffic {
  /** Takes a message in; how many ms to wait before the next one is read. */
  readonly take: (message: Message | null, bytes: number) => number;
}

/** What all peers share. */
export interface TotalTraffic {
  readonly take: () => number;
}

type Purpose = keyof typeof PEER_ALLOWANCES;

export const createTotalTraffic = (clock: Clock): TotalTraffic => {
  let bucket = fullBucket(TOTAL_ALLOWANCE, clock.monotonicMs());
  return {
    take: () => {
      bucket = takeFrom(bucket, TOTAL_ALLOWANCE, 1, clock.monotonicMs());
      return owedMs(bucket, TOTAL_ALLOWANCE);
    },
  };
};

export const createTraffic = (clock: Clock, total: TotalTraffic): Traffic => {
  const buckets = new Map<Purpose, Bucket>();

  const spend = (purpose: Purpose, cost: number): number => {
    const nowMs = clock.monotonicMs();
    const allowance = PEER_ALLOWANCES[purpose];
    const before = buckets.get(purpose) ?? fullBucket(allowance, nowMs);
    const after = takeFrom(before, allowance, cost, nowMs);
    buckets.set(purpose, after);
    return owedMs(after, allowance);
  };

  return {
    take: (message, bytes) => {
      const facts = factsIn(message, bytes);
      const own =
        facts > 0
          ? Math.max(spend('facts', facts), spend('carriers', 1))
          : message !== null && BULK.has(message.kind)
            ? spend('bulk', Math.max(bytes, BULK_BYTES_MIN))
            : spend('words', 1);
      return Math.max(own, spend('bytes', bytes), facts > 0 ? 0 : total.take());
    },
  };
};

/** About how many facts a message brings; 0 for one that is no carrier of facts. */
export const factsIn = (message: Message | null, bytes: number): number => {
  if (message?.kind === 'runs') {
    return message.runs.reduce((sum, run) => sum + run.facts.length, 0);
  }
  if (message?.kind === 'news') return Math.max(1, Math.floor(bytes / FACT_BYTES / 2));
  if (message?.kind !== 'carrierUpdate') return 0;
  return Math.max(1, message.signatures.length, Math.floor(bytes / FACT_BYTES / 2));
};

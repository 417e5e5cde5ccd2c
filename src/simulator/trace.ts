import { createQuickHash } from './quick-hash.js';

/** What happened, as one hash: equal seeds give equal traces (rule X1). */
export interface Trace {
  readonly note: (nowMs: number, what: string) => void;
  /** Bytes that passed; they count for the hash and are not kept. */
  readonly noteBytes: (what: string, bytes: Uint8Array) => void;
  readonly hash: () => string;
  /** The lines kept, oldest first. */
  readonly lines: () => readonly string[];
}

/** Keeps the last `linesMax` lines for people; 0 keeps none. */
export const createTrace = (linesMax = 0): Trace => {
  const hash = createQuickHash();
  const lines: string[] = [];
  return {
    note: (nowMs, what) => {
      hash.addNumber(nowMs);
      hash.addText(what);
      if (linesMax === 0) return;
      lines.push(`${(nowMs / 1000).toFixed(3).padStart(12)} ${what}`);
      if (lines.length > linesMax) lines.shift();
    },
    noteBytes: (what, bytes) => {
      hash.addText(what);
      hash.addBytes(bytes);
    },
    hash: hash.hex,
    lines: () => lines,
  };
};

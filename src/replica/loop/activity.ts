import type { DeviceId } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { Clock } from '../../ports/clock.js';
import type { Change } from '../../ports/store.js';
import { KEYS, deleteRow, fieldsIn, numberIn, putRow, readRow, textIn } from '../storage/rows.js';
import type { ActivityView } from '../view.js';

/** Lines that the log keeps on this device; older ones go. */
const LINES_MAX = 2000;

/** Every line that the log knows; the words for people are keyed by these. */
export type ActivityKind =
  | 'account-created'
  | 'leaving-founded'
  | 'joined'
  | 'join-proposed'
  | 'roster-changed'
  | 'device-joined'
  | 'maintenance:admin_override'
  | 'removed'
  | 'vetoed'
  | 'recovery-key-signed'
  | 'recovery-key-checked'
  | 'pairing-failed'
  | 'snapshot-proposed'
  | 'snapshot-completed'
  | 'facts-pruned'
  | 'approved'
  | 'refused'
  | 'abandoned'
  | 'queue-written'
  | 'cache-cleared'
  | 'shared-false'
  | 'fact-refused'
  | 'fact-wait'
  | 'fact-beyond'
  | 'object-refused'
  | 'update-refused'
  | 'message-refused'
  | 'payload-refused'
  | 'code-refused'
  | 'link-refused'
  | 'session-damaged'
  | 'edits-back'
  | 'session-cloned'
  | 'task-failed'
  | 'digest-alarm'
  | 'equivocation';

export type Tone = ActivityView['tone'];
export type Details = ActivityView['details'];

/**
 * What happened here, line by line, for people: refused facts, decisions, joins, troubles.
 *
 * Lines are gathered and written with the next commit, so that a log line never costs a commit of
 * its own; `changes` hands them over.
 */
export interface Activity {
  readonly add: (
    kind: ActivityKind,
    tone: Tone,
    device: DeviceId | null,
    details?: Details,
  ) => void;
  readonly lines: () => readonly ActivityView[];
  /** Rows that are not stored yet; calling it hands them over once. */
  readonly takeChanges: () => readonly Change[];
  /** Takes rows back whose commit failed: they go with the next one. */
  readonly giveBack: (changes: readonly Change[]) => void;
  readonly load: (rows: readonly { readonly key: string; readonly value: Uint8Array }[]) => void;
}

export const createActivity = (clock: Clock, changed: () => void): Activity => {
  let lines: readonly ActivityView[] = [];
  let nextIndex = 0;
  let waiting: Change[] = [];

  return {
    add: (kind, tone, device, details = {}) => {
      const line = {
        id: KEYS.activity(nextIndex),
        atMs: clock.wallMs(),
        device,
        tone,
        kind,
        details,
      };
      nextIndex += 1;
      waiting.push(putRow('activity', line.id, lineToCanonical(line)));
      const dropped = lines.length >= LINES_MAX ? lines[lines.length - 1] : undefined;
      if (dropped !== undefined) waiting.push(deleteRow('activity', dropped.id));
      lines = [line, ...lines.slice(0, LINES_MAX - 1)];
      changed();
    },
    lines: () => lines,
    takeChanges: () => {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    giveBack: (changes) => {
      waiting = [...changes, ...waiting].slice(-2 * LINES_MAX);
    },
    load: (rows) => {
      const read = rows.flatMap((row) => lineFrom(row.key, readRow(row.value)) ?? []);
      lines = read.reverse();
      nextIndex = lines[0] === undefined ? 0 : Number(lines[0].id) + 1;
    },
  };
};

const lineToCanonical = (line: ActivityView): CanonicalValue => ({
  at: line.atMs,
  device: line.device,
  tone: line.tone,
  kind: line.kind,
  details: { ...line.details },
});

const lineFrom = (id: string, value: CanonicalValue): ActivityView | null => {
  const [atMs, kind, device] = [
    numberIn(value, 'at'),
    textIn(value, 'kind'),
    textIn(value, 'device'),
  ];
  const { tone, details } = fieldsIn(value);
  if (atMs === null || kind === null || !/^\d+$/.test(id)) return null;
  return {
    id,
    atMs,
    device: device !== null && isHex32(device) ? brandHex<DeviceId>(device) : null,
    tone: TONES.find((each) => each === tone) ?? 'plain',
    kind,
    details: detailsFrom(details),
  };
};

const TONES: readonly Tone[] = ['plain', 'good', 'warn', 'bad'];

const detailsFrom = (value: CanonicalValue | undefined): Details => {
  return Object.fromEntries(
    Object.entries(fieldsIn(value ?? null)).filter(
      ([, each]) => typeof each === 'string' || typeof each === 'number',
    ),
  ) as Details;
};

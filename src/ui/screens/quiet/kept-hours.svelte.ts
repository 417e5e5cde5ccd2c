import { type QuietHours, parseQuietHours } from '../../../core/ceremonies/quiet-hours.js';
import { openLockStorage } from '../../app-lock.svelte.js';

// Counts what was kept by this page, so that whoever reads the hours reads them anew.
let changes = $state(0);
const keyOf = (owner: string): string => `upkeep-quiet:${owner}`;

/** The quiet hours of one device of this browser, kept in it alone; null: it has none (rule P5). */
export const keptHours = (owner: string): QuietHours | null => {
  void changes;
  return readHours(openLockStorage().getItem(keyOf(owner)));
};

/** Keeps other hours for a device, or none. */
export const keepHours = (owner: string, hours: QuietHours | null): void => {
  const storage = openLockStorage();
  if (hours === null) storage.removeItem(keyOf(owner));
  else storage.setItem(keyOf(owner), JSON.stringify(hours));
  changes += 1;
};

/** Reads quiet hours as they are kept; what cannot be read is none. */
export const readHours = (text: string | null): QuietHours | null => {
  if (text === null) return null;
  try {
    const read = parseQuietHours(JSON.parse(text));
    return read.ok ? read.value : null;
  } catch {
    return null;
  }
};

/** The minute of the day of what a field of time holds, as `07:05`; null where it is empty. */
export const minuteOf = (time: string): number | null => {
  const [hour, minute] = time.split(':').map(Number);
  if (hour === undefined || minute === undefined) return null;
  const total = hour * 60 + minute;
  return Number.isInteger(total) ? total : null;
};

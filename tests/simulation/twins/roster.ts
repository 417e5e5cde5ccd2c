import type { RosterHash } from '../../../src/core/base/brands.js';
import {
  type RosterRecord,
  parseRosterRecord as read,
  rosterHashOf as hash,
} from '../../../src/core/authority/roster.js';
import { rememberEqual } from './remembered.js';

export * from '../../../src/core/authority/roster.js';

const hashByRecord = new WeakMap<RosterRecord, RosterHash>();

/** The rosterHashOf of the app, asked once for the same record in memory. */
export const rosterHashOf: typeof hash = (record) => {
  const held = hashByRecord.get(record) ?? hash(record);
  hashByRecord.set(record, held);
  return held;
};

/** The parseRosterRecord of the app, asked once for equal bytes. */
export const parseRosterRecord: typeof read = rememberEqual(read);

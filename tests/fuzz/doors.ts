import { AUTHORITY_DOORS } from './authority-doors.js';
import { CARRIER_DOORS } from './carrier-doors.js';
import { CODE_DOORS } from './code-doors.js';
import type { Door } from './door.js';
import { EDGE_DOORS } from './edge-doors.js';
import { FACT_DOORS } from './fact-doors.js';
import { JOURNAL_DOORS } from './journal-doors.js';
import { LINK_DOORS } from './link-doors.js';
import { PEER_DOORS } from './peer-doors.js';
import { RENDEZVOUS_DOORS } from './rendezvous-doors.js';
import { SHARED_DOORS } from './shared-doors.js';
import { STORE_DOORS } from './store-doors.js';

/** Every place where bytes of others come in. */
export const DOORS: readonly Door[] = [
  ...[FACT_DOORS, AUTHORITY_DOORS, JOURNAL_DOORS, LINK_DOORS, EDGE_DOORS].flat(),
  ...[RENDEZVOUS_DOORS, CARRIER_DOORS, STORE_DOORS, PEER_DOORS, CODE_DOORS].flat(),
  ...SHARED_DOORS,
];

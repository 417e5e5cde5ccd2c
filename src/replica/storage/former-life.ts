import { memberOf } from '../../core/authority/roster.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { Opened } from './opening.js';

/**
 * Notes apart from the store that this device is in an account, and under which name (rule F5).
 *
 * A newcomer that waits for the others is in none yet.
 */
export const noteMember = ({ ports: { keepsake } }: Context, holdings: Holdings): void => {
  const name = memberOf(holdings.chain().tip, holdings.me)?.name ?? null;
  if (keepsake === undefined || name === null) return;
  const held = keepsake.read();
  if (held?.name !== name || !held.opens) keepsake.write({ name, opens: true });
};

/** Notes that the store opened; a name in it without an account is that of keys that are gone. */
export const noteOpened = (
  { ports: { keepsake } }: Context,
  { holdings, deviceName }: Pick<Opened, 'holdings' | 'deviceName'>,
): void => {
  const orphaned = holdings === null && deviceName !== '' ? deviceName : null;
  const held = keepsake?.read() ?? null;
  if (orphaned === null && held?.opens !== false) return;
  keepsake?.write({ name: orphaned ?? held?.name ?? null, opens: true });
};

/** Under which name a device without an account was in one; null: nothing is known of that. */
export const formerName = ({ ports: { keepsake } }: Context): string | null =>
  keepsake?.read()?.name ?? null;

/** A person wants nothing of before to come back. */
export const beginAnew = (context: Context): void => {
  if (context.holdings !== null) return;
  context.ports.keepsake?.forget();
  context.changed();
};

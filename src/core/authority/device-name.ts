import { isWellFormedText } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { type Result, err, ok } from '../base/result.js';

/** Why a text names no device. */
export type DeviceNameError =
  | { readonly kind: 'empty' | 'ill-formed'; readonly field: 'name' }
  | { readonly kind: 'too-long'; readonly field: 'name'; readonly max: number };

/**
 * What a person typed as a device's name, as a record holds it: without the blanks around it.
 *
 * Limits: 1 to LIMITS.nameCharactersMax UTF-16 units. Errors: empty, too-long, and ill-formed
 * where half of a character stands alone, which no record can hold (rule F1).
 */
export const checkDeviceName = (text: string): Result<string, DeviceNameError> => {
  const name = text.trim();
  const max = LIMITS.nameCharactersMax;
  if (name === '') return err({ kind: 'empty', field: 'name' });
  if (name.length > max) return err({ kind: 'too-long', field: 'name', max });
  return isWellFormedText(name) ? ok(name) : err({ kind: 'ill-formed', field: 'name' });
};

import type { DeviceId } from '../../core/base/brands.js';
import type { Holdings } from './holdings.js';

/**
 * Whether a device was shown to have told two stories (rule F6): until it has new keys it approves
 * nothing, and honest devices complete nothing with what it approved.
 */
export const isSetAside = (holdings: Holdings, device: DeviceId): boolean =>
  [...holdings.quarantine().keys()].some(
    (session) => holdings.journal().tip(session)?.author === device,
  );

import type { DeviceId } from '../core/base/brands.js';
import type { DeviceView, View } from '../replica/view.js';

/** Characters that turn the reading direction or hide: a name must not play tricks. */
const TRICKS = /[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name given by people, safe to stand inside a sentence. */
export const plainName = (name: string): string => name.replace(TRICKS, '').trim();

export const findDevice = (view: View, id: DeviceId | null): DeviceView | null =>
  view.devices.find((device) => device.id === id) ?? null;

import { bytesToHex } from '../../../src/core/base/hash.js';
import {
  type RoomName,
  accountRoom as account,
  pairwiseRoom as pairwise,
} from '../../../src/core/links/rooms.js';

export * from '../../../src/core/links/rooms.js';

const rooms = new Map<string, RoomName>();

const remembered = (key: string, make: () => RoomName): RoomName => {
  const held = rooms.get(key) ?? make();
  rooms.set(key, held);
  return held;
};

/** The accountRoom of the app, asked once for equal secrets. */
export const accountRoom: typeof account = (secret, id) =>
  remembered(`${bytesToHex(secret)}/${id}`, () => account(secret, id));

/** The pairwiseRoom of the app, asked once for equal secrets. */
export const pairwiseRoom: typeof pairwise = (secret, id, era) =>
  remembered(`${bytesToHex(secret)}/${id}/${era}`, () => pairwise(secret, id, era));

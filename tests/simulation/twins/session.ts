import type { SessionId } from '../../../src/core/base/brands.js';
import { sessionIdOf as hash } from '../../../src/core/facts/session.js';

export * from '../../../src/core/facts/session.js';

/** Past that all are forgotten, which costs time and changes nothing. */
const KEPT_MAX = 20_000;

const ids = new Map<string, SessionId>();

/** The sessionIdOf of the app, asked once for equal words. */
export const sessionIdOf: typeof hash = (account, author, nonce) => {
  const key = `${account}/${author}/${nonce}`;
  const held = ids.get(key) ?? hash(account, author, nonce);
  if (ids.size >= KEPT_MAX) ids.clear();
  ids.set(key, held);
  return held;
};

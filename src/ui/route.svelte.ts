import { createSubscriber } from 'svelte/reactivity';
import { isHex32, type StatementHash } from '../core/base/brands.js';
import type { RecordKey } from '../replica/view.js';

/** Where the app stands. Everything is in the hash, so that a link survives the app lock. */
export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'decision'; readonly id: StatementHash }
  | { readonly kind: 'records' }
  /** `key` is `new` for a record that is being written. */
  | { readonly kind: 'record'; readonly key: RecordKey | 'new' }
  | { readonly kind: 'devices' }
  | { readonly kind: 'pair' }
  | { readonly kind: 'join'; readonly code: string }
  | { readonly kind: 'snapshots' }
  | { readonly kind: 'activity' }
  | { readonly kind: 'updates' }
  | { readonly kind: 'more' }
  | { readonly kind: 'try' };

const PLAIN = [
  'records',
  'devices',
  'pair',
  'snapshots',
  'activity',
  'updates',
  'more',
  'try',
] as const;

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** Reads a hash such as `#/decision/<id>`. What is not known goes Home. */
export const parseRoute = (hash: string): Route => {
  const [first = '', ...rest] = hash.replace(/^#?\/?/, '').split('/');
  const tail = decode(rest.join('/'));
  if (tail === null) return { kind: 'home' };
  if (tail !== '') {
    if (first === 'decision' && isHex32(tail))
      return { kind: 'decision', id: tail as StatementHash };
    if (first === 'records') return { kind: 'record', key: tail };
    if (first === 'join') return { kind: 'join', code: tail };
    return { kind: 'home' };
  }
  const plain = PLAIN.find((kind) => kind === first);
  return plain === undefined ? { kind: 'home' } : { kind: plain };
};

/** The hash of a route: `parseRoute` gives the same route back. */
export const routeToHash = (route: Route): string => {
  switch (route.kind) {
    case 'home':
      return '#/';
    case 'decision':
      return `#/decision/${route.id}`;
    case 'record':
      return `#/records/${encodeURIComponent(route.key)}`;
    case 'join':
      return `#/join/${encodeURIComponent(route.code)}`;
    default:
      return `#/${route.kind}`;
  }
};

const followHash = createSubscriber((update) => {
  addEventListener('hashchange', update);
  return () => removeEventListener('hashchange', update);
});

/** The present route; reading it keeps a screen fresh. */
export const location = {
  get route(): Route {
    followHash();
    return parseRoute(globalThis.location.hash);
  },
};

/** Goes to a route; `replace` leaves no step for Back. */
export const goTo = (route: Route, replace = false): void => {
  const hash = routeToHash(route);
  if (replace) globalThis.location.replace(hash);
  else globalThis.location.hash = hash;
};

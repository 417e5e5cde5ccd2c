import { createSubscriber } from 'svelte/reactivity';
import { type DeviceId, isHex32, type StatementHash } from '../core/base/brands.js';
import type { RecordKey } from '../replica/view.js';

/** Where the app stands. Everything is in the hash, so that a link survives the app lock. */
export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'decision'; readonly id: StatementHash }
  | { readonly kind: 'records' }
  /** `key` is `new` for a record that is being written. */
  | { readonly kind: 'record'; readonly key: RecordKey | 'new' }
  | { readonly kind: 'devices' }
  /** `act` is what was asked for by name, and stands open. */
  | { readonly kind: 'device'; readonly id: DeviceId; readonly act: DeviceAct | null }
  /** Another device as it was measured here; null: the list of them. */
  | { readonly kind: 'peers'; readonly id: DeviceId | null }
  | { readonly kind: 'rules' }
  | { readonly kind: 'recovery' }
  | { readonly kind: 'split' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'pair' }
  | { readonly kind: 'join'; readonly code: string }
  | { readonly kind: 'snapshots' }
  | { readonly kind: 'propose' }
  | { readonly kind: 'activity' }
  | { readonly kind: 'updates' }
  | { readonly kind: 'publish' }
  | { readonly kind: 'more' }
  | { readonly kind: 'storage' }
  | { readonly kind: 'caches' }
  | { readonly kind: 'health' }
  | { readonly kind: 'try' };

/** What can be done to one device from its page. */
const DEVICE_ACTS = ['rename', 'remove', 'rights', 'admin'] as const;
export type DeviceAct = (typeof DEVICE_ACTS)[number];

const PLAIN = [
  'records',
  'devices',
  'rules',
  'recovery',
  'split',
  'leave',
  'pair',
  'snapshots',
  'propose',
  'activity',
  'updates',
  'publish',
  'more',
  'storage',
  'caches',
  'health',
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
    if (first === 'devices') return parseDevice(rest);
    if (first === 'peers' && isHex32(tail)) return { kind: 'peers', id: tail as DeviceId };
    if (first === 'join') return { kind: 'join', code: tail };
    return { kind: 'home' };
  }
  if (first === 'peers') return { kind: 'peers', id: null };
  const plain = PLAIN.find((kind) => kind === first);
  return plain === undefined ? { kind: 'home' } : { kind: plain };
};

const parseDevice = ([id = '', ...acts]: readonly string[]): Route => {
  const act = DEVICE_ACTS.find((each) => each === acts.join('/')) ?? null;
  if (!isHex32(id) || (acts.length > 0 && act === null)) return { kind: 'home' };
  return { kind: 'device', id: id as DeviceId, act };
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
    case 'device':
      return `#/devices/${route.id}${route.act === null ? '' : `/${route.act}`}`;
    case 'peers':
      return `#/peers${route.id === null ? '' : `/${route.id}`}`;
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

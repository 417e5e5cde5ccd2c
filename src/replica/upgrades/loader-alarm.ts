import type { Hash } from '../../core/base/brands.js';
import type { Body } from '../../core/facts/bodies.js';
import { loaderAlarmOf } from '../../core/journal/upgrade-marks.js';
import type { LoaderPin } from '../../core/upgrades/loader-pin.js';
import type { BundlesState } from '../../ports/bundles.js';
import type { Cancel } from '../../ports/clock.js';
import type { Row, Store } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { OwnBundle } from './own-bundle.js';
import { KEYS, fieldsIn, putRow, readRow, textIn } from '../storage/rows.js';

/** Found, but its bytes could not be read. */
const UNREAD = 'unread';
/** So long the others are told, ms, before this device falls silent. */
const TELL_MS = 1_000;

/**
 * What this device does when its host puts another loader in place than its code knows and the
 * members agreed to (rules U6 and U13).
 */
export interface LoaderAlarm {
  /** What is to be told to the others now. */
  readonly due: (holdings: Holdings) => readonly Body[];
  /** Once it was told: keeps that this device is locked, and locks it. */
  readonly settle: (holdings: Holdings) => Promise<void>;
  readonly load: (own: readonly Row[]) => void;
  readonly close: () => void;
}

/**
 * Watches the loader. `lock` closes this replica, so that nothing holds its keys any more, until a
 * person says that they know of that very loader (`acceptLoader`); without it there is an alarm
 * alone.
 */
export const createLoaderAlarm = (
  context: Context,
  own: Pick<OwnBundle, 'state'>,
  agreed: () => readonly LoaderPin[],
  lock: (() => void) | undefined,
): LoaderAlarm => {
  let accepted: string | null = null;
  let isKept = false;
  let timer: Cancel | null = null;

  // One that cannot be read is no news where another was accepted.
  const isAccepted = (found: Hash | null): boolean =>
    accepted !== null && (found ?? accepted) === accepted;
  const alarming = (): string | null => {
    const stranger = strangersIn(own.state(), agreed()).find((found) => !isAccepted(found));
    return stranger === undefined ? null : (stranger ?? UNREAD);
  };

  return {
    due: (holdings) => {
      const told = loaderAlarmOf(holdings.fold().state().marks, holdings.me);
      const found = alarming();
      const sha256 = found === null || found === UNREAD ? null : (found as Hash);
      if (found !== null && (told === null || told.found !== sha256)) {
        return [{ kind: 'device.alarmed', on: true, found: sha256 }];
      }
      const isSettled = found === null && told !== null && accepted !== null;
      return isSettled ? [{ kind: 'device.alarmed', on: false, found: null }] : [];
    },
    settle: async () => {
      const found = alarming();
      if (found === null || isKept || lock === undefined) return;
      const row = putRow('own', KEYS.loaderAlarm, { found, accepted: false });
      isKept = (await context.commit([row], 'strict')).ok;
      if (isKept) timer ??= context.ports.clock.after(TELL_MS, lock);
    },
    load: (rows) => {
      const row = rows.find(({ key }) => key === KEYS.loaderAlarm);
      const value = row === undefined ? null : readRow(row.value);
      if (fieldsIn(value)['accepted'] === true) accepted = textIn(value, 'found');
    },
    close: () => timer?.(),
  };
};

/** Loaders that were found here, and that no member agreed to. */
export const strangersIn = (
  state: Pick<BundlesState, 'loader'> | null,
  agreed: readonly LoaderPin[],
): readonly (Hash | null)[] =>
  (state?.loader.strangers ?? []).filter((found) => !agreed.some(({ sha256 }) => sha256 === found));

type Kept = Pick<Store, 'get' | 'commit'>;

/** The changed loader over which this device is locked; null where it is not. */
export const lockingLoader = async (store: Kept): Promise<string | null> => {
  const held = await store.get('own', KEYS.loaderAlarm);
  const value = held.ok && held.value !== null ? readRow(held.value) : null;
  return fieldsIn(value)['accepted'] === false ? textIn(value, 'found') : null;
};

/** A person knows of the loader that locked this device: it opens again. True once that is kept. */
export const acceptLoader = async (store: Kept): Promise<boolean> => {
  const found = await lockingLoader(store);
  if (found === null) return true;
  const row = putRow('own', KEYS.loaderAlarm, { found, accepted: true });
  return (await store.commit([row], 'strict')).ok;
};

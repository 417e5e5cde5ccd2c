import { getContext, setContext } from 'svelte';

/** Asks the device itself whether its owner is there: by finger, face or the device's code. */
export interface OwnerCheck {
  /** Whether this device can ask at all. */
  readonly isThere: () => Promise<boolean>;
  /** Sets it up; the id by which it is asked from then on, null when the person did not agree. */
  readonly enrol: (deviceName: string) => Promise<string | null>;
  readonly verify: (id: string) => Promise<boolean>;
}

/** Where the lock of each device of this browser is kept. */
export type LockStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The optional lock before approving, pairing and exporting (rule P5). Off by default. */
export interface AppLock {
  readonly isOn: boolean;
  /** True where nothing is asked now: it is off, or the owner was there just now. */
  readonly isOpen: boolean;
  readonly isThere: () => Promise<boolean>;
  /** Asks for the owner where that is needed; true when it may go on. */
  readonly pass: () => Promise<boolean>;
  readonly turnOn: (deviceName: string) => Promise<boolean>;
  /** Asks for the owner first. */
  readonly turnOff: () => Promise<boolean>;
}

interface LockParts {
  /** The device that is locked; its lock is no other device's. */
  readonly owner: () => string;
  readonly storage: LockStorage;
  readonly check: OwnerCheck;
  readonly nowMs: () => number;
}

/** So long after the owner was there nothing is asked again. */
export const LOCK_OPEN_MS = 2 * 60_000;
const CONTEXT = Symbol('lock');

/** The browser's own storage; a lock that cannot be kept stays off. */
export const openLockStorage = (): LockStorage => {
  try {
    return globalThis.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
};

/** A lock that remembers, in this browser alone, whether it is on; never what the owner showed. */
export const createAppLock = ({ owner, storage, check, nowMs }: LockParts): AppLock => {
  let changes = $state(0);
  let openUntilMs = $state(0);

  const key = (): string => `upkeep-lock:${owner()}`;
  const held = (): string | null => {
    void changes;
    return storage.getItem(key());
  };
  const isOpen = (): boolean => held() === null || nowMs() < openUntilMs;
  const pass = async (): Promise<boolean> => {
    const id = held();
    if (id === null || isOpen()) return true;
    const isOwner = await check.verify(id);
    if (isOwner) openUntilMs = nowMs() + LOCK_OPEN_MS;
    return isOwner;
  };
  return {
    get isOn() {
      return held() !== null;
    },
    get isOpen() {
      return isOpen();
    },
    isThere: check.isThere,
    pass,
    turnOn: async (deviceName) => {
      const id = await check.enrol(deviceName);
      if (id === null) return false;
      storage.setItem(key(), id);
      openUntilMs = nowMs() + LOCK_OPEN_MS;
      changes += 1;
      return true;
    },
    turnOff: async () => {
      openUntilMs = 0;
      if (!(await pass())) return false;
      storage.removeItem(key());
      changes += 1;
      return true;
    },
  };
};

/** Gives the lock to every screen below. */
export const provideLock = (parts: LockParts): AppLock => setContext(CONTEXT, createAppLock(parts));

/** The lock provided above. Throws where there is none. */
export const useLock = (): AppLock => {
  const lock = getContext<AppLock | undefined>(CONTEXT);
  if (lock === undefined) throw new Error('broken invariant: no lock is provided here');
  return lock;
};

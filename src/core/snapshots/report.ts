import type { DeviceReport } from '../journal/device-marks.js';

/** What a device would say of itself now. */
export type OwnReport = Omit<DeviceReport, 'atMs'>;

/** Sizes alone are told anew no more often than this, ms. */
const REPORT_MS = 24 * 3_600_000;
const MIB = 1024 * 1024;

/** Bytes in MiB, down to the next of 1, 2, 3, 4, 6, 8, 12 and so on: not every change is news. */
export const roundedMib = (bytes: number | null): number | null => {
  if (bytes === null || !(bytes >= 0)) return null;
  const whole = Math.min(Math.floor(bytes / MIB), Number.MAX_SAFE_INTEGER);
  if (whole < 4) return whole;
  const step = 2 ** (Math.floor(Math.log2(whole)) - 1);
  return Math.floor(whole / step) * step;
};

/**
 * Whether there is something to tell: that the store is kept or is not, that the app was installed,
 * what a snapshot let go, at once; how much room there is, at most once a day. A browser that says
 * nothing makes nothing known. Source: rule S11.
 */
export const isNews = (own: OwnReport, told: DeviceReport | null, nowMs: number): boolean => {
  const isKnown = own.persisted !== null || own.quota !== null || own.installed;
  if (!isKnown) return false;
  if (told === null || own.persisted !== told.persisted || own.installed !== told.installed) {
    return true;
  }
  if (own.receipt?.head !== told.receipt?.head) return true;
  const isSame = own.quota === told.quota && own.used === told.used && own.backup === told.backup;
  return !isSame && Math.abs(nowMs - told.atMs) >= REPORT_MS;
};

import { type DeviceId, type HeadId, brandHex } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import * as shape from '../base/shape.js';
import { row } from '../base/shape-groups.js';
import type { BodyOf } from '../facts/bodies.js';
import type { Marks } from './marks.js';

/** What adopting a snapshot let go on a device: evidence that it went there (rule S11). */
export interface LetGo {
  readonly head: HeadId;
  readonly facts: number;
  readonly bytes: number;
}

/** What a device last said of how well it keeps things (rule S11). */
export interface DeviceReport {
  /** Whether its browser promised to keep the store; null: it does not say. */
  readonly persisted: boolean | null;
  readonly installed: boolean;
  /** MiB, rounded; null: the browser does not say. */
  readonly quota: number | null;
  readonly used: number | null;
  /** When it last made a backup, its own wall ms; null: never. */
  readonly backup: number | null;
  /** Of the last snapshot that it adopted: it holds that one's payload. */
  readonly receipt: LetGo | null;
  /** When it said so, its own wall ms. */
  readonly atMs: number;
}

/** A member's dated word that it still needs older facts (rule S5). */
export interface Lease {
  readonly device: DeviceId;
  readonly purpose: string;
  /** As claimed, ms of the author's wall clock. */
  readonly takenMs: number;
  readonly untilMs: number;
}

const reported = row<Omit<DeviceReport, 'atMs'>>({
  persisted: shape.nullable(shape.flag),
  installed: shape.flag,
  quota: shape.nullable(shape.unsigned),
  used: shape.nullable(shape.unsigned),
  backup: shape.nullable(shape.unsigned),
  receipt: shape.nullable(
    row<LetGo>({ head: shape.hex32<HeadId>(), facts: shape.unsigned, bytes: shape.unsigned }),
  ),
});

const reportName = (device: DeviceId): string => `device/${device}`;
const LEASE = /^lease\/([0-9a-f]{64})\/(.+)$/su;

/** Only a device itself speaks under its name. */
export const reportMark = (
  author: DeviceId,
  body: BodyOf<'device.reported'>,
): readonly [string, CanonicalValue] => [reportName(author), reported.toCanonical(body)];

/** Null where it was let go. */
export const leaseMark = (
  author: DeviceId,
  purpose: string,
  untilMs: number | null,
): readonly [string, CanonicalValue] => [`lease/${author}/${purpose}`, untilMs];

/** The last word of a device on how well it keeps things; null where it never said. */
export const reportOf = (marks: Marks, device: DeviceId): DeviceReport | null => {
  const mark = marks.get(reportName(device));
  const read = mark === undefined ? undefined : reported.parse(mark.value);
  return mark === undefined || read === undefined ? null : { ...read, atMs: mark.wallMs };
};

/** The leases that were taken and not let go, whether they are over or not. */
export const leasesIn = (marks: Marks): readonly Lease[] => {
  const leases: Lease[] = [];
  for (const [name, { value, wallMs }] of marks) {
    const [, device, purpose] = LEASE.exec(name) ?? [];
    if (device === undefined || purpose === undefined || typeof value !== 'number') continue;
    leases.push({ device: brandHex<DeviceId>(device), purpose, takenMs: wallMs, untilMs: value });
  }
  return leases;
};

import type { DeviceId, FactId, Hash, RosterHash } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { readOnce } from '../base/read-once.js';
import * as shape from '../base/shape.js';
import { row } from '../base/shape-groups.js';
import { type Body, type BodyOf, parseBody } from '../facts/bodies.js';
import type { Kind } from '../facts/kinds.js';
import type { AdmittedFact } from '../facts/run.js';
import type { Marks } from './marks.js';
import { readyDevicesWords } from './policy-marks.js';
import { type Register, compareStamps } from './registers.js';

/** The kinds that speak of one upgrade, and how a trial ended. */
export type UpgradeKind = Extract<Kind, `upgrade.${string}`>;

/** One thing that was said of upgrades, by whom, and where it stands among all of them. */
export interface UpgradeWord<K extends UpgradeKind = UpgradeKind> {
  readonly author: DeviceId;
  readonly roster: RosterHash;
  readonly fact: FactId;
  readonly wallMs: number;
  readonly body: K extends UpgradeKind ? BodyOf<K> : never;
}

/** What a device last said that it runs, when, and how often it has said so. */
export interface BundleReport extends Omit<BodyOf<'device.bundled'>, 'kind'> {
  readonly atMs: number;
}

const said = row({
  kind: shape.text(1, 64),
  author: shape.hex32<DeviceId>(),
  roster: shape.hex32<RosterHash>(),
  fact: shape.hex32<FactId>(),
  body: shape.bytes(1, Number.MAX_SAFE_INTEGER),
});

const alarmed = row({ found: shape.nullable(shape.hex32<Hash>()) });

const BUNDLE = 'bundle/';
const LOADER = 'loader/';
const WORD = 'upgrade/';

/** Only a device itself says what it runs. */
export const bundleMark = (
  author: DeviceId,
  bodyBytes: Uint8Array,
): readonly [string, CanonicalValue] => [BUNDLE + author, bodyBytes];

/** Only a device itself says what its host did; null once its person accepted that. */
export const loaderMark = (
  author: DeviceId,
  { on, found }: BodyOf<'device.alarmed'>,
): readonly [string, CanonicalValue] => [
  LOADER + author,
  on ? [found === null ? null : shape.idToBytes(found)] : null,
];

/** The changed loader that a device last told of; null where it never did, or accepted it. */
export const loaderAlarmOf = (
  marks: Marks,
  device: DeviceId,
): { readonly found: Hash | null; readonly atMs: number } | null => {
  const mark = marks.get(LOADER + device);
  const read = mark === undefined ? undefined : alarmed.parse(mark.value);
  return mark === undefined || read === undefined ? null : { ...read, atMs: mark.wallMs };
};

/** Each word stands by itself: none outdoes another one before all of them are read in order. */
export const upgradeMark = ({
  envelope,
  id,
  bodyBytes,
}: AdmittedFact): readonly [string, CanonicalValue] => {
  const { session, seq, kind, author, roster } = envelope;
  const value = said.toCanonical({ kind, author, roster, fact: id, body: bodyBytes });
  return [`${WORD}${session}/${seq}`, value];
};

/** What a device last said that it runs; null where it never said. */
export const bundleOf = (marks: Marks, device: DeviceId): BundleReport | null => {
  const mark = marks.get(BUNDLE + device);
  if (!(mark?.value instanceof Uint8Array)) return null;
  const body = bodyAt('device.bundled', mark.value);
  return body?.kind === 'device.bundled' ? { ...body, atMs: mark.wallMs } : null;
};

/** How many devices have to be ready from a place among the words on. */
export interface ReadyRule {
  /** So many words come before it. */
  readonly after: number;
  /** Null: as many as decide over the devices. */
  readonly devices: number | null;
  readonly author: DeviceId;
  /** As its author claims, wall ms. */
  readonly atMs: number;
}

/** Every word on upgrades in the order of (lamport, session, seq), the same on every replica. */
export const upgradeWords = (marks: Marks): readonly UpgradeWord[] =>
  stampedWords(marks).map(([, word]) => word);

/** What was said of how many devices have to be ready, where it stands among those words. */
export const readyRules = (marks: Marks): readonly ReadyRule[] => {
  const said = readyDevicesWords(marks);
  if (said.length === 0) return [];
  const words = stampedWords(marks);
  return said.map((rule) => {
    const later = words.findIndex(([mark]) => compareStamps(mark, rule) > 0);
    const after = later < 0 ? words.length : later;
    return { after, devices: rule.devices, author: rule.author, atMs: rule.atMs };
  });
};

const stampedWords = (marks: Marks): readonly (readonly [Register, UpgradeWord])[] => {
  const found: (readonly [Register, UpgradeWord])[] = [];
  for (const [name, mark] of marks) {
    if (!name.startsWith(WORD)) continue;
    const word = wordOf(mark);
    if (word !== null) found.push([mark, word]);
  }
  return found.sort(([a], [b]) => compareStamps(a, b));
};

const wordOf = readOnce(({ value, wallMs }: Register): UpgradeWord | null => {
  const read = said.parse(value);
  if (read === undefined) return null;
  const { author, roster, fact } = read;
  const body = bodyAt(read.kind, read.body);
  if (body === null || !body.kind.startsWith('upgrade.')) return null;
  return { author, roster, fact, wallMs, body: body as UpgradeWord['body'] };
});

const bodyAt = (kind: string, bytes: Uint8Array): Body | null => {
  const parsed = parseBody(kind, bytes);
  return parsed.ok && parsed.value.kind !== 'unknown' ? parsed.value : null;
};

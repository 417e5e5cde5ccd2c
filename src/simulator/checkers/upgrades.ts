import type { DeviceId, FactId, Hash } from '../../core/base/brands.js';
import { decodeCanonical } from '../../core/base/canonical.js';
import { compareBy } from '../../core/base/ordering.js';
import type { Body, BodyOf } from '../../core/facts/bodies.js';
import { compareStamps } from '../../core/journal/registers.js';
import { type Slot, idleOf } from '../../core/upgrades/slots.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import type { SimDisk } from '../ports/sim-disk.js';
import type { CreateChecker, Scene } from './checker.js';
import { type RosterBook, bookOf, holds } from './roster-book.js';

type Word<K extends Body['kind'] = Body['kind']> = LedgerEntry & { readonly body: BodyOf<K> };

/** The loader gives a page on trial away so often, no more (rule U7). */
const BOOTS = 3;

/** What a device that switches has to hold against it. */
interface Ground {
  readonly scene: Scene;
  readonly slot: Slot;
  readonly me: DeviceId;
  readonly members: ReadonlySet<DeviceId>;
  readonly needed: number;
  /** Every word ever said of code. */
  readonly said: readonly LedgerEntry[];
  /** Of these the ones that lie on this device, in their order. */
  readonly heard: readonly LedgerEntry[];
  readonly book: RosterBook;
  /** When the device had heard so many call an upgrade ready; null: not yet, or another clock. */
  readonly readySinceMs: (upgrade: FactId, count: number) => number | null;
  /** Members that ever said that they run it. */
  readonly runBy: ReadonlySet<DeviceId>;
}

/**
 * U4, U7, U9: nothing runs that was not offered and checked by enough, that failed, was stopped or
 * is older, or whose wave has not come; who says ready has it; and at the end all tell the same.
 */
export const checkUpgrades: CreateChecker = (scene) => {
  const said: LedgerEntry[] = [];
  const bestGood = new Map<SimDevice, number>();
  const heardReady = new Map<SimDevice, HeardReady>();

  const hearReady = (device: SimDevice, entries: readonly LedgerEntry[]): void => {
    const heard: HeardReady = heardReady.get(device) ?? new Map();
    heardReady.set(device, heard);
    for (const entry of entries) {
      if (!is(entry, 'upgrade.readied') || entry.body.verdict !== 'ready') continue;
      const { upgrade } = entry.body;
      const by = heard.get(upgrade) ?? new Map();
      heard.set(upgrade, by);
      const { author } = entry.fact.envelope;
      if (!by.has(author)) by.set(author, { atMs: scene.nowMs(), skewMs: device.skewMs });
    }
  };

  return {
    wrote: (entry) => {
      const kind = entry.body?.kind ?? '';
      if (kind.startsWith('upgrade.') || kind === 'device.bundled') said.push(entry);
    },
    commit: ({ device, entries, fresh, changes }) => {
      if (device.code === null) return;
      hearReady(device, entries);
      // What a snapshot covers is heard with its payload.
      const isAdopting = changes.some(({ kind, table }) => kind === 'put' && table === 'payloads');
      if (isAdopting) hearReady(device, said);
      for (const entry of fresh) {
        if (!is(entry, 'upgrade.readied') || entry.body.verdict !== 'ready') continue;
        if (entry.fact.envelope.author !== device.keys.signer.device) continue;
        const { upgrade } = entry.body;
        const offer = said.find(({ fact }) => fact.id === upgrade);
        if (offer === undefined || !is(offer, 'upgrade.proposed')) continue;
        if (hasChecked(device, offer.body.manifest, offer.body.content)) continue;
        scene.fail('U3 ready is who has checked it', `${device.name} ${offer.body.version}`);
      }
    },
    switched: (device) => {
      const ground = groundOf(scene, said, device, heardReady.get(device) ?? new Map());
      if (ground === null) return;
      const fault = switchFault(ground, device, bestGood.get(device) ?? 0);
      if (fault !== null) {
        const what = `${device.name} takes ${ground.slot.version}: ${fault}`;
        scene.fail('U4 only what was agreed to runs', what);
      }
    },
    step: (device) => {
      const slots = device.code?.slots();
      if (slots?.active == null) return;
      if (slots.trial !== null && slots.trial.boots > BOOTS) {
        scene.fail('U7 a trial ends', `${device.name} after ${slots.trial.boots} pages`);
      }
      const good = slots.trial === null ? (slots[slots.active]?.sequence ?? 0) : 0;
      bestGood.set(device, Math.max(good, bestGood.get(device) ?? 0));
    },
    end: () => {
      compareAll(scene);
      lookForOutsiders(scene, said);
      for (const device of scene.devices) if (!device.isLiar) lookAtTold(scene, said, device);
    },
  };
};

const is = <K extends Body['kind']>(entry: LedgerEntry, kind: K): entry is Word<K> =>
  entry.body?.kind === kind;

const hasChecked = ({ code }: SimDevice, manifest: Hash, content: Hash): boolean => {
  const slots = code?.slots();
  if (slots?.active == null) return false;
  const idle = slots[idleOf(slots)];
  const isStaged = idle?.manifest === manifest && idle.stage === 'staged';
  return isStaged || slots[slots.active]?.content === content;
};

/** By upgrade and author: when a device first heard that it is ready, by how wrong a clock. */
type HeardReady = Map<FactId, Map<DeviceId, { readonly atMs: number; readonly skewMs: number }>>;

const groundOf = (
  scene: Scene,
  said: readonly LedgerEntry[],
  device: SimDevice,
  heardReady: HeardReady,
): Ground | null => {
  const slots = device.code?.slots();
  const view = replicaOf(device)?.view();
  const slot = slots?.active == null ? null : slots[slots.active];
  if (slot == null || view?.account == null) return null;
  const members = new Set(view.upgrades.devices.map((each) => each.device));
  const runBy = said.flatMap((entry) => {
    const { author } = entry.fact.envelope;
    const isIt = is(entry, 'device.bundled') && entry.body.content === slot.content;
    return isIt && members.has(author) ? [author] : [];
  });
  const places = placesOn(device.disk);
  return {
    ...{ scene, slot, me: device.keys.signer.device, members, said },
    needed: Math.max(1, Math.min(view.account.governanceThreshold, members.size)),
    heard: said.filter(({ fact }) => places.has(placeOf(fact.envelope))).sort(inOrder),
    readySinceMs: (upgrade, count) => {
      const heard = [...(heardReady.get(upgrade)?.values() ?? [])];
      const last = heard.sort((one, other) => one.atMs - other.atMs)[count - 1];
      return last === undefined || last.skewMs !== device.skewMs ? null : last.atMs;
    },
    runBy: new Set(runBy),
    book: bookOf(device.disk),
  };
};

const placeOf = ({ session, seq }: LedgerEntry['fact']['envelope']): string => `${session}:${seq}`;

/** Where the facts on a disk stand. */
const placesOn = (disk: SimDisk): ReadonlySet<string> => {
  const places = new Set<string>();
  for (const [key, value] of disk.rowsOf('facts')) {
    const row = decodeCanonical(value, Number.MAX_SAFE_INTEGER);
    const count = row.ok && Array.isArray(row.value) ? row.value.length : 0;
    const firstSeq = Number(key.slice(65));
    for (let at = 0; at < count; at += 1) places.add(`${key.slice(0, 64)}:${firstSeq + at}`);
  }
  return places;
};

const inOrder = compareBy(({ fact }: LedgerEntry) => fact.envelope, compareStamps);

const switchFault = (ground: Ground, device: SimDevice, bestGood: number): string | null => {
  const { slot, needed, runBy, heard, said } = ground;
  const { content, manifest, sequence } = slot;
  if (device.code?.slots().quarantined.includes(content)) return 'it failed here';
  if (sequence < bestGood) return `${bestGood} was good here`;
  const isRun = runBy.size >= needed;
  const failedOn = isRun ? null : whoWentBack(ground);
  if (failedOn !== null) return `it failed on ${failedOn}`;
  const isOffer = (entry: LedgerEntry): entry is Word<'upgrade.proposed'> =>
    is(entry, 'upgrade.proposed') &&
    entry.body.manifest === manifest &&
    mayOffer(entry, bookOf(device.disk));
  if (!said.some(isOffer)) return 'nobody offered it';
  const offers = heard.filter(isOffer);
  const faults = offers.map((offer) => offerFault(ground, offer, isRun));
  return faults.includes(null) ? null : (faults[0] ?? null);
};

/** Whether who published it was a member that may, under the record that it names (U10). */
const mayOffer = ({ fact }: LedgerEntry, book: RosterBook): boolean => {
  const record = book.get(fact.envelope.roster)?.record;
  return record !== undefined && holds(record, fact.envelope.author, 'upgrade_publish');
};

/** A member whose last word on this content, as it lies here, is that it went back from it. */
const whoWentBack = ({ scene, slot, members, heard }: Ground): string | null => {
  const last = new Map<DeviceId, 'good' | 'rolled-back'>();
  for (const entry of heard) {
    if (!is(entry, 'upgrade.switched')) continue;
    const { from, to, outcome } = entry.body;
    if ((outcome === 'good' ? to : from) === slot.content) {
      last.set(entry.fact.envelope.author, outcome);
    }
  }
  const found = [...last].find(([author, outcome]) => outcome !== 'good' && members.has(author));
  return found === undefined ? null : (scene.deviceOf(found[0])?.name ?? 'somebody');
};

/** What speaks against a switch on the word of one offer; null when nothing does. */
const offerFault = (
  { scene, me, members, needed, said, heard, readySinceMs, runBy, book }: Ground,
  { fact: { id }, body }: Word<'upgrade.proposed'>,
  isRun: boolean,
): string | null => {
  const ready = new Set(
    said.flatMap((entry) => {
      const { author, wallMs } = entry.fact.envelope;
      if (!is(entry, 'upgrade.readied') || entry.body.upgrade !== id) return [];
      const counts = entry.body.verdict === 'ready' && wallMs <= body.expires;
      return counts && members.has(author) ? [author] : [];
    }),
  );
  if (ready.size < needed && !isRun) return `${ready.size} of ${needed} were ready`;
  const sinceMs = isRun || body.fork === 'hard' ? null : readySinceMs(id, needed);
  const graceMs = sinceMs === null ? null : scene.nowMs() - sinceMs;
  if (graceMs !== null && graceMs < body.grace) return `its grace ran ${graceMs} ms`;
  let isHalted = false;
  for (const entry of heard) {
    if (scene.deviceOf(entry.fact.envelope.author)?.isLiar !== false) continue;
    if (!mayOffer(entry, book)) continue;
    if (is(entry, 'upgrade.halted') && entry.body.upgrade === id) isHalted = true;
    if (is(entry, 'upgrade.resumed') && entry.body.upgrade === id) isHalted = false;
    const isRevoked = is(entry, 'upgrade.revoked') && entry.body.upgrade === id;
    if (isRevoked && !isRun) return 'it was revoked';
  }
  // Neither a halt nor a group holds back what a record binds.
  if (bindsLast(book) === body.manifest) return null;
  if (isHalted) return 'it is halted';
  const mine = body.waves.findIndex((wave) => wave.includes(me));
  const before = body.waves.slice(0, mine < 0 ? undefined : mine).flat();
  const late = before.find((device) => members.has(device) && !runBy.has(device));
  return late === undefined ? null : `its wave waits for ${scene.deviceOf(late)?.name}`;
};

/** What the last record that binds a version binds; null before any did. */
const bindsLast = (book: RosterBook): Hash | null => {
  const binding = [...book.values()].filter(({ record }) => record.activation !== null);
  const last = binding.sort((one, other) => other.record.epoch - one.record.epoch)[0];
  return last?.record.activation?.manifest ?? null;
};

/** Each way back of a device's code is told by a word of its own, once it found its feet again. */
const lookAtTold = (scene: Scene, said: readonly LedgerEntry[], device: SimDevice): void => {
  const slots = device.code?.slots();
  if (slots == null || slots.trial !== null) return;
  if (replicaOf(device)?.view().stage !== 'member') return;
  const told = said.filter(
    (entry) =>
      is(entry, 'upgrade.switched') &&
      entry.body.outcome === 'rolled-back' &&
      entry.fact.envelope.author === device.keys.signer.device,
  );
  const back = slots.history.filter(({ outcome }) => outcome === 'rolled-back');
  if (told.length >= back.length) return;
  scene.fail('U7 a way back is told', `${device.name} told ${told.length} of ${back.length}`);
};

/** No screen shows what somebody outside the account put forward. */
const lookForOutsiders = (scene: Scene, said: readonly LedgerEntry[]): void => {
  const offers = new Map(said.map((entry) => [entry.fact.id, entry]));
  for (const device of scene.devices) {
    const view = device.isLiar ? undefined : replicaOf(device)?.view();
    if (view?.stage !== 'member') continue;
    const book = bookOf(device.disk);
    for (const { id, version } of [...view.upgrades.pending, ...view.upgrades.past]) {
      const offer = offers.get(id);
      if (offer === undefined || mayOffer(offer, book)) continue;
      scene.fail('U10 nobody outside offers anything', `${device.name} shows ${version}`);
    }
  }
};

const compareAll = (scene: Scene): void => {
  const told = new Map<string, string>();
  for (const device of scene.devices) {
    const view = device.isLiar ? undefined : replicaOf(device)?.view();
    if (device.code === null || view?.stage !== 'member') continue;
    for (const { id, stage, failure } of [...view.upgrades.pending, ...view.upgrades.past]) {
      const word = `${stage} ${failure?.kind ?? ''}`;
      const other = told.get(id) ?? word;
      told.set(id, other);
      if (other === word) continue;
      const what = `${device.name} says ${word} of ${id.slice(0, 8)}, another ${other}`;
      scene.fail('U4 all tell the same of an upgrade', what);
    }
  }
};

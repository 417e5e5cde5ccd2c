import { type Switch, activeOf, idleOf } from '../../core/upgrades/slots.js';
import { KEYS, fieldsIn, readRow, textIn } from '../../replica/storage/rows.js';
import { CHECK_OF } from '../ailments.js';
import { type SimDevice, ailmentOn, replicaOf } from '../device.js';
import { createQuickHash } from '../quick-hash.js';
import type { CreateChecker } from './checker.js';
import { createFenceBook } from './fence-book.js';

/**
 * H1, H2: a version under which something fails that was well before is never called good while it
 * does, and who has looked at it leaves it, except past a fence, where the version before would
 * be kept out (U7); what was broken before is nobody's fault.
 *
 * Knows what is wrong by the simulation's own word; no report of a replica is believed.
 */
export const checkHealth: CreateChecker = (scene) => {
  /** The journal that lay here at the switch; null where nothing says what it came to. */
  const beforeOn = new Map<SimDevice, string | null>();
  /** The same as the page on trial found it, by its life. */
  const startedOn = new Map<SimDevice, { readonly life: number; readonly journal: string }>();
  const seen = new Map<SimDevice, number>();
  const noted = new Set<SimDevice>();
  const fences = createFenceBook();

  /** Whether what fails on this device is seen by whoever looks: a digest needs its like. */
  const isSeen = (device: SimDevice): boolean => {
    const ailment = ailmentOn(device);
    const before = beforeOn.get(device);
    const started = startedOn.get(device);
    if (ailment === null || before === undefined || started?.life !== device.life?.number) {
      return false;
    }
    return ailment !== 'digests' || before === started?.journal;
  };

  const lookAtNew = (device: SimDevice, entry: Switch): void => {
    const { outcome, to, from, cause } = entry;
    const told = `${device.name} ${outcome} ${(outcome === 'good' ? to : from)?.slice(0, 8)}`;
    if (outcome === 'good') {
      const isActive = device.code !== null && activeOf(device.code.slots())?.content === to;
      if (!isActive || !isSeen(device)) return;
      const what = `${told}, where ${ailmentOn(device)} fails`;
      return scene.fail('H2 no version is good that breaks what was well', what);
    }
    const [, blamed] = /^health (\w+) /.exec(cause) ?? [];
    if (blamed === 'room' && device.ailments.isFull && noted.has(device)) {
      scene.fail('H1 what was broken before is not blamed', `${told}: ${cause}`);
    }
    const ailment = from === null ? undefined : device.ailments.byContent.get(from);
    const isTrue = ailment !== undefined && CHECK_OF[ailment] === blamed;
    if ((blamed === 'crypto' || blamed === 'digest') && !isTrue) {
      scene.fail('H1 nothing that is well is blamed', `${told}: ${cause}`);
    }
  };

  return {
    wrote: fences.wrote,
    commit: (commit) => {
      fences.commit(commit);
      const { device, changes } = commit;
      if (device.code === null) return;
      const isNote = changes.some((each) => 'key' in each && each.key === KEYS.healthBefore);
      if (isNote) noted.add(device);
    },
    switched: (device) => {
      startedOn.delete(device);
      if (ailmentOn(device) === null) beforeOn.delete(device);
      else beforeOn.set(device, isNoteTrue(device) ? journalOn(device) : null);
    },
    started: (device) => {
      const { life } = device;
      if (life === null || ailmentOn(device) === null) return;
      startedOn.set(device, { life: life.number, journal: journalOn(device) });
    },
    looked: (device) => {
      const slots = device.code?.slots();
      if (slots?.trial == null || !isSeen(device)) return;
      const behind = slots[idleOf(slots)]?.content;
      if (fences.lackedBy(device, behind).length > 0) return;
      const content = activeOf(slots)?.content.slice(0, 8);
      const what = `${device.name} stays with ${content}, where ${ailmentOn(device)} fails`;
      scene.fail('H2 who has looked leaves what breaks what was well', what);
    },
    step: (device) => {
      const history = device.code?.slots().history;
      if (history === undefined) return;
      const from = seen.get(device) ?? 0;
      if (history.length === from) return;
      seen.set(device, history.length);
      for (const entry of history.slice(from)) lookAtNew(device, entry);
    },
  };
};

/** Whether the row that a switch left speaks of the journal that this device has now. */
const isNoteTrue = (device: SimDevice): boolean => {
  const row = device.disk.rowsOf('own').get(KEYS.healthBefore);
  const mark = fieldsIn(row === undefined ? null : readRow(row))['mark'] ?? null;
  const { base, factSet } = replicaOf(device)?.inspect() ?? {};
  return base != null && textIn(mark, 'base') === base && textIn(mark, 'factSet') === factSet;
};

/** Everything that a start reads of the journal: equal rows come to the same. */
const journalOn = ({ disk }: SimDevice): string => {
  const hash = createQuickHash();
  for (const table of ['facts', 'governance', 'payloads'] as const) {
    for (const [key, value] of [...disk.rowsOf(table)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.addText(key);
      hash.addBytes(value);
    }
  }
  return hash.digest().join();
};

import { isKnownKind } from '../../core/facts/kinds.js';
import { readStoredPayload } from '../../core/snapshots/payload.js';
import { replicaOf } from '../device.js';
import { heldOn } from '../faults/damage.js';
import type { LedgerEntry } from '../ledger.js';
import type { CreateChecker } from './checker.js';

/**
 * 17: a fact of a kind that this version does not know is kept and passed on, and no cut passes it.
 *
 * What an honest disk once took in is on every sound disk at the end. Where a session has two
 * branches, which of them is held is a question of its own.
 */
export const checkUnknownKinds: CreateChecker = (scene) => {
  const taken = new Set<LedgerEntry>();
  const cutPasses = (bytes: Uint8Array): LedgerEntry | undefined => {
    const state = readStoredPayload(bytes);
    if (!state.ok) return undefined;
    return [...taken].find(({ fact }) => {
      const tip = state.value.frontier.get(fact.envelope.session);
      return tip !== undefined && tip.seq >= fact.envelope.seq;
    });
  };
  return {
    commit: ({ device, changes, fresh }) => {
      for (const entry of fresh) if (!isKnownKind(entry.fact.envelope.kind)) taken.add(entry);
      if (taken.size === 0) return;
      for (const change of changes) {
        if (change.kind !== 'put' || change.table !== 'payloads') continue;
        const passed = cutPasses(change.value);
        if (passed === undefined) continue;
        const { kind } = passed.fact.envelope;
        scene.fail('17 no cut passes an unknown kind', `${device.name} ${kind}`);
      }
    },
    end: () => {
      const sound = scene.devices.filter(
        (device) =>
          !device.isLiar && !device.isDamaged && replicaOf(device)?.view().stage === 'member',
      );
      for (const { fact, isExcused } of taken) {
        const { session, seq, kind } = fact.envelope;
        if (isExcused || scene.ledger.at(session, seq).length > 1) continue;
        for (const device of sound) {
          if (seq <= (heldOn([device.disk]).get(session) ?? -1)) continue;
          scene.fail('17 unknown kinds are kept and forwarded', `${device.name} lacks ${kind}`);
        }
      }
    },
  };
};

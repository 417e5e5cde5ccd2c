import type { PairingView } from '../../../replica/view.js';
import type { PairWords } from '../../words/en/later/pair.js';
import type { Format } from '../../words/format.js';

/** One named step on the way in. */
export interface PairingStage {
  readonly key: 'code' | 'find' | 'compare' | 'agree' | 'receive';
  readonly label: string;
  readonly state: 'done' | 'now' | 'next';
  readonly note?: string;
  readonly fraction?: number | null;
}

type Running = Extract<PairingView, { kind: 'seeking' | 'waiting' | 'receiving' }>;

const AT = { seeking: 1, waiting: 3, receiving: 4 } as const;

/** The steps of pairing as one device sees them, with the progress of the present one. */
export const pairingToStages = (
  pairing: Running,
  say: PairWords,
  format: Format,
): readonly PairingStage[] => {
  const isInviter = pairing.kind === 'waiting' && pairing.role === 'inviter';
  const labels = [
    ['code', say.stage.code],
    ['find', say.stage.find],
    ['compare', say.stage.compare],
    ['agree', say.stage.agree],
    ['receive', isInviter ? say.stage.hand : say.stage.receive],
  ] as const;
  const at = AT[pairing.kind];
  return labels.map(([key, label], index) => ({
    key,
    label,
    state: index < at ? 'done' : index === at ? 'now' : 'next',
    ...(index === at ? progressOf(pairing, say, format) : {}),
  }));
};

const progressOf = (
  pairing: Running,
  say: PairWords,
  format: Format,
): { readonly note?: string; readonly fraction?: number | null } => {
  // Out of sight of the others nothing moves here, for days perhaps.
  if (pairing.kind === 'waiting' && pairing.outOfSight !== undefined) return {};
  if (pairing.kind !== 'receiving') return { fraction: null };
  const { receivedBytes, totalBytes } = pairing;
  const have = format.bytes(receivedBytes);
  if (totalBytes === null || totalBytes === 0) return { note: have, fraction: null };
  return {
    note: say.received(have, format.bytes(totalBytes)),
    fraction: Math.min(receivedBytes / totalBytes, 1),
  };
};

import type { PairingView } from '../../../replica/view.js';
import type { Words } from '../../words/words.js';

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
export const pairingToStages = (pairing: Running, words: Words): readonly PairingStage[] => {
  const say = words.pair.stage;
  const isInviter = pairing.kind === 'waiting' && pairing.role === 'inviter';
  const labels = [
    ['code', say.code],
    ['find', say.find],
    ['compare', say.compare],
    ['agree', say.agree],
    ['receive', isInviter ? say.hand : say.receive],
  ] as const;
  const at = AT[pairing.kind];
  return labels.map(([key, label], index) => ({
    key,
    label,
    state: index < at ? 'done' : index === at ? 'now' : 'next',
    ...(index === at ? progressOf(pairing, words) : {}),
  }));
};

const progressOf = (
  pairing: Running,
  words: Words,
): { readonly note?: string; readonly fraction?: number | null } => {
  if (pairing.kind !== 'receiving') return { fraction: null };
  const { receivedBytes, totalBytes } = pairing;
  const have = words.format.bytes(receivedBytes);
  if (totalBytes === null || totalBytes === 0) return { note: have, fraction: null };
  return {
    note: words.pair.received(have, words.format.bytes(totalBytes)),
    fraction: Math.min(receivedBytes / totalBytes, 1),
  };
};

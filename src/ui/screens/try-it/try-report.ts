import type { PairingView, Stage, View } from '../../../replica/view.js';
import { TRY_PROFILES, type TryProfile } from './databases.js';

/** What a tried device tells the page around it, after each change. */
export interface TryReport {
  readonly kind: 'upkeep:try-report';
  readonly profile: TryProfile;
  readonly stage: Stage;
  readonly pairing: PairingView['kind'];
  /** The link with the code that it shows; null while it shows none. */
  readonly code: string | null;
  readonly devices: number;
  readonly records: number;
  readonly hasProposal: boolean;
  readonly snapshots: number;
}

export type TryReports = Readonly<Partial<Record<TryProfile, TryReport>>>;

export const viewToReport = (profile: TryProfile, view: View): TryReport => ({
  kind: 'upkeep:try-report',
  profile,
  stage: view.stage,
  pairing: view.pairing.kind,
  code: view.pairing.kind === 'inviting' ? view.pairing.uri : null,
  devices: view.devices.length,
  records: view.recordCount,
  hasProposal: view.decisions.some(
    ({ stage, subject }) => stage === 'open' && subject.kind === 'snapshot',
  ),
  snapshots: view.snapshots.length,
});

/** Reads a message between frames of this origin; null for any other message. */
export const parseReport = (data: unknown): TryReport | null => {
  if (typeof data !== 'object' || data === null) return null;
  const report = data as Partial<TryReport>;
  if (report.kind !== 'upkeep:try-report') return null;
  if (!TRY_PROFILES.some((profile) => profile === report.profile)) return null;
  return report as TryReport;
};

export const TRY_STEPS = ['create', 'pair', 'write', 'propose', 'approve'] as const;
export type TryStep = (typeof TRY_STEPS)[number];

/** The step that comes next; null once all five are done. A snapshot proves those before it. */
export const nextStep = (reports: TryReports): TryStep | null => {
  const all = TRY_PROFILES.flatMap((profile) => reports[profile] ?? []);
  const hasSnapshot = all.some(({ snapshots }) => snapshots > 0);
  const done: Readonly<Record<TryStep, boolean>> = {
    create: all.some(({ stage }) => stage === 'member'),
    pair: all.some(({ devices }) => devices > 1),
    write: hasSnapshot || all.some(({ records }) => records > 0),
    propose: hasSnapshot || all.some(({ hasProposal }) => hasProposal),
    approve: hasSnapshot,
  };
  return TRY_STEPS.find((step) => !done[step]) ?? null;
};

/** A code that one device shows, and the one that it can be handed to. */
export interface TryHandover {
  readonly code: string;
  readonly to: TryProfile;
}

/** Null while no code is shown, or nobody is left to take it. */
export const planHandover = (reports: TryReports): TryHandover | null => {
  const code = TRY_PROFILES.map((profile) => reports[profile]?.code ?? null).find(
    (shown) => shown !== null,
  );
  const to = TRY_PROFILES.find((profile) => {
    const report = reports[profile];
    return report?.stage === 'empty' && report.pairing === 'idle';
  });
  return code === undefined || to === undefined ? null : { code, to };
};

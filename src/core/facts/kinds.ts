/**
 * Every kind of fact that was ever released, and what holds for it whatever its body says.
 *
 * Kernel kinds never change their bodies and every version reads them (rule C9). `firstFold` is the
 * fold version from which on a device may write the kind (rule S13).
 */
export const KINDS = {
  'session.opened': { isKernel: true, firstFold: 1 },
  'record.created': { isKernel: false, firstFold: 1 },
  'record.edited': { isKernel: false, firstFold: 1 },
  'record.removed': { isKernel: false, firstFold: 1 },
  'roster.proposed': { isKernel: true, firstFold: 1 },
  'roster.promised': { isKernel: true, firstFold: 1 },
  'roster.approved': { isKernel: true, firstFold: 1 },
  'roster.refused': { isKernel: true, firstFold: 1 },
  'roster.abandoned': { isKernel: true, firstFold: 1 },
  'roster.completed': { isKernel: true, firstFold: 1 },
  'snapshot.proposed': { isKernel: true, firstFold: 1 },
  'snapshot.approved': { isKernel: true, firstFold: 1 },
  'snapshot.refused': { isKernel: true, firstFold: 1 },
  'snapshot.abandoned': { isKernel: true, firstFold: 1 },
  'snapshot.completed': { isKernel: true, firstFold: 1 },
  'equivocation.shown': { isKernel: true, firstFold: 1 },
  'roster.vetoed': { isKernel: true, firstFold: 1 },
  'record.attached': { isKernel: false, firstFold: 1 },
  'record.detached': { isKernel: false, firstFold: 1 },
  'blobs.wrapped': { isKernel: false, firstFold: 1 },
  'cache.invalidated': { isKernel: false, firstFold: 1 },
  'device.reported': { isKernel: false, firstFold: 1 },
  'lease.taken': { isKernel: false, firstFold: 1 },
  'lease.released': { isKernel: false, firstFold: 1 },
  'device.bundled': { isKernel: true, firstFold: 1 },
  'upgrade.proposed': { isKernel: true, firstFold: 1 },
  'upgrade.readied': { isKernel: true, firstFold: 1 },
  'upgrade.vetoed': { isKernel: true, firstFold: 1 },
  'upgrade.revoked': { isKernel: true, firstFold: 1 },
  'upgrade.halted': { isKernel: true, firstFold: 1 },
  'upgrade.resumed': { isKernel: true, firstFold: 1 },
  'upgrade.switched': { isKernel: true, firstFold: 1 },
  'device.alarmed': { isKernel: true, firstFold: 1 },
  'upgrade.declined': { isKernel: true, firstFold: 1 },
  'upgrade.tried': { isKernel: true, firstFold: 1 },
  'record.dated': { isKernel: false, firstFold: 2 },
  'policy.changed': { isKernel: true, firstFold: 1 },
} as const;

export type Kind = keyof typeof KINDS;

/** Whether this version knows the kind; others are kept and forwarded, never folded (rule F2). */
export const isKnownKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind);

/** Whether a fold version knows the kind; no kind ever leaves one. */
export const isKindOf = (kind: string, fold: number): boolean =>
  isKnownKind(kind) && KINDS[kind].firstFold <= fold;

/** The fold version from which on a kind may be written (rule S13). */
export const firstFoldOf = (kind: Kind): number => KINDS[kind].firstFold;

/** Whether every version ever shipped reads the kind. */
export const isKernelKind = (kind: string): boolean => isKnownKind(kind) && KINDS[kind].isKernel;

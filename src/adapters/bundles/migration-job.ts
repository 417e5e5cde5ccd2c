import { roundTrip } from '../../core/snapshots/migration-trial.js';

/** What a candidate's script is asked: a copy of this device's state, whose bytes pass over. */
export interface MigrationJob {
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What it answers: first that it began, then what it made of the state. */
export type MigrationReport =
  | { readonly kind: 'started' }
  | {
      readonly kind: 'done';
      readonly format: number;
      readonly bytes: number;
      readonly back: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'refused'; readonly reason: 'unreadable' | 'too-large' };

/** Does the job as the script of every bundle does it, in its own version (rule U12). */
export const runMigration = (
  { payload }: MigrationJob,
  send: (report: MigrationReport, transfer: Transferable[]) => void,
): void => {
  send({ kind: 'started' }, []);
  const made = roundTrip(payload);
  if (!made.ok) return send({ kind: 'refused', reason: made.error.kind }, []);
  const back = made.value.back as Uint8Array<ArrayBuffer>;
  send({ kind: 'done', ...made.value, back }, [back.buffer]);
};

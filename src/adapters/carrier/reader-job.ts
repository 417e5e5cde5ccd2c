import type { BaseId } from '../../core/base/brands.js';
import type { Result } from '../../core/base/result.js';
import type { CarrierError } from '../../ports/carrier.js';
import { type RunSpans, scanUpdate } from './update-reader.js';

/** What a worker is asked: one foreign update, whose bytes pass over to it. */
export interface ReaderJob {
  readonly base: BaseId;
  readonly update: Uint8Array<ArrayBuffer>;
}

/** What it answers: first that it began, then what it found. */
export type ReaderReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'done'; readonly result: Result<readonly RunSpans[], CarrierError> };

/** Sends a report; the buffers pass over with it. */
export type SendReport = (report: ReaderReport, transfer: Transferable[]) => void;

/** Does one job as a worker does it (rule F11). */
export const runJob = ({ base, update }: ReaderJob, send: SendReport): void => {
  send({ kind: 'started' }, []);
  const result = scanUpdate(base, update);
  send({ kind: 'done', result }, result.ok ? result.value.map(({ spans }) => spans.buffer) : []);
};

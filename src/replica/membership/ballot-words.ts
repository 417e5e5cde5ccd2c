import type { BallotPromise } from '../../core/authority/ballot.js';
import type { Body } from '../../core/facts/bodies.js';
import type { DraftedRecord } from './roster-draft.js';

/** What a proposal of a record holds beside the record. */
export interface Offered extends DraftedRecord {
  readonly consents: readonly {
    readonly device: BallotPromise['signer'];
    readonly signature: Uint8Array;
  }[];
}

/** The record as it is put forward, with what its members need. */
export type PutForward = Pick<Offered, 'recordBytes' | 'envelopes' | 'consents'>;

export type Words = Pick<
  Extract<Body, { kind: 'roster.proposed' }>,
  'comment' | 'expires' | 'round' | 'promises'
>;

/** The fact that puts a record forward in a ballot. */
export const proposalBody = (
  { recordBytes: record, envelopes, consents }: PutForward,
  words: Words,
): Body => ({
  kind: 'roster.proposed',
  record,
  envelopes: envelopes.map(({ device, envelope }) => ({ device, envelope })),
  consents,
  ...words,
});

import type { RosterHash } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { bytes, flag, hex32, nullable, signature64, type Shape } from '../base/shape.js';

/** Asks a member to leave together with its sender, for an account with this first record (A12). */
export interface LeavingAskedMessage {
  readonly kind: 'leavingAsked';
  readonly record: Uint8Array;
  /** Whether its sender takes along what came after the snapshot that the record names. */
  readonly tail: boolean;
}

/** The answer: a signature over what is left and what is begun; null: no. */
export interface LeavingAnsweredMessage {
  readonly kind: 'leavingAnswered';
  readonly founding: RosterHash;
  readonly signature: Uint8Array | null;
}

/** The question is over: the account was founded, or its sender thought better of it. */
export interface LeavingOverMessage {
  readonly kind: 'leavingOver';
  readonly founding: RosterHash;
  readonly isFounded: boolean;
}

/** What members say to each other who leave together. */
export type LeavingMessage = LeavingAskedMessage | LeavingAnsweredMessage | LeavingOverMessage;

type Shapes<M extends LeavingMessage> = {
  readonly [K in Exclude<keyof M, 'kind'>]-?: Shape<M[K]>;
};

const founding = hex32<RosterHash>();

/** The bodies of these messages. */
export const LEAVING_SHAPES: {
  readonly leavingAsked: Shapes<LeavingAskedMessage>;
  readonly leavingAnswered: Shapes<LeavingAnsweredMessage>;
  readonly leavingOver: Shapes<LeavingOverMessage>;
} = {
  leavingAsked: { record: bytes(1, LIMITS.factBytesMax), tail: flag },
  leavingAnswered: { founding, signature: nullable(signature64) },
  leavingOver: { founding, isFounded: flag },
};

import type { Hash } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { bytes, hex32, integer, nullable, type Shape } from '../base/shape.js';

/** Asks for a part of a version's manifest, or of the file with that SHA-256; parts from 0. */
export interface WantCodeMessage {
  readonly kind: 'wantCode';
  readonly manifest: Hash;
  /** Null: the manifest itself. */
  readonly file: Hash | null;
  readonly part: number;
}

/**
 * One part, and how many bytes all parts have together; null: its sender gives none of it.
 *
 * Parts but the last have LIMITS.codePartBytes bytes; what is empty is one empty part.
 */
export interface CodePartMessage {
  readonly kind: 'codePart';
  readonly manifest: Hash;
  readonly file: Hash | null;
  readonly part: number;
  readonly totalBytes: number;
  readonly bytes: Uint8Array | null;
}

/** What moves the app's own versions between devices (rule U3). */
export type CodeMessage = WantCodeMessage | CodePartMessage;

/** How many parts so many bytes are sent in; at least one. */
export const codePartCount = (totalBytes: number): number =>
  Math.max(1, Math.ceil(totalBytes / LIMITS.codePartBytes));

/** Whether a part is of the size that its place and the whole give it. */
export const isWholeCodePart = ({
  part,
  totalBytes,
  bytes: given,
}: Omit<CodePartMessage, 'kind'>): boolean => {
  if (given === null) return totalBytes === 0;
  if (part >= codePartCount(totalBytes)) return false;
  const from = part * LIMITS.codePartBytes;
  return given.length === Math.min(totalBytes - from, LIMITS.codePartBytes);
};

type Shapes<M extends CodeMessage> = {
  readonly [K in Exclude<keyof M, 'kind'>]-?: Shape<M[K]>;
};

const named = {
  manifest: hex32<Hash>(),
  file: nullable(hex32<Hash>()),
  part: integer(0, codePartCount(LIMITS.codeFileBytesMax) - 1),
} as const;

/** The bodies of these messages. */
export const CODE_SHAPES: {
  readonly wantCode: Shapes<WantCodeMessage>;
  readonly codePart: Shapes<CodePartMessage>;
} = {
  wantCode: named,
  codePart: {
    ...named,
    totalBytes: integer(0, LIMITS.codeFileBytesMax),
    bytes: nullable(bytes(0, LIMITS.codePartBytes)),
  },
};

import { isKeyPattern, isPrefix } from '../base/key-pattern.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import {
  bytes,
  hex32,
  nullable,
  signature64,
  text,
  unsigned,
  where,
  type Shape,
} from '../base/shape.js';
import { row, setOf } from '../base/shape-groups.js';
import type { SignedValue } from '../base/signed-value.js';

/** Asks for a value that another device may have worked out (rule K4). */
export interface WantSharedMessage {
  readonly kind: 'wantShared';
  readonly key: string;
}

/** A value, by whoever worked it out; null: its sender has none that may be served. */
export interface SharedValueMessage {
  readonly kind: 'sharedValue';
  readonly key: string;
  readonly value: SignedValue | null;
}

/** What shares values that were worked out from what all devices have. */
export type SharedMessage = WantSharedMessage | SharedValueMessage;

type Shapes<M extends SharedMessage> = {
  readonly [K in Exclude<keyof M, 'kind'>]-?: Shape<M[K]>;
};

const key = where(
  text(1, LIMITS.cacheKeyUnitsMax),
  (each) => isKeyPattern(each) && !isPrefix(each),
);
const value = row<SignedValue>({
  maker: hex32(),
  epoch: unsigned,
  known: setOf(
    row<SignedValue['known'][number]>({ session: hex32(), seq: unsigned }),
    compareBy(({ session }) => session, compareText),
    LIMITS.sharedKnownMax,
  ),
  signature: signature64,
  bytes: bytes(1, LIMITS.sharedValueBytesMax),
});

/** The bodies of these messages. */
export const SHARED_SHAPES: {
  readonly wantShared: Shapes<WantSharedMessage>;
  readonly sharedValue: Shapes<SharedValueMessage>;
} = {
  wantShared: { key },
  sharedValue: { key, value: nullable(value) },
};

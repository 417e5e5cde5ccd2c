import type { BlobId } from '../../src/core/base/brands.js';
import { type BlobMessage, encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import { LIMITS } from '../../src/core/base/limits.js';
import type { Transport } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import { sendingOthers } from './sending-others.js';
import { draftOf } from './with-liar.js';

export const CHUNK = LIMITS.blobChunkBytes;

/** Bytes that differ from place to place. */
export const fileOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7 + seed) & 255);

export const named = (name: string, bytes: Uint8Array) => ({ name, type: 'text/plain', bytes });

export const recordOf = async (device: Replica): Promise<string> => {
  const made = await device.records.create(draftOf('Boiler'));
  if (!made.ok) throw new Error(made.error.kind);
  return made.value;
};

/** Hangs a file on a new record. */
export const attachTo = async (device: Replica, bytes: Uint8Array): Promise<BlobId> => {
  const done = await device.files.attach(await recordOf(device), named('manual', bytes));
  if (!done.ok) throw new Error(done.error.kind);
  return done.value;
};

/** Compared as one: a matcher would go through every byte. */
export const reads = async (device: Replica, blob: BlobId, bytes: Uint8Array): Promise<boolean> => {
  const read = await device.files.read(blob);
  return read.ok && Buffer.from(read.value).equals(Buffer.from(bytes));
};

/** A transport that sends, for each message about files, what `instead` says, in that order. */
export const sendingInstead = (
  transport: Transport,
  instead: (message: BlobMessage) => readonly BlobMessage[],
): Transport =>
  sendingOthers(transport, (bytes) => {
    const read = parseMessage(bytes);
    const isAbout = read.ok && isBlobMessage(read.value);
    return isAbout ? instead(read.value).map(encodeMessage) : [bytes];
  });

const KINDS = new Set(['blobHave', 'wantIndex', 'blobIndex', 'wantChunk', 'blobChunk']);
const isBlobMessage = (message: { readonly kind: string }): message is BlobMessage =>
  KINDS.has(message.kind);

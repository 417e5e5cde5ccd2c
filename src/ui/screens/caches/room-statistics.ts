import type { View } from '../../../replica/view.js';

/** What takes room on this device; bytes. */
export interface RoomStatistics {
  /** Entries since the last snapshot. */
  readonly entries: number;
  /** Contents of the snapshots that are kept. */
  readonly snapshots: number;
  /** Files, and how many of them are pictures. */
  readonly files: number;
  readonly pictures: number;
  /** Titles, texts and labels of all records. */
  readonly words: number;
}

const PICTURE = /\.(?:png|jpe?g|webp|gif|avif|heic)$/iu;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Adds up what takes room. Reads every record, so it is kept until something changes. */
export const roomStatistics = (view: View): RoomStatistics => {
  let [files, pictures, words] = [0, 0, 0];
  for (const { title, text, labels, attachments } of view.records) {
    words += bytesOf(title) + bytesOf(text) + bytesOf(labels.join(''));
    for (const { heldBytes, name } of attachments) {
      files += heldBytes;
      if (PICTURE.test(name)) pictures += heldBytes;
    }
  }
  const held = view.snapshots.filter(({ isHeld }) => isHeld);
  const snapshots = held.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0);
  return { entries: view.journal.bytes, snapshots, files, pictures, words };
};

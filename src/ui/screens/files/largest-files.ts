import type { AttachmentView } from '../../../replica/blobs/blob-view.js';
import type { RecordKey, RecordView } from '../../../replica/view.js';

/** A file that takes room here, and the record that it hangs on. */
export interface HeldFile {
  readonly key: RecordKey;
  readonly title: string;
  readonly file: AttachmentView;
}

const SHOWN_MAX = 5;

/** The files of which most bytes are held here, the largest first; a few at most. */
export const largestHere = (records: readonly RecordView[]): readonly HeldFile[] =>
  records
    .flatMap(({ key, title, attachments }) =>
      attachments
        .filter(({ heldBytes }) => heldBytes > 0)
        .map((file): HeldFile => ({ key, title, file })),
    )
    .sort((a, b) => b.file.heldBytes - a.file.heldBytes || (a.file.blob < b.file.blob ? -1 : 1))
    .slice(0, SHOWN_MAX);

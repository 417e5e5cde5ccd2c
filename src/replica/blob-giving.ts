import type { BlobMessage } from '../core/links/messages.js';
import { encodeIndex } from '../core/blobs/blob-index.js';
import { encodeMessage } from '../core/links/messages.js';
import type { BlobShelf } from './blob-shelf.js';
import { type Link, isOpenMember } from './link.js';

/** A peer may have asked for so much at a time; honest ones ask for less. */
const ASKED_MAX = 32;

type Asked = Extract<BlobMessage, { readonly kind: 'wantIndex' | 'wantChunk' }>;

/** Giving out what is here: one answer after the other on each link, never two under way. */
export interface BlobGiving {
  readonly give: (link: Link, want: Asked) => void;
}

export const createBlobGiving = (shelf: BlobShelf): BlobGiving => {
  const waiting = new WeakMap<Link, Asked[]>();

  const answer = async (want: Asked): Promise<BlobMessage> => {
    const { blob } = want;
    if (want.kind === 'wantIndex') {
      const { index } = shelf.of(blob);
      return { kind: 'blobIndex', blob, index: index === null ? null : encodeIndex(index) };
    }
    const { chunk } = want;
    const bytes = shelf.of(blob).chunks.has(chunk) ? await shelf.chunk(blob, chunk) : null;
    return { kind: 'blobChunk', blob, chunk, bytes };
  };

  /** The next answer waits until the one before left, so facts and pings pass between them. */
  const run = async (link: Link, queue: Asked[]): Promise<void> => {
    for (let want = queue[0]; want !== undefined; want = queue[0]) {
      if (!isOpenMember(link)) break;
      const message = await answer(want);
      if (link.isOpen) await link.channel.send(encodeMessage(message));
      queue.shift();
    }
    waiting.delete(link);
  };

  return {
    give: (link, want) => {
      const queue = waiting.get(link);
      if (queue === undefined) {
        const begun = [want];
        waiting.set(link, begun);
        void run(link, begun).catch(() => waiting.delete(link));
      } else if (queue.length < ASKED_MAX) queue.push(want);
      else link.offences += 1;
    },
  };
};

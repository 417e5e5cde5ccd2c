import { type KnownMessage, encodeMessage } from '../../core/links/messages.js';
import { type Link, isOpenMember } from '../links/link.js';

/** A peer may have asked for so much at a time; honest ones ask for less. */
const ASKED_MAX = 32;

/** Giving out what is here: one answer after the other on each link, never two under way. */
export interface Giving<Asked> {
  readonly give: (link: Link, want: Asked) => void;
}

/** `answer` finds what was asked for; it is not called for who is no member any more. */
export const createGiving = <Asked>(
  answer: (link: Link, want: Asked) => Promise<KnownMessage>,
): Giving<Asked> => {
  const waiting = new WeakMap<Link, Asked[]>();

  /** The next answer waits until the one before left, so facts and pings pass between them. */
  const run = async (link: Link, queue: Asked[]): Promise<void> => {
    for (let want = queue[0]; want !== undefined; want = queue[0]) {
      if (!isOpenMember(link)) break;
      const message = await answer(link, want);
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

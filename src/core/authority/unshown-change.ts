import type { DeviceId } from '../base/brands.js';
import type { Frontier } from '../journal/frontier.js';
import { losersOf } from './closing-plan.js';
import { memberOf, type RosterRecord } from './roster.js';

/**
 * Whether a record does what no screen tells people of: it ends a session of somebody from whom it
 * takes nothing, puts another key for secrets in the place of a member's, or changes how a member's
 * key is kept, or which suites count.
 *
 * No device of ours plans one. A valid completion of it counts all the same (rule C10); it only
 * keeps honest devices from agreeing to more than their people were shown.
 * `before` is the record that it follows, or all that it unites; `folded` tells whose a session is.
 * One that is unknown here is a fact that is missing, unless nothing of it is to count.
 * Source: rules C2 and A4.
 */
export const doesMoreThanShown = (
  before: readonly RosterRecord[],
  record: RosterRecord,
  folded: Frontier,
): boolean => {
  const losers = new Set<DeviceId>(before.flatMap((each) => losersOf(each, record)));
  const endsMore = record.closing.some(({ session, seq }) => {
    const author = folded.get(session)?.author;
    return author === undefined ? seq < 0 : !losers.has(author);
  });
  const isOtherMember = record.members.some(({ device, encryptionKey, storage }) => {
    const held = before.flatMap((each) => memberOf(each, device) ?? []);
    return (
      held.length > 0 &&
      !held.some((each) => each.encryptionKey === encryptionKey && each.storage === storage)
    );
  });
  const isOtherSuite = before.every(({ suites }) => suites.join() !== record.suites.join());
  return endsMore || isOtherMember || isOtherSuite;
};

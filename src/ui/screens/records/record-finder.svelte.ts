import type { Clock } from '../../../replica/commands.js';
import { startSlices } from '../../../replica/loop/slices.js';
import type { RecordView } from '../../../replica/view.js';
import { type RecordFilter, startReadying, startSearch } from './record-search.js';

/** So long a person waits for all of an answer before the part that is there is shown, ms. */
const PATIENCE_MS = 150;

/** Finds records in turns, between which keys are heard and the page is drawn. */
export interface RecordFinder {
  /** What the last question found, as far as it was looked for; null where nothing was asked. */
  readonly found: readonly RecordView[] | null;
  /** Not all records were looked at yet; what is shown meanwhile may be of the question before. */
  readonly isLooking: boolean;
  /** Asks anew, of these records; what was being looked for before is let go. */
  readonly ask: (records: readonly RecordView[], filter: RecordFilter) => Promise<void>;
  /** Makes texts ready while nothing is asked yet; once is enough for all records of then. */
  readonly expect: (records: readonly RecordView[]) => Promise<void>;
  /** Lets go of what is being looked for, and of what is being made ready. */
  readonly close: () => void;
}

export const createRecordFinder = (clock: Clock): RecordFinder => {
  let found = $state.raw<readonly RecordView[] | null>(null);
  let isLooking = $state(false);
  let asked = 0;
  let isExpected = false;

  const ask: RecordFinder['ask'] = async (records, filter) => {
    const search = startSearch(records, filter);
    if (search === null && found === null && !isLooking) return;
    asked += 1;
    const question = asked;
    if (search === null) {
      found = null;
      isLooking = false;
      return;
    }
    isLooking = true;
    const slices = startSlices(clock);
    let shownMs = clock.monotonicMs();
    const showPart = (): void => {
      const part = search.found();
      if (part.length > 0) found = part;
      shownMs = clock.monotonicMs();
    };
    // What asked, a key most of the time, is drawn before anything is looked at.
    do {
      if (clock.monotonicMs() - shownMs >= PATIENCE_MS) showPart();
      await slices.next();
      if (question !== asked) return;
    } while (!search.lookOn(slices.isOver));
    found = search.found();
    isLooking = false;
  };

  /** A question makes ready what it looks at by itself. */
  const expect: RecordFinder['expect'] = async (records) => {
    if (isExpected) return;
    isExpected = true;
    const slices = startSlices(clock);
    const readyMore = startReadying(records);
    do await slices.next();
    while (asked === 0 && !readyMore(slices.isOver));
  };

  return {
    get found() {
      return found;
    },
    get isLooking() {
      return isLooking;
    },
    ask,
    expect,
    close: () => {
      asked += 1;
    },
  };
};

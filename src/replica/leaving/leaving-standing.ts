import { leavingFault, mayLeave } from '../../core/authority/leaving.js';
import { memberOf, rosterHashOf, type RosterRecord } from '../../core/authority/roster.js';
import type { DeviceId, HeadId, RosterHash } from '../../core/base/brands.js';
import type { Holdings } from '../journal/holdings.js';
import { headOfBase, leftBy } from './left-account.js';
import type { GivenAnswer, OwnLeaving } from './leaving-rows.js';
import type { AskedLeavingView, LeavingView, OwnLeavingView } from './leaving-view.js';

/** A question of a member that leaves, as it came; it asks again with each link. */
export interface Asked {
  readonly by: DeviceId;
  readonly record: RosterRecord;
  readonly tail: boolean;
}

/** What leaving is about now: what is being founded here, what others ask. */
export interface Leaving {
  readonly canLeave: boolean;
  readonly own: OwnLeaving | null;
  readonly asked: Iterable<Asked>;
  readonly given: ReadonlyMap<RosterHash, GivenAnswer>;
}

/** What the screens show of it. */
export const viewLeaving = (holdings: Holdings, now: Leaving): LeavingView => {
  const head = headOfBase(holdings);
  return {
    canLeave: now.canLeave,
    snapshotIndex: indexOf(holdings, head),
    tailFacts: holdings.journal().factCount(),
    own: now.own === null ? null : ownView(holdings, now.own),
    asked: askedViews(holdings, now),
  };
};

const indexOf = (holdings: Holdings, head: HeadId | null): number | null =>
  head === null ? null : (holdings.completions().get(head)?.completion.index ?? null);

/** As any list calls it that holds it now. */
const nameOf = (holdings: Holdings, device: DeviceId): string => {
  const { tips, recordAt } = holdings.chain();
  const records = tips.flatMap((tip) => recordAt(tip) ?? []);
  return records.flatMap((record) => memberOf(record, device) ?? [])[0]?.name ?? '';
};

const ownView = (holdings: Holdings, own: OwnLeaving): OwnLeavingView => {
  const members = mayLeave(holdings.chain());
  return {
    founding: rosterHashOf(own.record),
    ...{ profile: own.profile, tail: own.tail, foundedMs: own.foundedMs },
    with: own.asked.map((device) => {
      const said = own.answers.find((each) => each.device === device);
      const answer = said === undefined ? null : said.signature === null ? 'no' : 'yes';
      const isMember = members.includes(device);
      return { device, name: nameOf(holdings, device), answer, isMember };
    }),
  };
};

/** Open questions of members, then what was said yes to and may still have to be followed. */
const askedViews = (holdings: Holdings, { asked, given }: Leaving): readonly AskedLeavingView[] => {
  const members = mayLeave(holdings.chain());
  const open = [...asked].filter(({ by }) => members.includes(by));
  const views = open.map(({ by, record, tail }): AskedLeavingView => {
    const founding = rosterHashOf(record);
    const said = given.get(founding);
    return {
      ...{ founding, by, byName: nameOf(holdings, by), tail },
      snapshotIndex: indexOf(holdings, record.origin?.head ?? null),
      answer: said === undefined ? null : said.isYes ? 'yes' : 'no',
      profile: said?.profile ?? null,
      blocker: leavingFault(record, leftBy(holdings)),
      isFounded: false,
    };
  });
  const seen = new Set(views.map(({ founding }) => founding));
  const followed = [...given].flatMap(([founding, said]): AskedLeavingView[] => {
    if (!said.isYes || seen.has(founding)) return [];
    const byName = nameOf(holdings, said.by);
    const rest = { snapshotIndex: null, tail: false, answer: 'yes' as const, blocker: null };
    const { by, profile, isFounded } = said;
    return [{ ...{ founding, by, byName, profile }, ...rest, isFounded }];
  });
  return [...views, ...followed];
};

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/core/base/brands.js';
import { atOnce } from '../../src/core/base/work.js';
import { type Fold, createFold } from '../../src/core/journal/fold.js';
import { EMPTY_STATE } from '../../src/core/journal/state.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import type { LinkService } from '../../src/replica/links/link-service.js';
import type { QueuedEdit } from '../../src/replica/records/queue.js';
import { countRecords, createRecordViewer } from '../../src/replica/views/view-records.js';
import { alice } from '../unit/facts/fixtures.js';
import {
  type Saying,
  SESSIONS,
  interleave,
  judge,
  sayings,
  sessionsOf,
} from './journal/accounts.js';

/** As much of the holdings as the list is made of; alice is the device. */
const holdingsOver = (fold: () => Fold): Holdings =>
  ({
    me: alice.device,
    fold,
    base: () => ({ state: EMPTY_STATE }),
    journal: () => ({
      frontier: () => fold().state().frontier,
      tip: (session: SessionId) => fold().state().frontier.get(session) ?? null,
    }),
  }) as unknown as Holdings;

const linksTo = (frontier: ReadonlyMap<SessionId, number>): LinkService =>
  ({ links: () => [{ frontier }] }) as unknown as LinkService;

/** Which of alice's sessions the peer holds further by how much, before each fact. */
const hearings = fc.array(fc.tuple(fc.nat(1), fc.nat(3)), { maxLength: 40 });

/** Two records of each session, so that much of what is said later is of one of them. */
const FIRST = [0, 1, 2, 3, 0, 1, 2, 3].map((session): Saying => ({
  ...{ session, kind: 'create', target: [0, 0], word: 'a', lamportStep: 1, isRefused: false },
}));

describe('the list of records', () => {
  test('[F7] follows change by change, as if it were made anew each time', () => {
    fc.assert(
      fc.property(
        sayings,
        fc.array(fc.nat(3), { minLength: 1 }),
        hearings,
        (said, order, heard) => {
          const fold = createFold(EMPTY_STATE);
          const holdings = holdingsOver(() => fold);
          const peer = new Map<SessionId, number>();
          const viewer = createRecordViewer();
          interleave(sessionsOf(said), order).forEach((fact, at) => {
            const [session, step] = heard[at] ?? [0, 0];
            const name = SESSIONS[session] as SessionId;
            peer.set(name, (peer.get(name) ?? -1) + step);
            // Every third time only the peer moves on.
            if (at % 3 > 0) fold.apply(fact, judge(fact));
            const list = viewer.records(holdings, linksTo(peer), []);
            expect(list).toEqual(createRecordViewer().records(holdings, linksTo(peer), []));
            expect(viewer.records(holdings, linksTo(peer), [])).toBe(list);
            expect(countRecords(holdings, [])).toBe(list.length);
          });
        },
      ),
    );
  });

  test('[F7] has the length that is told without listing, with what is queued', () => {
    fc.assert(
      fc.property(
        sayings,
        fc.array(fc.nat(20), { maxLength: 5 }),
        fc.nat(3),
        (said, gone, made) => {
          const fold = createFold(EMPTY_STATE);
          const holdings = holdingsOver(() => fold);
          const facts = interleave(sessionsOf(said), [0]);
          facts.forEach((fact) => fold.apply(fact, judge(fact)));
          const dots = [...fold.state().items.values()].map(({ dot }) => dot);
          const removals = gone.flatMap((at): QueuedEdit[] => {
            const dot = dots[at];
            return dot === undefined ? [] : [{ kind: 'remove', wallMs: 1, dot }];
          });
          const content = { title: 'tea', text: '', labels: [] };
          const creations = Array.from({ length: made }, (): QueuedEdit => ({
            kind: 'create',
            wallMs: 1,
            content,
          }));
          const queue = [...removals, ...creations].map((edit, index) => ({ index, edit }));
          const list = createRecordViewer().records(holdings, linksTo(new Map()), queue);
          expect(countRecords(holdings, queue)).toBe(list.length);
        },
      ),
    );
  });

  test('[F7] made in turns is whole, whatever is said or asked between them', () => {
    fc.assert(
      fc.property(
        sayings,
        fc.array(fc.nat(3), { minLength: 1 }),
        hearings,
        fc.array(fc.constantFrom('fact', 'turn', 'ask'), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (said, order, heard, moves, isAsked) => {
          const fold = createFold(EMPTY_STATE);
          const holdings = holdingsOver(() => fold);
          const peer = new Map<SessionId, number>();
          const facts = interleave(sessionsOf([...FIRST, ...said]), order);
          facts.slice(0, facts.length >> 1).forEach((fact) => fold.apply(fact, judge(fact)));
          const later = facts.slice(facts.length >> 1);
          const viewer = createRecordViewer(1);
          const work = viewer.listing(holdings, linksTo(peer));
          expect(work !== null).toBe(fold.state().items.size > 1);
          const ask = () => viewer.records(holdings, linksTo(peer), []);
          const anew = () => createRecordViewer().records(holdings, linksTo(peer), []);
          moves.forEach((move, at) => {
            const [session, step] = heard[at] ?? [0, 0];
            const name = SESSIONS[session] as SessionId;
            peer.set(name, (peer.get(name) ?? -1) + step);
            const fact = move === 'fact' ? later.shift() : undefined;
            if (fact !== undefined) fold.apply(fact, judge(fact));
            if (move === 'turn') work?.next();
            if (move === 'ask' && isAsked) expect(ask()).toEqual(anew());
          });
          if (work !== null) {
            atOnce(work);
            expect(viewer.listing(holdings, linksTo(peer))).toBeNull();
          }
          expect(ask()).toEqual(anew());
        },
      ),
    );
  });

  test('[F7] is made anew over another fold', () => {
    fc.assert(
      fc.property(sayings, fc.array(fc.nat(3), { minLength: 1 }), (said, order) => {
        let fold = createFold(EMPTY_STATE);
        const holdings = holdingsOver(() => fold);
        const viewer = createRecordViewer();
        const facts = interleave(sessionsOf(said), order);
        facts.forEach((fact) => fold.apply(fact, judge(fact)));
        viewer.records(holdings, linksTo(new Map()), []);
        fold = createFold(EMPTY_STATE);
        facts.slice(facts.length >> 1).forEach((fact) => fold.apply(fact, judge(fact)));
        const list = viewer.records(holdings, linksTo(new Map()), []);
        expect(list).toEqual(createRecordViewer().records(holdings, linksTo(new Map()), []));
      }),
    );
  });
});

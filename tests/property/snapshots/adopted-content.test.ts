import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brandHex,
  type BlobId,
  type DeviceId,
  type FactId,
  type RosterHash,
  type SessionId,
} from '../../../src/core/base/brands.js';
import { bytesToHex, sha256Hex } from '../../../src/core/base/hash.js';
import { attachmentsOf } from '../../../src/core/blobs/attachments.js';
import { wrappedKeyOf } from '../../../src/core/blobs/wraps.js';
import { largestLamport } from '../../../src/core/journal/frontier.js';
import { fileField } from '../../../src/core/journal/file-fields.js';
import {
  itemKeyOf,
  joinStates,
  type Item,
  type Register,
  type State,
} from '../../../src/core/journal/state.js';
import { contentOf, dateOf } from '../../../src/core/records/draft.js';
import { adoptContent, type Adopter } from '../../../src/core/snapshots/adopted-content.js';
import { captureState, parsePayload } from '../../../src/core/snapshots/payload.js';

const id = <T extends string>(name: string): T =>
  brandHex<T>(sha256Hex(new TextEncoder().encode(name)));
const BLOBS = ['map', 'plan', 'scan'].map((name) => id<BlobId>(name));
const SESSIONS = ['one', 'two', 'three'].map((name) => id<SessionId>(name));
const ADOPTER_DEVICE = id<DeviceId>('alice anew');
const ROSTER = id<RosterHash>('the new account');

/** A state as facts fold into it: whatever records, with what is only about their account. */
const states: fc.Arbitrary<State> = fc
  .array(
    fc.record({
      session: fc.constantFrom(...SESSIONS),
      title: fc.string({ maxLength: 12 }),
      text: fc.string({ maxLength: 30 }),
      labels: fc.uniqueArray(fc.constantFrom('house', 'car', 'boat'), { maxLength: 3 }),
      date: fc.option(fc.constantFrom('2028-02-29', '2031-12-01')),
      files: fc.subarray(BLOBS),
      lamports: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 3, maxLength: 3 }),
      editor: fc.constantFrom(...SESSIONS),
      wallMs: fc.integer({ min: 1, max: 1e12 }),
    }),
    { maxLength: 8 },
  )
  .map((drawn) => {
    const items = new Map<string, Item>();
    for (const [place, each] of drawn.entries()) {
      const dot = { session: each.session, seq: place };
      const at = (index: number, value: Register['value']): Register => ({
        ...{ lamport: each.lamports[index] ?? 1, seq: place, wallMs: each.wallMs + index, value },
        session: index === 0 ? each.session : each.editor,
      });
      const fields = new Map<string, Register>([
        ['title', at(0, each.title)],
        ['text', at(1, each.text)],
      ]);
      for (const label of each.labels) fields.set(`label:${label}`, at(2, true));
      if (each.date !== null) fields.set('date', at(2, each.date));
      for (const blob of each.files) fields.set(fileField(blob), at(1, ['a.png', 'image/png', 7]));
      items.set(itemKeyOf(dot), { dot, fields });
    }
    const frontier = new Map(
      SESSIONS.map((session) => [
        session,
        {
          ...{ author: id<DeviceId>('bob'), seq: drawn.length + 3, id: id<FactId>('last') },
          ...{ lamport: 9_000, epoch: 4 },
        },
      ]),
    );
    const mark: Register = {
      ...{ lamport: 3, session: SESSIONS[0] as SessionId, seq: 0, wallMs: 9, value: 4 },
    };
    const marks = new Map([
      ['max/floor', mark],
      [`blob/${BLOBS[0]}`, { ...mark, value: [3, new Uint8Array(40)] }],
      ['lease/somebody', mark],
    ]);
    return { frontier, items, pending: new Map(), acts: new Map(), marks };
  });

const adopters: fc.Arbitrary<Adopter> = fc.subarray(BLOBS).map((kept) => ({
  ...{ device: ADOPTER_DEVICE, session: id<SessionId>('adopted'), wallMs: 7 },
  wraps: new Map(kept.map((blob) => [blob, new Uint8Array(40).fill(5)])),
}));

/** What people see of the records, in no order. */
const seen = (state: State): readonly string[] =>
  [...state.items.values()]
    .map(({ fields }) =>
      JSON.stringify([
        contentOf(fields),
        dateOf(fields),
        Math.max(...[...fields.values()].map(({ wallMs }) => wallMs)),
      ]),
    )
    .sort();

const withoutFiles = (state: State): State => ({
  ...state,
  items: new Map(
    [...state.items].map(([key, { dot, fields }]) => [
      key,
      { dot, fields: new Map([...fields].filter(([name]) => !name.startsWith('file:'))) },
    ]),
  ),
});

describe('content that a new account takes over', () => {
  it('[A12, S7] is every record as it was, as a payload that reads back to the byte', () => {
    fc.assert(
      fc.property(states, adopters, (state, adopter) => {
        const adopted = adoptContent(state, adopter);
        const files = new Set(adopter.wraps.keys());
        expect(seen(withoutFiles(adopted))).toEqual(seen(withoutFiles(state)));
        const named = [...adopted.items.values()].flatMap(({ fields }) => attachmentsOf(fields));
        expect(named.every(({ blob }) => files.has(blob))).toBe(true);
        const before = [...state.items.values()].flatMap(({ fields }) => attachmentsOf(fields));
        expect(named.length).toBe(before.filter(({ blob }) => files.has(blob)).length);
        const capture = captureState(adopted, ROSTER, 2);
        const read = parsePayload(capture.bytes, capture);
        expect(read.ok && captureState(read.value, ROSTER, 2).digest).toBe(capture.digest);
        expect(capture.state).toEqual(adopted);
      }),
      { numRuns: 200 },
    );
  });

  it('[A12] holds no session, key or mark of the account that was left', () => {
    fc.assert(
      fc.property(states, adopters, (state, adopter) => {
        const adopted = adoptContent(state, adopter);
        const bytes = bytesToHex(captureState(adopted, ROSTER, 2).bytes);
        for (const session of SESSIONS) expect(bytes).not.toContain(session);
        expect(bytes).not.toContain(id<DeviceId>('bob'));
        expect([...adopted.frontier.keys()]).toEqual([adopter.session]);
        for (const [name] of adopted.marks) expect(name.startsWith('blob/')).toBe(true);
        for (const blob of adopter.wraps.keys()) {
          expect(wrappedKeyOf(adopted.marks, blob)).toEqual({
            ...{ epoch: 0, wrap: adopter.wraps.get(blob) },
          });
        }
        for (const { fields } of adopted.items.values()) {
          for (const { lamport } of fields.values()) {
            expect(lamport).toBeLessThanOrEqual(largestLamport(adopted.frontier));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('[A12, F7] is the same for equal states, whatever their order, and joins with itself', () => {
    fc.assert(
      fc.property(states, adopters, (state, adopter) => {
        const turned = { ...state, items: new Map([...state.items].reverse()) };
        const one = captureState(adoptContent(state, adopter), ROSTER, 2);
        const two = captureState(adoptContent(turned, adopter), ROSTER, 2);
        expect(two.payload).toBe(one.payload);
        const joined = captureState(joinStates(one.state, two.state), ROSTER, 2);
        expect(joined.digest).toBe(one.digest);
      }),
      { numRuns: 100 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { encodeCanonical, type CanonicalValue } from '../../../src/core/base/canonical.js';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import {
  encodeMessage,
  MESSAGE_LIMITS,
  parseMessage,
  payloadPartCount,
  type KnownMessage,
} from '../../../src/core/links/messages.js';
import vectors from '../../vectors/messages.json' with { type: 'json' };
import { filled, id, MESSAGES } from './samples.js';

const parsed = (value: CanonicalValue) => parseMessage(encodeCanonical(value));
const malformed = (message: KnownMessage['kind'] | null) => ({
  ok: false,
  error: { kind: 'malformed', message },
});
const manySessions = (count: number): CanonicalValue =>
  Array.from({ length: count }, (_, at) => [
    Uint8Array.from({ length: 32 }, (__, place) =>
      place < 30 ? 1 : place === 30 ? at >> 8 : at & 255,
    ),
    1,
  ]);
const b32 = (byte: number): Uint8Array => filled(32, byte);

describe('messages of a link', () => {
  it.each(MESSAGES)('[N2] $kind reads as it was written', (message) => {
    expect(parseMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
  });

  it.each(MESSAGES)('[N2] $kind keeps its frozen bytes', (message) => {
    const frozen = vectors.messages.find(({ kind }) => kind === message.kind);
    expect(bytesToHex(encodeMessage(message))).toBe(frozen?.bytes);
  });

  it.each(vectors.refused)('[N2] refused for ever: $title', ({ bytes, error }) => {
    expect(parseMessage(hexToBytes(bytes))).toEqual({ ok: false, error });
  });

  it('[C9] a message of a newer version is known by its code and nothing else', () => {
    expect(parsed([900, { anything: [1] }])).toEqual({
      ok: true,
      value: { kind: 'unknown', code: 900 },
    });
  });

  it('[C9] a reason to leave that is not known reads as other', () => {
    expect(parsed([17, 'gone-fishing'])).toEqual({
      ok: true,
      value: { kind: 'bye', reason: 'other' },
    });
  });

  it.each<[string, CanonicalValue]>([
    ['null', null],
    ['a map', { kind: 'ping' }],
    ['an empty array', []],
    ['a negative code', [-1]],
    ['a code in text', ['15', 1, 2]],
  ])('[N8] %s is no message', (_, value) => {
    expect(parsed(value)).toEqual(malformed(null));
  });

  it.each<[KnownMessage['kind'], string, CanonicalValue]>([
    ['ping', 'an item is missing', [15, 1]],
    ['ping', 'an item is too many', [15, 1, 2, 3]],
    ['ping', 'a number is negative', [15, -1, 2]],
    ['wantFacts', 'ids descend', [10, [b32(2), b32(1)]]],
    ['wantFacts', 'an id repeats', [10, [b32(1), b32(1)]]],
    ['wantFacts', 'an id is short', [10, [filled(31, 1)]]],
    ['wantRuns', 'a range ends before it begins', [9, [[b32(1), 5, 4]]]],
    ['runs', 'a run is empty', [8, [[b32(1), 0, [], []]]]],
    ['runs', 'a signature precedes the run', [8, [[b32(1), 5, [b32(1)], [[4, filled(64, 1)]]]]]],
    ['runs', 'a signature follows the run', [8, [[b32(1), 5, [b32(1)], [[6, filled(64, 1)]]]]]],
    ['runs', 'a fact is too large', [8, [[b32(1), 0, [filled(LIMITS.factBytesMax + 1, 1)], []]]]],
    ['share', 'a signature is short', [11, b32(1), b32(2), filled(63, 3)]],
    ['payloadPart', 'a part is beyond the last', [6, b32(1), 1, 1, 5, filled(5, 7)]],
    ['payloadPart', 'the count does not fit the size', [6, b32(1), 0, 2, 5, filled(5, 7)]],
    ['payloadPart', 'the bytes do not fit the size', [6, b32(1), 0, 1, 5, filled(4, 7)]],
    ['bye', 'a reason is empty', [17, '']],
    ['wantCode', 'a part is beyond the largest file', [28, b32(1), null, 512]],
    ['codePart', 'a part is beyond the last', [29, b32(1), null, 1, 5, filled(5, 7)]],
    ['codePart', 'the bytes are too few', [29, b32(1), null, 0, 5, filled(4, 7)]],
    ['codePart', 'the bytes are too many', [29, b32(1), b32(2), 0, 5, filled(6, 7)]],
    ['codePart', 'the file is too large', [29, b32(1), null, 0, 2 ** 25 + 1, filled(65_536, 7)]],
    ['codePart', 'nothing is of some size', [29, b32(1), null, 0, 5, null]],
    ['leavingAsked', 'the record is empty', [32, filled(0, 1), true]],
    ['leavingAsked', 'it says no more', [32, filled(9, 1)]],
    ['leavingAnswered', 'the signature is short', [33, b32(1), filled(63, 1)]],
    ['leavingOver', 'it is neither over nor founded', [34, b32(1), 2]],
    ['wantShared', 'the key is a pattern', [30, 'thumb:*']],
    ['wantShared', 'the key is empty', [30, '']],
    ['wantShared', 'the key is too long', [30, 'k'.repeat(201)]],
    ['sharedValue', 'the value is empty', [31, 'a', [b32(1), 1, [], filled(64, 1), filled(0, 1)]]],
    [
      'sharedValue',
      'it is too large',
      [31, 'a', [b32(1), 1, [], filled(64, 1), filled(24_577, 1)]],
    ],
    [
      ...(['sharedValue', 'a session is named twice'] as const),
      [
        31,
        'a',
        [
          b32(1),
          1,
          [
            [b32(2), 1],
            [b32(2), 1],
          ],
          filled(64, 1),
          filled(3, 1),
        ],
      ],
    ],
    [
      ...(['sharedValue', 'it knows of too many sessions'] as const),
      [31, 'a', [b32(1), 1, manySessions(257), filled(64, 1), filled(3, 1)]],
    ],
  ])('[N8] %s is malformed when %s', (kind, _, value) => {
    expect(parsed(value)).toEqual(malformed(kind));
  });

  it('[N8] bytes that are not canonical are refused', () => {
    expect(parseMessage(Uint8Array.of(0x83, 0x18, 0x0f, 0x01, 0x02))).toEqual({
      ok: false,
      error: { kind: 'not-canonical' },
    });
  });

  it('[N8] a message beyond the limit is refused before it is read', () => {
    const bytesMax = MESSAGE_LIMITS.messageBytesMax;
    expect(parseMessage(new Uint8Array(bytesMax + 1))).toEqual({
      ok: false,
      error: { kind: 'too-large', bytes: bytesMax + 1, bytesMax },
    });
  });

  it('[N8, F11] a message that announces more items than any may hold is not read', () => {
    const items = new Uint8Array(MESSAGE_LIMITS.itemsMax).fill(0xa0);
    const bytes = Uint8Array.of(0x82, 0x09, 0x9a, 0x00, 0x07, 0xa1, 0x20);
    const message = new Uint8Array(bytes.length + items.length);
    message.set(bytes);
    message.set(items, bytes.length);
    expect(parseMessage(message)).toEqual({ ok: false, error: { kind: 'not-canonical' } });
  });

  it('[N8] facts of all runs count together', () => {
    const half = Array.from({ length: MESSAGE_LIMITS.factsMax / 2 }, () => Uint8Array.of(1));
    const message = (extra: readonly Uint8Array[]): KnownMessage => ({
      kind: 'runs',
      runs: [
        { session: id(1), firstSeq: 0, facts: half, signatures: [] },
        { session: id(2), firstSeq: 0, facts: [...half, ...extra], signatures: [] },
      ],
    });
    expect(parseMessage(encodeMessage(message([]))).ok).toBe(true);
    expect(parseMessage(encodeMessage(message([Uint8Array.of(1)])))).toEqual(malformed('runs'));
  });

  it('[F12] ids are written in order whatever the order they are given in', () => {
    const one = encodeMessage({ kind: 'wantFacts', facts: [id(1), id(2)] });
    expect(encodeMessage({ kind: 'wantFacts', facts: [id(2), id(1)] })).toEqual(one);
  });

  it('[S5] a payload is cut into whole parts and one rest', () => {
    expect(
      [0, 1, LIMITS.payloadPartBytes, LIMITS.payloadPartBytes + 1].map(payloadPartCount),
    ).toEqual([1, 1, 1, 2]);
  });
});

import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import type { PairingRole } from '../../../src/core/links/pairing-protocol.js';
import { shortCodeFrom } from '../../../src/core/links/short-code.js';
import {
  encodeOpening,
  hearMeeting,
  parseOpening,
  startMeeting,
} from '../../../src/core/links/typed-meeting.js';
import vectors from '../../vectors/typed-pairing.json' with { type: 'json' };
import { alice, bob, carol, channelOf, filled } from './samples.js';

const code = shortCodeFrom(Uint8Array.from({ length: 32 }, (_, place) => 37 * place + 11));
const other = shortCodeFrom(filled(13, 1));

const begin = (role: PairingRole, typed = code, peers = [alice, bob]) => {
  const [one = alice, two = bob] = peers;
  const isInviter = role === 'inviter';
  const channel = isInviter ? channelOf(one, two, true) : channelOf(two, one, false);
  return startMeeting(typed, channel, role, filled(32, isInviter ? 3 : 4));
};
const keyOf = (heard: ReturnType<typeof hearMeeting>): string =>
  heard.ok ? bytesToHex(heard.value) : heard.error.kind;

describe('two devices with a short code', () => {
  it('[N9] come to one key of 32 bytes, frozen', () => {
    const [inviter, newcomer] = [begin('inviter'), begin('newcomer')];
    const left = keyOf(hearMeeting(inviter.meeting, newcomer.send));
    expect(left).toBe(keyOf(hearMeeting(newcomer.meeting, inviter.send)));
    expect(left).toBe(vectors.key);
    expect(bytesToHex(inviter.send)).toBe(vectors.inviterShare);
    expect(bytesToHex(newcomer.send)).toBe(vectors.newcomerShare);
  });

  it('[N9] with different codes come to different keys, and do not notice yet', () => {
    const [inviter, newcomer] = [begin('inviter'), begin('newcomer', other)];
    const left = keyOf(hearMeeting(inviter.meeting, newcomer.send));
    const right = keyOf(hearMeeting(newcomer.meeting, inviter.send));
    expect([left, right].every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
    expect(left).not.toBe(right);
  });

  it('[N2, N9] through a relay with other fingerprints come to different keys', () => {
    const [inviter, newcomer] = [begin('inviter', code, [alice, carol]), begin('newcomer')];
    const left = keyOf(hearMeeting(inviter.meeting, newcomer.send));
    expect(left).not.toBe(keyOf(hearMeeting(newcomer.meeting, inviter.send)));
  });

  it('[N9] an own share, one of the same role and one that is no element end the run', () => {
    const inviter = begin('inviter');
    expect(keyOf(hearMeeting(inviter.meeting, inviter.send))).toBe('same-role');
    const point = inviter.meeting.own.point;
    const back = encodeOpening({ kind: 'share', role: 'newcomer', point });
    expect(keyOf(hearMeeting(inviter.meeting, back))).toBe('bad-share');
    const zero = encodeOpening({ kind: 'share', role: 'newcomer', point: filled(32, 0) });
    expect(keyOf(hearMeeting(inviter.meeting, zero))).toBe('bad-share');
  });

  it('[N9] a code that is good no more is named; an unknown reason reads as withdrawn', () => {
    const { meeting } = begin('newcomer');
    const closed = hearMeeting(meeting, encodeOpening({ kind: 'closed', reason: 'expired' }));
    expect(closed).toEqual({ ok: false, error: { kind: 'closed', reason: 'expired' } });
    expect(parseOpening(encodeCanonical([1, 33, ['moon']]))).toEqual({
      ok: true,
      value: { kind: 'closed', reason: 'withdrawn' },
    });
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'malformed'],
    ['a pairing message', hexToBytes(vectors.inviterShare).fill(0x84, 0, 1), 'malformed'],
    ['a share that is too long', encodeCanonical([1, 32, [1, filled(33, 1)]]), 'malformed'],
    ['a share of no role', encodeCanonical([1, 32, [2, filled(32, 1)]]), 'malformed'],
    ['another item', encodeCanonical([1, 32, [1, filled(32, 1)], 0]), 'malformed'],
    ['another code', encodeCanonical([1, 34, [1, filled(32, 1)]]), 'malformed'],
    ['too much', encodeCanonical([1, 33, ['x'.repeat(200)]]), 'malformed'],
    ['a newer version', encodeCanonical([2, 32, [1, filled(32, 1)]]), 'newer-version'],
  ])('[N9] %s is no opening', (_, bytes, kind) => {
    expect(parseOpening(bytes)).toMatchObject({ ok: false, error: { kind } });
  });
});

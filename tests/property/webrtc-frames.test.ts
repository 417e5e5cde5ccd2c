import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sdpToFingerprint } from '../../src/adapters/webrtc/fingerprints.js';
import {
  createAssembler,
  FRAME_BYTES_MAX,
  messageToFrames,
} from '../../src/adapters/webrtc/frames.js';
import { openSealed } from '../../src/adapters/webrtc/sealed-signals.js';
import { parseAnnouncement, parseSignal } from '../../src/adapters/webrtc/signals.js';

const messageOf = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => index & 255);

describe('frames', () => {
  it('[N1] any messages come out whole and in order, in frames of at most 64 KiB', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * FRAME_BYTES_MAX }), { maxLength: 6 });
    fc.assert(
      fc.property(sizes, (chosen) => {
        const sent = chosen.map(messageOf);
        const assembler = createAssembler(() => 4 * FRAME_BYTES_MAX);
        const got: Uint8Array[] = [];
        for (const frame of sent.flatMap((message) => [...messageToFrames(message)])) {
          expect(frame.length).toBeLessThanOrEqual(FRAME_BYTES_MAX);
          const outcome = assembler.push(frame);
          expect(outcome.ok).toBe(true);
          if (outcome.ok && outcome.value.kind === 'message') got.push(outcome.value.message);
        }
        expect(got.length).toBe(sent.length);
        expect(got.every((message, index) => Buffer.compare(message, sent[index]!) === 0)).toBe(
          true,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('[N8] any bytes are a typed outcome, and nothing above the limit is put together', () => {
    const first = fc.constantFrom(0, 1, 4, 63, 64, 65, 66, 67, 68, 255);
    const frame = fc
      .tuple(first, fc.uint8Array({ maxLength: 40 }))
      .map(([type, rest]) => Uint8Array.of(type, ...rest));
    fc.assert(
      fc.property(fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 8 }))), (frames) => {
        const assembler = createAssembler(() => 32);
        for (const bytes of frames) {
          const outcome = assembler.push(bytes);
          if (!outcome.ok) return;
          if (outcome.value.kind === 'message') {
            expect(outcome.value.message.length).toBeLessThanOrEqual(32);
          }
        }
      }),
    );
  });

  it('[N8] a length above the limit is refused before anything is held', () => {
    const [start] = [...messageToFrames(messageOf(33))];
    expect(createAssembler(() => 32).push(start!)).toEqual({
      ok: false,
      error: { kind: 'too-large', bytes: 33, bytesMax: 32 },
    });
  });
});

describe('what a rendezvous may pass on', () => {
  it('[N2] any value is read or refused, never thrown at', () => {
    const keys = fc.constantFrom('type', 'from', 'to', 'signal', 'sdp', 'candidate', '__proto__');
    const words = fc.constantFrom('announce', 'signal', 'offer', 'answer', 'candidate', 'me');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(fc.anything(), words, fc.dictionary(keys, tie('any'))),
    })).any;
    fc.assert(
      fc.property(value, (input) => {
        parseSignal(input);
        const announcement = parseAnnouncement(input);
        if (announcement !== undefined) expect(announcement.from.length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 500 },
    );
  });

  it('[N2] any sealed text opens or does not, and never rejects', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'decrypt',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => {
        expect(await openSealed(text, key)).toBeUndefined();
      }),
    );
  });

  it('[N2] a fingerprint is 32 bytes of one certificate, or nothing', () => {
    const hex = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const lineOf = (bytes: Uint8Array): string =>
      `a=fingerprint:sha-256 ${Buffer.from(bytes).toString('hex').toUpperCase().match(/../g)!.join(':')}\r\n`;
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        expect(sdpToFingerprint(`v=0\r\n${lineOf(one)}m=x\r\n${lineOf(one)}`)).toEqual(one);
        const isSame = Buffer.compare(one, other) === 0;
        expect(sdpToFingerprint(lineOf(one) + lineOf(other))).toEqual(isSame ? one : undefined);
        expect(sdpToFingerprint(lineOf(one.subarray(1)))).toBeUndefined();
        expect(sdpToFingerprint(lineOf(one).replace('256', '1'))).toBeUndefined();
      }),
    );
    expect(sdpToFingerprint('v=0\r\n')).toBeUndefined();
  });
});

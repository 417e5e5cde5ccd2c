import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { encodeCanonical, type CanonicalValue } from '../../../src/core/base/canonical.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { receiveHello, receiveProof, startHandshake } from '../../../src/core/links/handshake.js';
import {
  BYE_REASONS,
  encodeMessage,
  parseMessage,
  type KnownMessage,
} from '../../../src/core/links/messages.js';
import {
  ACCOUNT,
  alice,
  bob,
  channelOf,
  filled,
  MESSAGES,
  partyOf,
} from '../../unit/links/samples.js';

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((one) => bytesToHex(one) as never);
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
const whole = fc.maxSafeNat();
const some = fc.uint8Array({ minLength: 1, maxLength: 40 });
const sorted = <T>(items: fc.Arbitrary<T>, keyOf: (item: T) => string | number) =>
  fc
    .uniqueArray(items, { maxLength: 6, selector: keyOf })
    .map((all) => [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
const ids = sorted(hex, (one) => one);

const run = fc
  .record({ session: hex, firstSeq: fc.nat(2 ** 40), facts: fc.array(some, { minLength: 1 }) })
  .chain((one) =>
    sorted(
      fc.record({
        seq: fc.integer({ min: one.firstSeq, max: one.firstSeq + one.facts.length - 1 }),
        signature,
      }),
      ({ seq }) => seq,
    ).map((signatures) => ({ ...one, signatures })),
  );

const message: fc.Arbitrary<KnownMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('heads' as const),
    rosterCount: whole,
    rosterTip: hex,
    epoch: whole,
    standingHeads: ids,
    heldPayloads: ids,
    base: hex,
    stateVector: fc.option(some),
    frontier: sorted(fc.record({ session: hex, seq: whole, fact: hex }), (one) => one.session),
    factSet: hex,
    wallMs: whole,
    name: fc.string({ unit: 'grapheme', maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant('runs' as const), runs: fc.array(run, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('wantFacts' as const), facts: ids }),
  fc.record({
    kind: fc.constant('wantCode' as const),
    manifest: hex,
    file: fc.option(hex),
    part: fc.nat(511),
  }),
  fc.record({
    kind: fc.constant('sharedValue' as const),
    key: fc.stringMatching(/^[a-z:0-9]{1,40}$/),
    value: fc.option(
      fc.record({
        maker: hex,
        epoch: whole,
        known: sorted(fc.record({ session: hex, seq: whole }), (one) => one.session),
        signature,
        bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
    ),
  }),
  fc
    .record({ manifest: hex, file: fc.option(hex), bytes: some })
    .chain(({ bytes, ...named }) =>
      fc.constantFrom(
        { kind: 'codePart' as const, ...named, part: 0, totalBytes: bytes.length, bytes },
        { kind: 'codePart' as const, ...named, part: 9, totalBytes: 0, bytes: null },
      ),
    ),
  fc.record({
    kind: fc.constant('carrierUpdate' as const),
    base: hex,
    update: some,
    signatures: sorted(
      fc.record({ session: hex, seq: whole, signature }),
      (one) => one.session + String(one.seq).padStart(16, '0'),
    ),
  }),
  fc.record({
    kind: fc.constantFrom('rosterChain' as const, 'completions' as const),
    completions: fc.array(some),
  }),
  fc.record({ kind: fc.constant('bye' as const), reason: fc.constantFrom(...BYE_REASONS) }),
);

test.prop([message])('[N2] a message reads as it was written', (one) => {
  expect(parseMessage(encodeMessage(one))).toEqual({ ok: true, value: one });
});

test.prop([fc.uint8Array({ maxLength: 300 })])('[N8] garbage never throws', (bytes) => {
  const { state } = startHandshake(
    ACCOUNT,
    partyOf(alice),
    channelOf(alice, bob, true),
    filled(32, 1),
  );
  const hello = startHandshake(
    ACCOUNT,
    partyOf(bob),
    channelOf(bob, alice, false),
    filled(32, 2),
  ).send;
  expect(receiveHello(state, bytes).ok).toBe(false);
  const heard = receiveHello(state, hello);
  expect(heard.ok && receiveProof(heard.value.state, bytes).ok).toBe(false);
  const parsed = parseMessage(bytes);
  expect(parsed.ok ? parsed.value.kind : parsed.error.kind).toBeTypeOf('string');
});

const { value: anything } = fc.letrec<{ value: CanonicalValue; leaf: CanonicalValue }>((tie) => ({
  leaf: fc.oneof(
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 64 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
  ),
}));

test.prop([fc.integer({ min: 0, max: 20 }), fc.array(anything, { maxLength: 12 })])(
  '[N8] whatever parses is written back as the same bytes',
  (code, items) => {
    const bytes = encodeCanonical([code, ...items]);
    const parsed = parseMessage(bytes);
    if (!parsed.ok || parsed.value.kind === 'unknown' || parsed.value.kind === 'bye') return;
    expect(encodeMessage(parsed.value)).toEqual(bytes);
  },
);

test.prop([fc.constantFrom(...MESSAGES), fc.nat(), fc.integer({ min: 1, max: 255 })])(
  '[N8] a message with one changed byte is refused or is another message',
  (one, at, change) => {
    const bytes = encodeMessage(one);
    const place = at % bytes.length;
    bytes[place] = (bytes[place] as number) ^ change;
    expect(parseMessage(bytes)).not.toEqual({ ok: true, value: one });
  },
);

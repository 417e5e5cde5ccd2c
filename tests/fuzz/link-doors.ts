import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeCanonical, type CanonicalValue } from '../../src/core/base/canonical.js';
import { DOMAINS } from '../../src/core/base/domains.js';
import {
  startHandshake,
  receiveHello,
  receiveProof,
  proofBytes,
} from '../../src/core/links/handshake.js';
import { encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import { encodePairingCode, parsePairingCode } from '../../src/core/links/pairing-code.js';
import {
  encodePairingMessage,
  parsePairingMessage,
  type PairingContext,
  type PairingMessage,
} from '../../src/core/links/pairing-messages.js';
import { stepPairing } from '../../src/core/links/pairing.js';
import { readTypedCode } from '../../src/ui/screens/pair/typed-code.js';
import { createConfirmedPair, createPair, KEY, OFFER } from '../unit/links/pair.js';
import {
  ACCOUNT,
  MESSAGES,
  alice,
  bob,
  channelOf,
  filled,
  id,
  partyOf,
} from '../unit/links/samples.js';
import { demand, demandSame, type Door } from './door.js';
import { bytesOfText, textOfBytes } from './seeds.js';

const message: Door = {
  name: 'link message',
  weight: 16,
  seeds: MESSAGES.map(encodeMessage),
  enter: (input) => {
    const read = parseMessage(input);
    if (!read.ok) return false;
    const { value } = read;
    // A reason or a kind that is not known here reads as something else than it says.
    if (value.kind !== 'unknown' && value.kind !== 'bye') demandSame(encodeMessage(value), input);
    return true;
  },
};

const asAlice = startHandshake(ACCOUNT, partyOf(alice), channelOf(alice, bob, true), filled(32, 9));
const asBob = startHandshake(ACCOUNT, partyOf(bob), channelOf(bob, alice, false), filled(32, 8));
const heard = receiveHello(asAlice.state, asBob.send);

const hello: Door = {
  name: 'hello',
  weight: 5,
  seeds: [asBob.send, asAlice.send],
  enter: (input) => {
    const read = receiveHello(asAlice.state, input);
    if (!read.ok) return false;
    const { toSign, state } = read.value;
    demand(toSign.length === 32 && state.toVerify.length === 32, 'there is nothing to sign');
    return true;
  },
};

const proof: Door = {
  name: 'proof of a link',
  weight: 3,
  seeds: [proofBytes(filled(64, 3))],
  enter: (input) => {
    if (!heard.ok) throw new Error('the hello of the door is refused');
    const read = receiveProof(heard.value.state, input);
    if (read.ok) demandSame(proofBytes(read.value.check.signature), input);
    return read.ok;
  },
};

const NOW_MS = 1_700_000_000_000;
const CODE = encodePairingCode({
  purpose: 'join',
  secret: filled(16, 77),
  expiresMs: NOW_MS + 600_000,
  accountTag: filled(4, 5),
});

const code: Door = {
  name: 'pairing code',
  weight: 6,
  seeds: [
    ...[CODE.text, `https://upkeep.example/#/join/${CODE.text}`, CODE.groups.join(' ')],
    ...[CODE.text.toLowerCase(), `#/join/${encodeURIComponent(CODE.text)}?x`],
  ].map(bytesOfText),
  enter: (input) => {
    const text = textOfBytes(input);
    const typed = readTypedCode(text, NOW_MS);
    const read = parsePairingCode(text, NOW_MS);
    if (!read.ok) return false;
    const again = parsePairingCode(encodePairingCode(read.value).text, NOW_MS);
    demand(again.ok, 'it cannot be written');
    demand(typed.kind === 'ready', 'the field for typing refuses it');
    return true;
  },
};

const context: PairingContext = {
  key: KEY,
  sender: 'inviter',
  index: 3,
  initiatorFingerprint: filled(32, 1),
  responderFingerprint: filled(32, 2),
  transcript: null,
};
const SAID: readonly PairingMessage[] = [
  { kind: 'commit', commitment: id(4) },
  {
    kind: 'reveal',
    ...{ device: id(5), encryptionKey: id(6), name: 'Ada’s phone', nonce: filled(32, 7) },
    ...{ localFingerprint: filled(32, 1), remoteFingerprint: filled(32, 2) },
  },
  { kind: 'ready' },
  { kind: 'chain', completions: [filled(30, 1)] },
  { kind: 'offer', completions: OFFER.chain, record: OFFER.record, envelope: OFFER.envelope },
  { kind: 'consent', signature: filled(64, 2) },
  { kind: 'progress', missing: ['Bob'], statement: id(8) },
  { kind: 'welcome', completions: [filled(9, 9)] },
  { kind: 'bye', reason: 'cancelled' },
];

/** The message with the right code of authentication, as who knows the pairing code would write it. */
const authentic = (value: CanonicalValue): Uint8Array => {
  const [version, kind, body] = Array.isArray(value) ? (value as CanonicalValue[]) : [];
  if (version === undefined || kind === undefined || body === undefined) {
    return encodeCanonical(value);
  }
  const said = [
    ...[DOMAINS.pairing, context.sender, context.index, context.initiatorFingerprint],
    ...[context.responderFingerprint, null, kind, body],
  ];
  return encodeCanonical([version, kind, body, hmac(sha256, KEY, encodeCanonical(said))]);
};

const pairingMessage: Door = {
  name: 'pairing message',
  weight: 5,
  seeds: SAID.map((each) => encodePairingMessage(each, context)),
  wrap: authentic,
  enter: (input) => {
    const read = parsePairingMessage(input, () => context);
    if (!read.ok) return false;
    if (read.value.kind !== 'bye') demandSame(encodePairingMessage(read.value, context), input);
    return true;
  },
};

const fresh = createPair();
const confirmed = createConfirmedPair();

/** Any bytes at any turn of a pairing: they end it or are said in their turn. */
const pairingTurn: Door = {
  name: 'pairing turn',
  weight: 3,
  seeds: [...SAID.map((each) => encodePairingMessage(each, context)), ...fresh.inboxes.inviter],
  enter: (input, chance) => {
    const { sides } = chance.pick([fresh, confirmed]);
    const { state } = chance.pick([sides.inviter, sides.newcomer]);
    return stepPairing(state, { kind: 'received', bytes: input }).ok;
  },
};

export const LINK_DOORS: readonly Door[] = [
  ...[message, hello, proof, code, pairingMessage, pairingTurn],
];

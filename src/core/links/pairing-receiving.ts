import { compareBytes } from '../base/hash.js';
import {
  parsePairingMessage,
  type PairingMessage,
  type PairingReveal,
} from './pairing-messages.js';
import { otherRole, turnFor, withSaid } from './pairing-protocol.js';
import {
  chainSize,
  commitmentOf,
  contextOf,
  ending,
  say,
  transcriptOf,
  type PairingEnd,
  type PairingEvent,
  type PairingLie,
  type PairingState,
  type PairingStep,
} from './pairing-state.js';
import { shortString } from './short-string.js';

/** Takes bytes from the channel. Never throws; what breaks the protocol ends the pairing. */
export const receivePairing = (state: PairingState, bytes: Uint8Array): PairingStep => {
  if (state.end !== null) return step(state, null);
  const peerRole = otherRole(state.role);
  const parsed = parsePairingMessage(bytes, (kind) => contextOf(state, peerRole, kind));
  if (!parsed.ok) {
    const { error } = parsed;
    switch (error.kind) {
      case 'not-authentic':
        return ending(step(state, null), { kind: 'not-authentic' });
      case 'newer-version':
        return ending(step(state, null), { kind: 'newer-version', version: error.version });
      case 'too-large':
      case 'malformed':
        return lied(state, { kind: error.kind });
    }
  }
  const message = parsed.value;
  const said = `${peerRole} ${message.kind}` as const;
  if (turnFor(state.history, said) === null) {
    return lied(state, { kind: 'unexpected', message: message.kind });
  }
  const { history, receivedCount } = state;
  return hear(
    { ...state, history: withSaid(history, said), receivedCount: receivedCount + 1 },
    message,
  );
};

/** Acts on a message that came in turn. */
const hear = (state: PairingState, message: PairingMessage): PairingStep => {
  switch (message.kind) {
    case 'commit': {
      const committed: PairingState = { ...state, peerCommitment: message.commitment };
      return say(committed, [{ kind: 'reveal', ...state.self }]);
    }
    case 'reveal':
      return hearReveal(state, message);
    case 'ready':
      return step(state, { kind: 'peer-ready' });
    case 'chain': {
      const heldChain = [...state.heldChain, ...message.completions];
      return chainSize(heldChain).isWithin
        ? step({ ...state, heldChain }, null)
        : lied(state, { kind: 'too-large' });
    }
    case 'offer': {
      const chain = [...state.heldChain, ...message.completions];
      const { record, envelope } = message;
      const offer = { chain, record, envelope };
      return step({ ...state, heldChain: [] }, { kind: 'offer', offer });
    }
    case 'consent':
    case 'progress':
      return step(state, message);
    case 'welcome': {
      const chain = [...state.heldChain, ...message.completions];
      const welcomed: PairingState = { ...state, heldChain: [], end: { kind: 'welcomed' } };
      return step(welcomed, { kind: 'welcome', chain });
    }
    case 'bye':
      return ending(step(state, null), { kind: 'peer-left', reason: message.reason });
  }
};

/** The peer must show what it committed to, over the very channel that this side sees. */
const hearReveal = (state: PairingState, peer: PairingReveal): PairingStep => {
  const { device, encryptionKey, name, nonce, localFingerprint, remoteFingerprint } = peer;
  const reveal = { device, encryptionKey, name, nonce, localFingerprint, remoteFingerprint };
  if (commitmentOf(otherRole(state.role), reveal) !== state.peerCommitment) {
    return lied(state, { kind: 'broken-commitment' });
  }
  const isSameChannel =
    compareBytes(localFingerprint, state.self.remoteFingerprint) === 0 &&
    compareBytes(remoteFingerprint, state.self.localFingerprint) === 0;
  if (!isSameChannel) return lied(state, { kind: 'other-channel' });
  if (device === state.self.device) return lied(state, { kind: 'own-device' });
  const transcript = transcriptOf(state, reveal);
  const shown = shortString(transcript);
  return step({ ...state, peer: reveal, transcript }, { kind: 'words', peer: reveal, shown });
};

const step = (state: PairingState, event: PairingEvent | null): PairingStep => ({
  state,
  send: [],
  event,
});

/** Tells the peer that it was caught, and ends. */
const lied = (state: PairingState, lie: PairingLie): PairingStep => {
  const end: PairingEnd = { kind: 'peer-lied', lie };
  return ending(say(state, [{ kind: 'bye', reason: 'peer-lied' }]), end);
};

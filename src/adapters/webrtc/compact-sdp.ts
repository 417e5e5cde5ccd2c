import type { Candidate } from '../../core/links/candidates.js';
import type { ConnectionPart } from '../../core/links/offline-code.js';
import { sdpToFingerprint } from './fingerprints.js';

/** ICE candidates of equal kind differ in this alone. */
const PRIORITY_FIRST = 2_113_937_151;

/**
 * The parts of a session description that differ between two connections of this product.
 *
 * Undefined where a part is missing, as in a description of something else than one data channel.
 * Source: RFC 8866 (SDP), RFC 8839 (ICE in SDP), RFC 8841 (SCTP).
 */
export const sdpToPart = (
  sdp: string,
  candidates: readonly string[],
): ConnectionPart | undefined => {
  const fragment = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const password = /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1];
  const fingerprint = sdpToFingerprint(sdp);
  if (fragment === undefined || password === undefined || fingerprint === undefined) {
    return undefined;
  }
  const hosts = candidates.map(lineToCandidate).filter((each) => each !== undefined);
  return { fragment, password, fingerprint, candidates: hosts };
};

/** The description that a browser takes, from its parts. */
export const partToSdp = (part: ConnectionPart, type: 'offer' | 'answer'): string => {
  const hex = [...part.fingerprint].map((byte) => byte.toString(16).padStart(2, '0'));
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...part.candidates.map(candidateToLine),
    `a=ice-ufrag:${part.fragment}`,
    `a=ice-pwd:${part.password}`,
    `a=fingerprint:sha-256 ${hex.join(':').toUpperCase()}`,
    `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
  return `${lines.join('\r\n')}\r\n`;
};

/** Of all candidates, those of this network over UDP. */
const lineToCandidate = (line: string): Candidate | undefined => {
  const match = /^(?:a=)?candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/i.exec(line);
  return match?.[1] === undefined ? undefined : { address: match[1], port: Number(match[2]) };
};

const candidateToLine = ({ address, port }: Candidate, index: number): string =>
  `a=candidate:${index + 1} 1 udp ${PRIORITY_FIRST - 256 * index} ${address} ${port} typ host`;

/**
 * Reads the SHA-256 fingerprint of a session description: 32 bytes.
 *
 * Undefined when there is none, when it is malformed, or when the description names several
 * certificates: then it would be open which of them the connection is encrypted to.
 * Source: RFC 8122 section 5.
 */
export const sdpToFingerprint = (sdp: string): Uint8Array | undefined => {
  const lines = sdp.split(/\r\n|\r|\n/).filter((line) => /^a=fingerprint:/i.test(line));
  const values = new Set(lines.map((line) => line.slice('a=fingerprint:'.length).toUpperCase()));
  const [value] = values;
  if (values.size !== 1 || value === undefined) return undefined;
  const match = /^SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})\s*$/.exec(value);
  if (match?.[1] === undefined) return undefined;
  return Uint8Array.from(match[1].split(':'), (pair) => Number.parseInt(pair, 16));
};

/** Both ends of an encrypted connection. */
export interface FingerprintPair {
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
}

/**
 * Finds out what an open connection is encrypted to.
 *
 * The browser refuses a connection whose certificate is not the one that the remote description
 * names; where it also shows the certificate itself, that is hashed and must agree. Undefined
 * when either end cannot be told for certain: such a connection must not be used (rule N2).
 */
export const readFingerprints = async (
  connection: RTCPeerConnection,
): Promise<FingerprintPair | undefined> => {
  const local = sdpToFingerprint(connection.currentLocalDescription?.sdp ?? '');
  const remote = sdpToFingerprint(connection.currentRemoteDescription?.sdp ?? '');
  if (local === undefined || remote === undefined) return undefined;
  const certificate = remoteCertificate(connection);
  if (certificate === undefined) return { local, remote };
  const actual = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
  return actual.every((byte, index) => byte === remote[index]) ? { local, remote } : undefined;
};

const remoteCertificate = (connection: RTCPeerConnection): ArrayBuffer | undefined => {
  const transport = connection.sctp?.transport as
    (RTCDtlsTransport & { getRemoteCertificates?: () => ArrayBuffer[] }) | undefined;
  return transport?.getRemoteCertificates?.()[0];
};

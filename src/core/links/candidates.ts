import { bytesToHex, hexToBytes } from '../base/hash.js';

/** Where one end of a connection may be reached within its own network, over UDP. */
export interface Candidate {
  /** An IPv4 or IPv6 address, or a name that only the local network resolves: `<uuid>.local`. */
  readonly address: string;
  readonly port: number;
}

/** Candidates of one end in a code; more would only make its picture denser. */
export const CANDIDATES_MAX = 6;

const NAME = 1;
const IPV4 = 4;
const IPV6 = 6;
const NAME_SHAPE =
  /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/;
const PORT_BYTES = 2;

/** A candidate as kind, address and port; null for an address of another form. */
export const candidateToBytes = ({ address, port }: Candidate): Uint8Array | null => {
  const [kind, bytes] = addressBytes(address.toLowerCase());
  if (bytes === null || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  return Uint8Array.of(kind, ...bytes, port >> 8, port & 255);
};

/** Reads one candidate; the bytes that it took stand beside it. Null where there is none. */
export const bytesToCandidate = (
  bytes: Uint8Array,
): { readonly candidate: Candidate; readonly taken: number } | null => {
  const kind = bytes[0];
  const length = kind === IPV4 ? 4 : kind === IPV6 || kind === NAME ? 16 : 0;
  const taken = 1 + length + PORT_BYTES;
  if (length === 0 || bytes.length < taken) return null;
  const raw = bytes.subarray(1, 1 + length);
  const port = ((bytes[taken - 2] as number) << 8) | (bytes[taken - 1] as number);
  if (port === 0) return null;
  const address = kind === IPV4 ? [...raw].join('.') : kind === NAME ? nameOf(raw) : ipv6Of(raw);
  return { candidate: { address, port }, taken };
};

const addressBytes = (address: string): readonly [number, Uint8Array | null] => {
  const name = NAME_SHAPE.exec(address);
  if (name !== null) return [NAME, hexToBytes(name.slice(1).join(''))];
  if (address.includes(':')) return [IPV6, ipv6Bytes(address)];
  return [IPV4, ipv4Bytes(address)];
};

const ipv4Bytes = (address: string): Uint8Array | null => {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  const numbers = parts.map(Number);
  return numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : null;
};

/** Plain and shortened forms; none with a zone or an IPv4 tail. */
const ipv6Bytes = (address: string): Uint8Array | null => {
  const halves = address.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/.test(word))) return null;
  return hexToBytes(words.map((word) => word.padStart(4, '0')).join(''));
};

const ipv6Of = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, word) =>
    (((bytes[2 * word] as number) << 8) | (bytes[2 * word + 1] as number)).toString(16),
  ).join(':');

const nameOf = (bytes: Uint8Array): string => {
  const hex = bytesToHex(bytes);
  const cuts = [0, 8, 12, 16, 20, 32];
  const parts = cuts.slice(1).map((end, index) => hex.slice(cuts[index], end));
  return `${parts.join('-')}.local`;
};

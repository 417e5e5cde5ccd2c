import type { Hash } from '../base/brands.js';
import { sha256Hex } from '../base/hash.js';
import type { Manifest } from './manifest.js';

/** Why bytes are not the file that a manifest names; each names the file. */
export type FileFault =
  /** The bundle has no such file. */
  | { readonly kind: 'not-part'; readonly path: string }
  /** Fewer bytes came than the manifest says. */
  | { readonly kind: 'truncated'; readonly path: string; readonly bytes: number }
  /** More bytes came than the manifest says; the reader stopped there. */
  | { readonly kind: 'too-long'; readonly path: string }
  | { readonly kind: 'mismatch'; readonly path: string };

/**
 * Whether these are the bytes of a bundle's file; null when they are.
 *
 * `sha256` is their hash where it was computed elsewhere, as by WebCrypto.
 * Source: rules U3 and U10.
 */
export const fileFault = (
  { files }: Pick<Manifest, 'files'>,
  path: string,
  bytes: Uint8Array,
  sha256: Hash | string = sha256Hex(bytes),
): FileFault | null => {
  const file = files.find((each) => each.path === path);
  if (file === undefined) return { kind: 'not-part', path };
  if (bytes.length < file.bytes) return { kind: 'truncated', path, bytes: bytes.length };
  if (bytes.length > file.bytes) return { kind: 'too-long', path };
  return sha256 === file.sha256 ? null : { kind: 'mismatch', path };
};

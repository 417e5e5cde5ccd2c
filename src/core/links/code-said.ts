import { DOMAINS } from '../base/domains.js';
import type { CanonicalMap } from '../base/canonical.js';
import { hashOf, hexToBytes } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { compareText, sortedUnique } from '../base/ordering.js';
import * as shape from '../base/shape.js';
import { list, row } from '../base/shape-groups.js';
import type { Hash } from '../base/brands.js';

/** Bytes of the hash that tells two pasts of hard forks apart. */
const FORK_HASH_BYTES = 8;

/** How many hard forks are behind a device, and which: compare Ethereum's fork id (EIP-2124). */
export interface ForkMark {
  readonly count: number;
  readonly hash: Uint8Array;
}

/** What a device says of its code as a link opens (rule U5); a claim, like all else of a hello. */
export interface CodeSaid {
  /** Sorted. */
  readonly protocols: readonly string[];
  /** Null where it does not say. */
  readonly forks: ForkMark | null;
}

/** What devices speak that were made before any of this was said. */
const FIRST_PROTOCOLS: readonly string[] = ['upkeep/1'];

const protocols = list(shape.text(1, LIMITS.protocolUnitsMax), LIMITS.protocolsMax);
const forkMark = row<ForkMark>({
  count: shape.unsigned,
  hash: shape.bytes(FORK_HASH_BYTES, FORK_HASH_BYTES),
});

/** The mark of these activated manifests, in their order. */
export const forkMarkOf = (manifests: readonly Hash[]): ForkMark => ({
  count: manifests.length,
  hash: hexToBytes(hashOf(DOMAINS.hardFork, manifests.map(shape.idToBytes))).slice(
    0,
    FORK_HASH_BYTES,
  ),
});

/** As it stands beside the rest of a hello. */
export const codeToExtensions = (said: CodeSaid): CanonicalMap => ({
  ...(said.forks === null ? {} : { forks: forkMark.toCanonical(said.forks) }),
  protocols: protocols.toCanonical(said.protocols),
});

/** What is not of its form is as if it were not said. */
export const codeInExtensions = (extensions: CanonicalMap): CodeSaid => {
  const { protocols: spoken, forks } = extensions;
  const read = spoken === undefined ? undefined : protocols.parse(spoken);
  const mark = forks === undefined ? undefined : forkMark.parse(forks);
  return {
    protocols: sortedUnique(read ?? FIRST_PROTOCOLS, compareText),
    forks: mark ?? null,
  };
};

/** Protocols that one side lacks of what hard forks made indispensable; empty when none. */
export const lackedProtocols = (
  required: readonly string[],
  spoken: readonly string[],
): readonly string[] => required.filter((each) => !spoken.includes(each));

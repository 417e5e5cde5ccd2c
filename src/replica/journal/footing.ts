import type { AccountId, BaseId, Hash, RosterHash } from '../../core/base/brands.js';
import { encodeCanonical } from '../../core/base/canonical.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { QuarantinePoint } from '../../core/authority/statement.js';
import { KINDS } from '../../core/facts/kinds.js';

/** What decides how facts are judged and what they fold onto. */
export interface Footing {
  readonly transitions: Iterable<RosterHash>;
  readonly covered: Iterable<RosterHash>;
  readonly base: BaseId;
  readonly quarantine: Iterable<QuarantinePoint>;
  /** The version whose kinds are folded. */
  readonly fold: number;
}

/**
 * A name for everything but the facts that a folded state follows from: on equal footings equal
 * facts fold into equal states.
 *
 * The kinds that this code knows are part of it, and the fold version that is folded: another one
 * judges anew what an earlier one folded.
 */
export const footingOf = (account: AccountId, footing: Footing): Hash => {
  const points = [...footing.quarantine].map(({ session, seq }) => `${session}:${seq}`);
  return sha256Hex(
    encodeCanonical([
      ...[footing.fold, Object.keys(KINDS), account, footing.base],
      ...[[...footing.transitions].sort(), [...footing.covered].sort(), points.sort()],
    ]),
  ) as Hash;
};

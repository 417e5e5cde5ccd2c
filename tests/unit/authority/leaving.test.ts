import { describe, expect, it } from 'vitest';
import type { AccountId, Hash, HeadId } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import {
  leaversAmong,
  leavingFault,
  leavingSigningBytes,
  mayLeave,
} from '../../../src/core/authority/leaving.js';
import {
  accountOf,
  genesisRecord,
  rosterHashOf,
  type Origin,
} from '../../../src/core/authority/roster.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { admitTransition, transitionChecks } from '../../../src/core/authority/transition.js';
import { first, one, three, two } from './branches.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  hexOf,
  memberFrom,
  personOf,
  recordOf,
  rosterCompletionOf,
  shareOf,
  stepTo,
  verdictsOf,
  type Person,
} from './people.js';

const HEAD = hexOf<HeadId>('head 3');
const ORIGIN: Origin = { account: ACCOUNT, head: HEAD };
/** Alice's new keys; her old ones sign as alice. */
const anew = personOf('alice anew');
const foundingFrom = (origin: Origin | null) =>
  genesisRecord(memberFrom(anew), hexOf<Hash>('new secret'), origin);
const FOUNDING = foundingFrom(ORIGIN);

const signedBy = (leavers: readonly Person[], founding = FOUNDING, said = ORIGIN) => {
  const message = leavingSigningBytes(said, rosterHashOf(founding));
  const consents = leavers.map((each) => shareOf(each, message));
  const sorted = [...consents].sort((a, b) => (a.signer < b.signer ? -1 : 1));
  return { ...rosterCompletionOf(founding, null, [anew]), consents: sorted };
};
const judged = (completion: ReturnType<typeof signedBy>) =>
  admitTransition(completion, null, verdictsOf(transitionChecks(completion, null)));
const signersIn = (completion: ReturnType<typeof signedBy>) => {
  const result = judged(completion);
  return result.ok ? result.value.completion.consents.map(({ signer }) => signer) : result.error;
};
const sorted = (...people: readonly Person[]) => people.map(({ device }) => device).sort();

describe('an account that others left for', () => {
  it('[A12, A2] names in its first record where it comes from, with the signatures of who left', () => {
    const completion = signedBy([alice, bob]);
    const result = judged(completion);
    expect(result.ok && result.value.account).toBe(accountOf(FOUNDING));
    expect(signersIn(completion)).toEqual(sorted(alice, bob));
    const read = parseRosterCompletion(encodeRosterCompletion(completion));
    expect(read.ok && signersIn(read.value as typeof completion)).toEqual(sorted(alice, bob));
    // Another origin is another record, and so another account.
    expect(accountOf(foundingFrom({ account: ACCOUNT, head: null }))).not.toBe(accountOf(FOUNDING));
  });

  it('[A12] drops forged signatures, those for another account, snapshot or record, and needs one', () => {
    const forged = { signer: bob.device, signature: new Uint8Array(64) };
    const honest = signedBy([alice]);
    const both = [...honest.consents, forged].sort((a, b) => (a.signer < b.signer ? -1 : 1));
    expect(signersIn({ ...honest, consents: both })).toEqual([alice.device]);
    for (const said of [
      { account: hexOf<AccountId>('another account'), head: HEAD },
      { account: ACCOUNT, head: null },
      { account: ACCOUNT, head: hexOf<HeadId>('head 2') },
    ]) {
      expect(signersIn(signedBy([alice, bob], FOUNDING, said))).toEqual({
        kind: 'origin-unsigned',
      });
    }
    const other = foundingFrom({ account: ACCOUNT, head: null });
    const moved = { ...signedBy([alice], other, ORIGIN), record: FOUNDING };
    expect(signersIn(moved)).toEqual({ kind: 'origin-unsigned' });
    expect(signersIn(signedBy([]))).toEqual({ kind: 'origin-unsigned' });
    // Who claims no origin is signed for by nobody.
    expect(signersIn(signedBy([alice], foundingFrom(null)))).toEqual([]);
  });

  it('[A12, A6] signs under a domain of its own', () => {
    const record = rosterHashOf(FOUNDING);
    const bytes = bytesToHex(leavingSigningBytes(ORIGIN, record));
    expect(bytes).not.toBe(bytesToHex(leavingSigningBytes({ ...ORIGIN, head: null }, record)));
    const checks = transitionChecks(signedBy([alice]), null);
    const consent = checks.find(({ key }) => key === alice.device);
    expect(bytesToHex(consent?.message ?? new Uint8Array())).toBe(bytes);
  });
});

describe('leaving an account', () => {
  const left = (chain: ReturnType<typeof foldChain>, ...standing: readonly HeadId[]) => ({
    ...{ account: ACCOUNT, chain, standing: new Set(standing) },
  });
  const chain = foldChain(ACCOUNT, [first, three]);

  it('[A12, C2] takes a first record that names this account and a snapshot that stands here', () => {
    expect(leavingFault(FOUNDING, left(chain, HEAD))).toBeNull();
    expect(leavingFault(foundingFrom(null), left(chain, HEAD))).toEqual({ kind: 'no-origin' });
    expect(leavingFault(recordOf([alice, bob], GENESIS), left(chain))).toEqual({
      kind: 'no-origin',
    });
    const account = hexOf<AccountId>('another account');
    expect(leavingFault(foundingFrom({ account, head: HEAD }), left(chain, HEAD))).toEqual({
      ...{ kind: 'other-account', account },
    });
    expect(leavingFault(FOUNDING, left(chain))).toEqual({ kind: 'other-snapshot', head: HEAD });
    const none = foundingFrom({ account: ACCOUNT, head: null });
    expect(leavingFault(none, left(chain))).toBeNull();
    expect(leavingFault(none, left(chain, HEAD))).toEqual({ kind: 'other-snapshot', head: null });
  });

  it('[A12, A11, A5] is for members still, of any branch of a fork, and not for paper', () => {
    expect(mayLeave(chain)).toEqual(sorted(alice, bob, carol));
    expect(mayLeave(foldChain(ACCOUNT, [first, three, one, two]))).toEqual(
      sorted(alice, bob, carol),
    );
    const SOLD = recordOf([alice, bob], three.record);
    const after = foldChain(ACCOUNT, [first, three, stepTo(SOLD, three.record, [alice, bob])]);
    expect(mayLeave(after)).toEqual(sorted(alice, bob));
    expect(leaversAmong(sorted(alice, carol, dave), after)).toEqual({
      members: [alice.device],
      others: sorted(carol, dave),
    });
    const paper = recordOf([alice, erin], GENESIS, {
      members: [memberFrom(alice), memberFrom(erin, 0, 'paper')].sort((a, b) =>
        a.device < b.device ? -1 : 1,
      ),
    });
    const withPaper = foldChain(ACCOUNT, [first, stepTo(paper, GENESIS, [alice])]);
    expect(mayLeave(withPaper)).toEqual([alice.device]);
  });
});

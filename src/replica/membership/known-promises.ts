import type { RosterHash } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { readOnce } from '../../core/base/read-once.js';
import {
  type BallotPromise,
  encodePromise,
  parsePromise,
  promiseCheck,
} from '../../core/authority/ballot.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import type { Verifier } from '../../ports/verifier.js';
import type { Holdings } from '../journal/holdings.js';

/** The promises that a proposal names, read once; what does not read back is left out. */
export const promisesOf = readOnce((matter: RosterMatter): readonly BallotPromise[] =>
  matter.promises.flatMap((bytes) => {
    const promise = parsePromise(bytes);
    return promise.ok ? promise.value : [];
  }),
);

const goodIn = readOnce((_: Holdings): Set<string> => new Set());

/** By all that it says: a signature is soon copied onto another promise. */
const nameOf = readOnce((promise: BallotPromise): string => bytesToHex(encodePromise(promise)));

/** Promises for ballots asked for after a record, whose signatures were found good here. */
export const goodPromisesAfter = (
  holdings: Holdings,
  common: RosterHash,
): readonly BallotPromise[] =>
  askedAfter(holdings, common).filter((each) => goodIn(holdings).has(nameOf(each)));

/**
 * Looks at the signatures of promises that only proposals carry: until then they say nothing of
 * anyone, as whoever proposes could make them up.
 */
export const learnPromises = async (
  holdings: Holdings,
  verifier: Verifier,
  common: RosterHash,
): Promise<void> => {
  const good = goodIn(holdings);
  const fresh = askedAfter(holdings, common).filter((each) => !good.has(nameOf(each)));
  if (fresh.length === 0) return;
  const verdicts = await verifier.verify(fresh.map((each) => promiseCheck(holdings.account, each)));
  fresh.forEach((each, index) => {
    if (verdicts[index] === true) good.add(nameOf(each));
  });
};

const askedAfter = (holdings: Holdings, common: RosterHash): readonly BallotPromise[] =>
  [...holdings.ceremonies().values()].flatMap(({ matter }) =>
    matter.purpose === 'roster' && matter.previous === common ? promisesOf(matter) : [],
  );

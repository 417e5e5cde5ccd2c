import {
  canonicalFault,
  decodeCanonical,
  encodeCanonical,
  type CanonicalValue,
} from '../../src/core/base/canonical.js';
import { sha256 } from '../../src/core/base/hash.js';
import { bodyToCanonical, encodeBody, parseBody } from '../../src/core/facts/bodies.js';
import { parseEnvelopeBytes, parseFact } from '../../src/core/facts/codec.js';
import { envelopeToCanonical } from '../../src/core/facts/envelope.js';
import {
  buildEquivocationProof,
  equivocationChecks,
  equivocationPoint,
  parseEquivocationProof,
} from '../../src/core/facts/equivocation.js';
import { KINDS, type Kind } from '../../src/core/facts/kinds.js';
import { checkLinks } from '../../src/core/facts/links.js';
import { peekPlace } from '../../src/core/facts/place.js';
import type { AdmittedFact } from '../../src/core/facts/run.js';
import { ALLOWED, createFold } from '../../src/core/journal/fold.js';
import { EMPTY_STATE } from '../../src/core/journal/state.js';
import { SAMPLE_BODIES, sampleBodies } from '../unit/facts/sample-bodies.js';
import { after, alice, branchOf, sessionOf } from '../unit/facts/fixtures.js';
import { demand, demandSame, type Door } from './door.js';
import { vectorBytes } from './seeds.js';

const opened = sessionOf(alice, 'fuzz', 1);
const facts = sampleBodies().map((body) => after(opened[0] as never, body));

const canonical: Door = {
  name: 'canonical',
  weight: 12,
  seeds: [
    ...vectorBytes('facts.json'),
    ...vectorBytes('facts-upgrades.json'),
    ...vectorBytes('facts-declined.json'),
    ...vectorBytes('messages.json'),
  ],
  enter: (input) => {
    const read = decodeCanonical(input);
    const fault = canonicalFault(input);
    demand(read.ok === (fault === null), 'looking and reading differ');
    if (read.ok) demandSame(encodeCanonical(read.value), input);
    else demand(read.error.kind === fault?.kind, 'looking and reading fail differently');
    return read.ok;
  },
};

const envelope: Door = {
  name: 'envelope',
  weight: 10,
  seeds: facts.map((fact) => fact.envelopeBytes),
  enter: (input) => {
    const read = parseEnvelopeBytes(input);
    if (read.ok) demandSame(encodeCanonical(envelopeToCanonical(read.value)), input);
    return read.ok;
  },
};

/** A fact whose envelope names the body that it has, as a liar would write it. */
const sealed = (value: CanonicalValue): Uint8Array => {
  const [envelopeBytes, body] = value as readonly Uint8Array[];
  if (!(envelopeBytes instanceof Uint8Array) || !(body instanceof Uint8Array)) {
    return encodeCanonical(value);
  }
  const read = decodeCanonical(envelopeBytes);
  if (!read.ok || !Array.isArray(read.value)) return encodeCanonical(value);
  const places = [...(read.value as readonly CanonicalValue[])];
  if (places.length === 12) places[11] = sha256(body);
  return encodeCanonical([encodeCanonical(places), body]);
};

const fact: Door = {
  name: 'fact',
  weight: 16,
  seeds: facts.map((each) => each.bytes),
  wrap: (value) => (Array.isArray(value) ? sealed(value) : encodeCanonical(value)),
  enter: (input) => {
    const read = parseFact(input);
    if (!read.ok) return false;
    const { value } = read;
    demandSame(encodeCanonical([value.envelopeBytes, value.bodyBytes]), input);
    demandSame(encodeCanonical(envelopeToCanonical(value.envelope)), value.envelopeBytes);
    demand(peekPlace(input)?.seq === value.envelope.seq, 'its place alone is read otherwise');
    checkLinks(value.envelope.session, [value, value], value.envelope.account);
    const fold = createFold(EMPTY_STATE);
    fold.apply(value as AdmittedFact, ALLOWED);
    fold.apply(value as AdmittedFact, ALLOWED);
    return true;
  },
};

const bodies: readonly Door[] = (Object.keys(KINDS) as Kind[]).map((kind) => {
  const own = encodeBody(SAMPLE_BODIES[kind]);
  const seed = own.ok ? own.value : new Uint8Array(1);
  return {
    name: `body ${kind}`,
    weight: 2,
    seeds: [
      seed,
      ...vectorBytes('facts.json', 'body'),
      ...vectorBytes('facts-upgrades.json', 'body'),
      ...vectorBytes('facts-declined.json', 'body'),
    ],
    enter: (input) => {
      const read = parseBody(kind, input);
      if (!read.ok || read.value.kind === 'unknown') return false;
      demandSame(encodeCanonical(bodyToCanonical(read.value)), input);
      return true;
    },
  };
});

const long = sessionOf(alice, 'fuzz', 5);
const other = sessionOf(alice, 'fuzz', 5, 2);
const proofs = [
  [long, other],
  [long.slice(0, 3), other.slice(0, 5)],
].flatMap(([one, two]) => {
  const built = buildEquivocationProof(
    branchOf(alice, one as typeof long),
    branchOf(alice, two as typeof long),
  );
  return built.ok ? [built.value] : [];
});

const proof: Door = {
  name: 'equivocation proof',
  weight: 6,
  seeds: [...proofs, ...vectorBytes('equivocation.json', 'bytes')],
  enter: (input) => {
    const read = parseEquivocationProof(input);
    if (!read.ok) return false;
    const { left, right, author } = read.value;
    demand(equivocationPoint(read.value).author === author, 'it speaks of another');
    demand(equivocationChecks(read.value).length === 2, 'one branch is not checked');
    const again = buildEquivocationProof(left, right);
    demand(again.ok, 'it cannot be written');
    if (again.ok) demandSame(again.value, input);
    return true;
  },
};

export const FACT_DOORS: readonly Door[] = [canonical, envelope, fact, ...bodies, proof];

import { expect, test } from 'vitest';
import type { BodyOf } from '../../../src/core/facts/bodies.js';
import { isAsProposed } from '../../../src/core/upgrades/as-proposed.js';
import { bytesOf, contentRootOf, manifestHashOf } from '../../../src/core/upgrades/manifest.js';
import { releaseOf } from '../../contract/bundles-contract.js';
import { hashNamed } from './sample-bundle.js';

const told = releaseOf(2, { protocols: ['upkeep/1', 'upkeep/2'], compliance: ['hipaa'] });

const TRUE: BodyOf<'upgrade.proposed'> = {
  ...{ kind: 'upgrade.proposed', manifest: manifestHashOf(told), content: contentRootOf(told) },
  ...{ package: told.package, version: told.version, sequence: told.sequence },
  ...{ protocols: told.protocols, compliance: told.compliance, requires: ['upkeep/2'] },
  ...{ files: told.files.length, bytes: bytesOf(told), notes: 'mine', urls: [], fork: 'hard' },
  ...{ expires: 1, waves: [], grace: 0 },
};

const LIES: Readonly<Record<string, Partial<BodyOf<'upgrade.proposed'>>>> = {
  content: { content: hashNamed('other') },
  package: { package: 'other' },
  version: { version: '9.9.9' },
  sequence: { sequence: 9 },
  files: { files: 1_000 },
  bytes: { bytes: 1 },
  protocols: { protocols: ['upkeep/1'] },
  'tags that nobody earned': { compliance: ['gdpr', 'hipaa'] },
  'tags left out': { compliance: [] },
  'what its code does not speak': { requires: ['upkeep/2', 'upkeep/9'] },
  'what a soft fork cannot require': { fork: 'soft' },
};

test('[C2, U2] what is announced of a bundle is what its manifest says', () => {
  expect(isAsProposed(TRUE, told)).toBe(true);
  expect(isAsProposed({ ...TRUE, fork: 'soft', requires: [] }, told)).toBe(true);
});

test.each(Object.keys(LIES))('[C2, U2] it is refused where it says otherwise: %s', (lie) => {
  expect(isAsProposed({ ...TRUE, ...LIES[lie] }, told)).toBe(false);
});

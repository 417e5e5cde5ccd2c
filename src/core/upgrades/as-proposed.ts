import type { BodyOf } from '../facts/bodies.js';
import { type Manifest, bytesOf, contentRootOf } from './manifest.js';

type Proposed = BodyOf<'upgrade.proposed'>;

/** What a device still knows of a bundle that it runs. */
type Terms = Pick<Manifest, 'version' | 'sequence' | 'protocols'>;

/**
 * Whether an announcement says of its bundle what the manifest does: what people are shown, and
 * what a fence will ask for, is the bundle's own word and nobody else's (rules C2 and U2).
 */
export const isAsProposed = (body: Proposed, manifest: Manifest): boolean =>
  isOnTerms(body, manifest) &&
  contentRootOf(manifest) === body.content &&
  manifest.package === body.package &&
  manifest.files.length === body.files &&
  bytesOf(manifest) === body.bytes &&
  isSame(manifest.compliance, body.compliance);

/** The same, as far as the manifest is not needed for it. What a soft fork requires is nothing. */
export const isOnTerms = (body: Proposed, { version, sequence, protocols }: Terms): boolean =>
  version === body.version &&
  sequence === body.sequence &&
  isSame(protocols, body.protocols) &&
  body.requires.every((each) => body.fork === 'hard' && protocols.includes(each));

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.join('\n') === other.join('\n');

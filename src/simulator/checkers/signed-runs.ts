import { decodeCanonical } from '../../core/base/canonical.js';
import type { SessionId } from '../../core/base/brands.js';
import { factSigningBytes } from '../../core/facts/codec.js';
import type { SignatureCheck } from '../../ports/verifier.js';
import type { CreateChecker } from './checker.js';

/** F4: the signature that an honest disk keeps of a run is its author's, over its last fact. */
export const checkSignedRuns: CreateChecker = (scene) => {
  const claims = new Map<string, { readonly what: string; readonly check: SignatureCheck }>();
  return {
    commit: ({ device, changes }) => {
      for (const change of changes) {
        if (change.kind !== 'put' || change.table !== 'signatures') continue;
        const row = decodeCanonical(change.value);
        const [seq, signature, id] = row.ok && Array.isArray(row.value) ? row.value : [];
        const session = change.key as SessionId;
        const entry = scene.ledger
          .at(session, Number(seq))
          .find(({ fact }) => id === null || fact.id === id);
        if (entry === undefined || !(signature instanceof Uint8Array)) continue;
        const { author } = entry.fact.envelope;
        const message = factSigningBytes(entry.fact.id);
        const what = `${device.name} keeps ${session.slice(0, 8)}:${Number(seq)}`;
        const key = `${entry.fact.id}/${signature.join()}`;
        claims.set(key, { what, check: { key: author, message, signature } });
      }
    },
    end: async () => {
      const all = [...claims.values()];
      const verdicts = await scene.verifier.verify(all.map(({ check }) => check));
      verdicts.forEach((isGood, index) => {
        if (!isGood) scene.fail('F4 runs are signed by their author', all[index]?.what ?? '');
      });
    },
  };
};

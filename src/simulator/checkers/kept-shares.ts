import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import type { SignatureCheck } from '../../ports/verifier.js';
import type { CreateChecker } from './checker.js';

/** 7, F7: what an honest disk keeps as a member's yes is that member's signature of it. */
export const checkKeptShares: CreateChecker = (scene) => {
  const claims = new Map<string, { readonly what: string; readonly check: SignatureCheck }>();
  return {
    commit: ({ device, changes }) => {
      for (const change of changes) {
        if (change.kind !== 'put' || change.table !== 'governance') continue;
        const [kind, statement = '', signer = ''] = change.key.split(':');
        if (kind !== 'share') continue;
        const check = {
          key: signer as DeviceId,
          message: shareSigningBytes(statement as StatementHash),
          signature: change.value,
        };
        const what = `${device.name} keeps ${statement.slice(0, 8)} of ${signer.slice(0, 8)}`;
        claims.set(`${change.key}/${change.value.join()}`, { what, check });
      }
    },
    end: async () => {
      const all = [...claims.values()];
      const verdicts = await scene.verifier.verify(all.map(({ check }) => check));
      verdicts.forEach((isGood, index) => {
        if (!isGood) scene.fail('7 every kept yes is signed', all[index]?.what ?? '');
      });
    },
  };
};

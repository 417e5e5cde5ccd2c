import type { DeviceId } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import type { KnownMessage } from '../../core/links/messages.js';
import type { Lie, LieScene } from './lies.js';
import { createPen } from './pen.js';

/** A decision that somebody asks for and that nobody let go of, as the liar knows it. */
const openOf = ({ holdings, chance }: LieScene) => {
  const { tipHash } = holdings.chain();
  const open = [...holdings.ceremonies().values()].filter(
    ({ roster, statement, abandoned }) =>
      roster === tipHash && abandoned === null && !holdings.completions().has(statement),
  );
  return open.length === 0 ? null : chance.pick(open);
};

/** What a liar tries about what is being decided: votes that nobody signed. */
export const VOTE_LIES: Readonly<Record<string, Lie>> = {
  'unsigned yes': async (scene) => {
    const open = openOf(scene);
    if (open === null) return [];
    const { keys, holdings, chance } = scene;
    const pen = createPen(keys, holdings, bytesToHex(chance.bytes(16)));
    const { statement, matter } = open;
    const kind = matter.purpose === 'roster' ? 'roster.approved' : 'snapshot.approved';
    const signature = chance.bytes(64);
    pen.write({ kind, statement, signature, comment: '', bundle: null });
    return [[{ kind: 'runs', runs: [await pen.run()] }]];
  },
  'yes of others': async (scene) => {
    const open = openOf(scene);
    if (open === null) return [];
    const { chance, others } = scene;
    const said = (signer: DeviceId): KnownMessage => ({
      ...{ kind: 'share', statement: open.statement, signer },
      signature: chance.bytes(64),
    });
    return [others.filter(() => chance.happens(0.7)).map(said)];
  },
};

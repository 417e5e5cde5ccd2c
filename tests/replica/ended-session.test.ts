import { expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import {
  encodeRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { rosterHashOf } from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import { transitionStatement } from '../../src/core/authority/transition.js';
import { assert } from '../../src/core/base/result.js';
import { sha256 } from '../../src/core/base/sha256.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import { sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import { createLiar } from './liar.js';
import { epochOf, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

test('[A4, F5] a member of whom a record ends a session writes on in another', async () => {
  const { home, alice, bob, carol } = await threeMembers();
  await carol.records.create(draftOf('before'));
  await home.until('in step', () => areEqual(alice, bob, carol) && titlesOf(bob).length === 2);
  await home.stop('alice');
  const liar = await createLiar(home, 'alice');
  await home.until('all are linked', () =>
    [bob, carol].every((each) => liar.isLinkedTo(idOf(each))),
  );
  const { account, chain, journal } = liar.holdings;
  const { tip } = chain();
  const secret = sha256(new TextEncoder().encode('next'));
  const planned = planRosterChange(
    tip,
    {},
    {
      ...{ commitment: secretCommitment(secret), heads: [] },
      closing: [...journal().frontier()].flatMap(([session, { author, seq, id }]) =>
        author === idOf(carol) ? { session, seq, id } : [],
      ),
    },
  );
  assert(planned.ok && planned.value.closing.length > 0, 'a session of hers is to end');
  const record = planned.value;
  const draft = {
    record,
    ...{ round: 0, proposer: tip.admin, votes: [], consents: [], promises: [] },
  };
  const statement = statementHashOf(transitionStatement(draft, { account, record: tip }));
  const votes = ['alice', 'bob'].map(async (name) => {
    const { signer } = createMemoryKeys(name);
    return { signer: signer.device, signature: await signer.sign(shareSigningBytes(statement)) };
  });
  const completion = { ...draft, votes: sortedShares(await Promise.all(votes)) };
  const roster = rosterHashOf(record);
  const sealed = await sealSecret(liar.keys.sealer, account, record.members, secret);
  const envelopes = sealed.map((each) => ({ ...each, roster }));
  for (const each of [bob, carol]) {
    const link = liar.to(idOf(each));
    link.say({ kind: 'rosterChain', completions: [encodeRosterCompletion(completion)] });
    link.say({ kind: 'envelopes', envelopes });
  }
  await home.until('it is in force', () =>
    [bob, carol].every((each) => epochOf(each) === record.epoch),
  );
  expect((await carol.records.create(draftOf('after'))).ok).toBe(true);
  expect(titlesOf(carol)).toEqual(['after', 'before', 'old']);
  await home.until('bob has it', () => titlesOf(bob).includes('after'));
});

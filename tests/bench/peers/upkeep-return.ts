import type { Replica } from '../../../src/replica/commands.js';
import { pair } from '../../replica/household.js';
import { createHousehold } from '../../replica/household.js';
import { areEqual, askedOf } from '../../replica/with-liar.js';
import { STALE, judgeReturn } from './engine.js';
import type { Returned } from './peer.js';
import { lineOf, workOf } from './work.js';

/** Three devices, two of which let the past go while the third was away and wrote. */
export const returnStale = async (): Promise<Returned> => {
  const creates = workOf(STALE.facts).acts.filter(
    ({ session, deed }) => session === 0 && deed.kind === 'create',
  );
  const home = createHousehold();
  const [alice, bob, carol] = [
    await home.start('alice'),
    await home.start('bob'),
    await home.start('carol'),
  ];
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol laptop', [bob]);
  const keys = new Map<string, string>();
  const write = async (by: Replica, { key, deed }: (typeof creates)[number]): Promise<void> => {
    const record = keys.get(key) ?? '';
    if (deed.kind === 'create') {
      const made = await by.records.create(deed.content);
      if (!made.ok) throw new Error(made.error.kind);
      keys.set(key, made.value);
    } else if (deed.kind === 'retitle') {
      const { text = '', labels = [] } =
        by.view().records.find((each) => each.key === record) ?? {};
      await by.records.edit(record, { title: deed.title, text, labels });
    } else {
      await by.records.remove(record);
    }
  };
  for (const each of creates) await write(alice, each);
  await home.until('in step', () => areEqual(alice, bob, carol));
  home.network.partition(['carol'], ['alice', 'bob']);
  await home.pass(12_000);
  for (const { writer, deed } of STALE.deeds(creates)) {
    await write(writer === 'home' ? alice : carol, { session: 0, ...deed });
  }
  await home.until('two in step', () => areEqual(alice, bob));
  const proposed = await alice.snapshots.propose('');
  if (!proposed.ok) throw new Error(proposed.error.kind);
  await home.until('bob is asked', () => askedOf(bob) !== undefined);
  await bob.decisions.approve(askedOf(bob)?.id as never, '');
  const hasPruned = (each: Replica): boolean => each.view().snapshots[0]?.isHeld === true;
  await home.until('both let go', () => [alice, bob].every(hasPruned));
  home.network.heal();
  await home.until('all in step', () => areEqual(alice, bob, carol));
  const lists = [alice, bob, carol].map((each) =>
    each
      .view()
      .records.map(({ title, labels }) => lineOf(title, labels))
      .sort(),
  );
  return judgeReturn(lists, creates.slice(0, STALE.removed), '');
};

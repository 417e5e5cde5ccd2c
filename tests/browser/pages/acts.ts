import type { CommandError, RecordDraft, Replica } from '../../../src/index.js';
import { createChance } from '../../fuzz/chance.js';

/** What a device does in a time of disorder; `settle`: a snapshot has become the standing one. */
export type Act = 'write' | 'change' | 'propose' | 'approve' | 'settle';

/** What two looks at one device are compared by. */
export interface Standing {
  readonly index: number;
  readonly base: string | null;
  readonly facts: number;
  readonly digest: string | null;
}

/** A line that a device tells whoever listens, which is heard even if its page is killed next. */
export type Told =
  | { readonly moment: 'begins'; readonly act: Act }
  /** Acknowledged: whatever happens from here on, it is kept. */
  | {
      readonly moment: 'done';
      readonly act: Act;
      readonly standing: Standing;
      /** The record written or changed: its title, its key, and how often it was changed. */
      readonly record: {
        readonly title: string;
        readonly key: string;
        readonly turn: number;
      } | null;
      /** The decision that was said yes to. */
      readonly decision: string | null;
    };

export interface LifeOrder {
  /** Titles are `<name> <number>`; no two orders of one test have the same name. */
  readonly name: string;
  readonly seed: number;
  readonly acts: number;
}

/** Everything that is looked at when a device has been opened again. */
export interface Look extends Standing {
  readonly stage: string;
  readonly records: readonly { readonly title: string; readonly turn: number }[];
  /** Open decisions that still wait for this device's word. */
  readonly awaiting: readonly string[];
  readonly problems: readonly string[];
}

/** What may keep an act from being done at such a time; it is simply not done then. */
const PASSING: ReadonlySet<CommandError['kind']> = new Set([
  ...(['snapshot-pending', 'nothing-to-prune', 'too-many-proposals', 'blocked'] as const),
  ...(['payload-awaited', 'pruning-waits'] as const),
  ...(['unknown-decision', 'unknown-record'] as const),
]);

type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; error: CommandError };

/** Lets a device act by itself. */
export const createActs = (replicaOf: () => Replica) => {
  const tell = (told: Told): void => console.log(`told ${JSON.stringify(told)}`);

  const standing = (): Standing => {
    const { digest, base, facts } = replicaOf().inspect();
    const indexes = replicaOf()
      .view()
      .snapshots.map(({ index }) => index);
    return { index: Math.max(0, ...indexes), base, facts, digest };
  };

  /** Does one act; null when it could not be done now, 'over' when this page may write no more. */
  const act = async <T>(
    kind: Act,
    command: () => Promise<Attempt<T>>,
    about: (value: T) => Partial<Told & { moment: 'done' }>,
  ): Promise<T | null | 'over'> => {
    tell({ moment: 'begins', act: kind });
    const result = await command();
    if (!result.ok) {
      if (result.error.kind === 'busy') return 'over';
      if (PASSING.has(result.error.kind)) return null;
      throw new Error(`${kind}: ${JSON.stringify(result.error)}`);
    }
    const done = { moment: 'done', act: kind, standing: standing(), record: null, decision: null };
    tell({ ...done, ...about(result.value) } as Told);
    return result.value;
  };

  const draftOf = (title: string, turn: number): RecordDraft => ({
    title,
    text: `turn ${turn}. `.padEnd(200, 'all is well '),
    labels: ['disorder'],
  });

  const answer = async (): Promise<'over' | null> => {
    const { decisions } = replicaOf().view();
    const asked = decisions.find((each) => each.needsMe && each.approveBlocker === null);
    if (asked === undefined) return null;
    const approve = () => replicaOf().decisions.approve(asked.id, '');
    const done = await act<void>('approve', approve, () => ({ decision: asked.id }));
    return done === 'over' ? 'over' : null;
  };

  /** Writes, changes, proposes and approves, as the seed says, until all is done or may not be. */
  const live = async (order: LifeOrder): Promise<void> => {
    const chance = createChance(order.seed, order.name, 0);
    const own: { title: string; key: string; turn: number }[] = [];
    const write = () => {
      const title = `${order.name} ${own.length}`;
      return act<string>(
        'write',
        () => replicaOf().records.create(draftOf(title, 0)),
        (key) => {
          const record = { title, key, turn: 0 };
          own.push(record);
          return { record: { ...record } };
        },
      );
    };
    const change = () => {
      const record = chance.pick(own);
      const draft = draftOf(record.title, record.turn + 1);
      return act<void>(
        'change',
        () => replicaOf().records.edit(record.key, draft),
        () => {
          record.turn += 1;
          return { record: { ...record } };
        },
      );
    };
    const propose = () =>
      act<string>(
        'propose',
        () => replicaOf().snapshots.propose('again'),
        (decision) => ({
          decision,
        }),
      );
    for (let turn = 0; turn < order.acts; turn += 1) {
      if ((await answer()) === 'over') return;
      const drawn = chance.below(10);
      const next = own.length === 0 || drawn < 5 ? write : drawn < 8 ? change : propose;
      if ((await next()) === 'over') return;
    }
  };

  /** From now on says yes to whatever is asked, and tells when a snapshot stands. */
  const attend = (): void => {
    let index = standing().index;
    let isAnswering = false;
    const look = (): void => {
      const now = standing();
      if (now.index > index) {
        index = now.index;
        const settled = { moment: 'done', act: 'settle', standing: now } as const;
        tell({ ...settled, record: null, decision: null });
      }
      if (isAnswering) return;
      isAnswering = true;
      void answer().finally(() => {
        isAnswering = false;
      });
    };
    replicaOf().subscribe(look);
    look();
  };

  /** Lets writing go on behind no fence; what waited becomes facts. */
  const rest = async (): Promise<void> => {
    while (replicaOf().view().fence !== null) {
      const released = await replicaOf().fence.release();
      if (!released.ok) throw new Error(`release: ${JSON.stringify(released.error)}`);
    }
  };

  /** Takes back whatever this device itself asks for. */
  const retract = async (): Promise<void> => {
    for (const { id, canWithdraw } of replicaOf().view().decisions) {
      if (!canWithdraw) continue;
      const taken = await replicaOf().decisions.withdraw(id);
      if (!taken.ok) throw new Error(`withdraw: ${JSON.stringify(taken.error)}`);
    }
  };

  /** Asks for the first snapshot, unless there is one; nothing may stand against it now. */
  const ask = async (): Promise<void> => {
    if (standing().index > 0) return;
    const asked = await replicaOf().snapshots.propose('now that it is calm');
    if (!asked.ok) throw new Error(`propose: ${JSON.stringify(asked.error)}`);
  };

  const look = (): Look => {
    const { stage, records, decisions, problems } = replicaOf().view();
    const isOpen = (each: { stage: string; needsMe: boolean }): boolean =>
      each.stage === 'open' && each.needsMe;
    return {
      ...standing(),
      stage,
      records: records.map(({ title, text }) => ({
        title,
        turn: Number(/^turn (\d+)\./.exec(text)?.[1] ?? -1),
      })),
      awaiting: decisions.filter(isOpen).map(({ id }) => id),
      problems: problems.map(({ kind }) => kind),
    };
  };

  return { live, attend, rest, retract, ask, look };
};

import type { DeviceId } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';
import type { CommandError } from '../replica/commands.js';
import type { ApproveBlocker, DecisionView } from '../replica/view.js';
import { type SimDevice, replicaOf } from './device.js';
import { canMatch, numberFor } from './match-numbers.js';
import type { World } from './world.js';

/** What people do in front of their devices. */
export interface Persons {
  /** Runs a command and notes how it ended, whenever that is. */
  readonly issue: <T>(
    device: SimDevice,
    what: string,
    command: Promise<Result<T, CommandError>>,
    done?: (value: T) => void,
  ) => void;
  readonly create: (device: SimDevice) => void;
  readonly edit: (device: SimDevice) => void;
  readonly remove: (device: SimDevice) => void;
  readonly restore: (device: SimDevice) => void;
  readonly propose: (device: SimDevice) => void;
  readonly approve: (device: SimDevice, decision: DecisionView) => void;
  readonly refuse: (device: SimDevice, decision: DecisionView) => void;
  readonly withdraw: (device: SimDevice) => void;
  readonly complete: (device: SimDevice) => void;
  readonly releaseFence: (device: SimDevice) => void;
  readonly rename: (device: SimDevice) => void;
  /** A member shows a code and the newcomer enters it; it may take the place of another member. */
  readonly pair: (inviter: SimDevice, newcomer: SimDevice, replaces?: DeviceId) => void;
  /** Does what a screen asks for: compares words, answers what waits. */
  readonly attend: (device: SimDevice, willing?: boolean) => void;
  /** Called with every edit that was acknowledged as durable. */
  readonly onAcknowledged: (listener: (device: SimDevice, edit: AcknowledgedEdit) => void) => void;
}

/** A creation that a device said was saved, or queued durably. */
export interface AcknowledgedEdit {
  readonly title: string;
  readonly key: string;
}

/** Why a person says no without thinking twice: the device found something else. */
const WRONG: ReadonlySet<ApproveBlocker['kind']> = new Set([
  'digest-differs',
  'payload-unreadable',
  'answered-another',
]);

const LABELS = ['attic', 'cellar', 'garage', 'garden'];

export const createPersons = (world: World): Persons => {
  const chance = world.chance.fork('persons');
  const listeners: ((device: SimDevice, edit: AcknowledgedEdit) => void)[] = [];

  const issue: Persons['issue'] = (device, what, command, done) => {
    world.note(`${device.name} ${what}`);
    command.then(
      (result) => {
        world.note(`${device.name} ${what}: ${result.ok ? 'done' : wordOf(result.error)}`);
        if (result.ok) done?.(result.value);
      },
      (thrown: unknown) => {
        const reason = thrown instanceof Error ? (thrown.stack ?? '') : String(thrown);
        world.fail('X1 nothing throws', `${device.name} ${what}: ${reason}`);
      },
    );
  };

  const create = (device: SimDevice): void => {
    const replica = replicaOf(device);
    if (replica === null) return;
    device.person.written += 1;
    const title = `${device.name} ${device.person.written}`;
    const labels = LABELS.filter(() => chance.happens(0.2));
    const draft = { title, text: `text of ${title}`, labels };
    issue(device, `creates ${title}`, replica.records.create(draft), (key) => {
      for (const listener of listeners) listener(device, { title, key });
    });
  };

  const someRecord = (device: SimDevice) => {
    const records = replicaOf(device)?.view().records ?? [];
    return records.length === 0 ? null : chance.pick(records);
  };

  const edit = (device: SimDevice): void => {
    const record = someRecord(device);
    const replica = replicaOf(device);
    if (record === null || replica === null) return create(device);
    device.person.written += 1;
    const word = `${device.name} ${device.person.written}`;
    const isText = chance.happens(0.6);
    const draft = {
      title: record.title,
      text: isText ? `edited by ${word}` : record.text,
      labels: isText ? record.labels : LABELS.filter(() => chance.happens(0.4)),
    };
    issue(device, `edits as ${word}`, replica.records.edit(record.key, draft));
  };

  const remove = (device: SimDevice): void => {
    const record = someRecord(device);
    const replica = replicaOf(device);
    // What is only queued may be taken back; what was acknowledged is to appear.
    if (record === null || replica === null || record.state === 'queued') return;
    issue(device, `removes ${record.title}`, replica.records.remove(record.key));
  };

  const answer = (device: SimDevice, decision: DecisionView, word: 'yes' | 'no'): void => {
    const replica = replicaOf(device);
    if (replica === null) return;
    const { id } = decision;
    const match = numberFor(world, decision) ?? undefined;
    const command =
      word === 'yes'
        ? replica.decisions.approve(id, '', match)
        : replica.decisions.refuse(id, 'no');
    if (word === 'yes') device.person.yeses.add(id);
    issue(device, `says ${word} to ${id.slice(0, 8)}`, command);
  };

  const propose = (device: SimDevice): void => {
    const replica = replicaOf(device);
    if (replica === null) return;
    device.person.proposals += 1;
    issue(device, 'proposes', replica.snapshots.propose('again'));
  };

  const own = (device: SimDevice, may: (decision: DecisionView) => boolean) =>
    replicaOf(device)?.view().decisions.find(may) ?? null;

  const confirm = (device: SimDevice): void => {
    const replica = replicaOf(device);
    const pairing = replica?.view().pairing;
    if (replica == null || pairing?.kind !== 'comparing' || pairing.isConfirmed) return;
    issue(device, 'confirms the words', replica.devices.confirmWords(true));
  };

  /** Whoever sees two lists of devices asks for one, without those who broke their word. */
  const unite = (device: SimDevice): void => {
    const replica = replicaOf(device);
    const merging = replica?.view().merging;
    if (replica == null || merging?.blocker !== null || merging.decision !== null) return;
    const liars = merging.brokeWord.map((each) => each.device);
    issue(device, 'brings the lists together', replica.devices.mergeFork(liars));
  };

  return {
    issue,
    create,
    edit,
    remove,
    restore: (device) => {
      const replica = replicaOf(device);
      const stranded = replica?.view().strandedEdits[0];
      if (replica === null || stranded === undefined) return;
      issue(device, 'restores', replica.records.restoreStranded(stranded.key));
    },
    propose,
    approve: (device, decision) => answer(device, decision, 'yes'),
    refuse: (device, decision) => answer(device, decision, 'no'),
    withdraw: (device) => {
      const decision = own(device, (each) => each.canWithdraw);
      const replica = replicaOf(device);
      if (decision === null || replica === null) return;
      issue(device, 'withdraws', replica.decisions.withdraw(decision.id));
    },
    complete: (device) => {
      const decision = own(device, (each) => each.stage === 'open');
      const replica = replicaOf(device);
      if (decision === null || replica === null) return;
      issue(device, 'completes', replica.decisions.complete(decision.id));
    },
    releaseFence: (device) => {
      const replica = replicaOf(device);
      if (replica === null) return;
      // When exactly it falls lies between asking and being told.
      device.person.releasedMs = Number.MAX_SAFE_INTEGER;
      issue(device, 'lets the fence go', replica.fence.release(), () => {
        device.person.releasedMs = world.queue.nowMs();
      });
    },
    rename: (device) => {
      const replica = replicaOf(device);
      const me = replica?.view().account?.me;
      if (replica === null || me === undefined) return;
      device.person.written += 1;
      const name = `${device.name} ${device.person.written}`;
      issue(device, `renames to ${name}`, replica.devices.rename(me, name));
    },
    pair: (host, newcomer, replaces) => {
      const [inviter, joiner] = [replicaOf(host), replicaOf(newcomer)];
      if (inviter === null || joiner === null) return;
      const what = replaces === undefined ? '' : ` in the place of ${replaces.slice(0, 8)}`;
      issue(host, `invites${what}`, inviter.devices.invite(replaces), () => {
        const { pairing } = inviter.view();
        if (pairing.kind !== 'inviting' || replicaOf(newcomer) !== joiner) return;
        issue(newcomer, 'joins', joiner.devices.join(pairing.uri, newcomer.name));
      });
    },
    attend: (device, willing = false) => {
      const replica = replicaOf(device);
      if (replica === null) return;
      confirm(device);
      unite(device);
      const decision = own(device, (each) => {
        const { needsMe, approveBlocker } = each;
        const isWrong = approveBlocker !== null && WRONG.has(approveBlocker.kind);
        // Without the number of the other screen nobody can agree to what is dangerous (A9).
        return needsMe && ((approveBlocker === null && canMatch(world, each)) || isWrong);
      });
      if (decision === null) return;
      const isGood = decision.approveBlocker === null && (willing || chance.happens(0.85));
      answer(device, decision, isGood ? 'yes' : 'no');
    },
    onAcknowledged: (listener) => void listeners.push(listener),
  };
};

const wordOf = (error: CommandError): string =>
  error.kind === 'blocked' ? `blocked by ${error.blocker.kind}` : error.kind;

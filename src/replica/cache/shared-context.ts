import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import { createActivity } from '../loop/activity.js';
import type { Context, Ports, Timing } from '../context.js';
import { createInbox } from '../loop/inbox.js';
import { createLastSeen } from '../links/last-seen.js';
import { clearStoreErrors, noteStoreError } from '../loop/problems.js';

/** What the services of a replica share, before anything was opened. */
export const createContext = (ports: Ports, timing: Timing, changed: () => void): Context => {
  const commit: Context['commit'] = async (changes, durability) => {
    const lines = context.activity.takeChanges();
    const seen = context.lastSeen.takeChanges();
    const done = await ports.store.commit([...changes, ...lines, ...seen], durability);
    if (done.ok) clearStoreErrors(context);
    else {
      context.isUnsettled = true;
      context.activity.giveBack(lines);
      noteStoreError(context, done.error);
    }
    return done;
  };

  const run: Context['run'] = (task) => {
    context.inbox.put(task).catch((thrown: unknown) => {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      context.activity.add('task-failed', 'bad', null, { reason: reason.slice(0, 200) });
    });
  };

  const context: Context = {
    ports,
    timing,
    inbox: createInbox(),
    activity: createActivity(ports.clock, changed),
    stage: 'opening',
    removedMs: null,
    keys: null,
    holdings: null,
    pending: null,
    carrier: null,
    pairing: { kind: 'idle' },
    code: { protocols: THIS_BUILD.protocols, content: null, forks: null, required: [] },
    deviceName: '',
    problems: [],
    lastSeen: createLastSeen(),
    changed,
    commit,
    run,
    isUnsettled: false,
    shownProofs: new Set(),
    harmed: new Map(),
  };
  return context;
};

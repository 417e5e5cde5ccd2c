import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, Hash, StatementHash } from '../../core/base/brands.js';
import { activeOf } from '../../core/upgrades/slots.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { Commit, CreateChecker, Scene } from './checker.js';
import { createFenceBook } from './fence-book.js';
import { bookOf } from './roster-book.js';
import { type ProposedRecord, proposedIn } from './roster-words.js';

/**
 * U4, U5, C9: no honest device votes to make binding what too few members run, and none writes a
 * record while it knows of a fork whose protocols its own code lacks; at the end all that are not
 * left behind ask for the same protocols.
 */
export const checkHardForks: CreateChecker = (scene) => {
  const proposals = new Map<StatementHash, ProposedRecord>();
  const fences = createFenceBook();
  const runBy = new Map<Hash, Set<DeviceId>>();
  /** The content of the code that its page runs, whatever the loader gives the next one. */
  const runningOn = new Map<SimDevice, Hash | undefined>();

  const judgeVote = ({ device }: Commit, statement: StatementHash): void => {
    const proposed = proposals.get(statement);
    const activation = proposed?.content.activation ?? null;
    if (proposed === undefined || activation === null || device.mayRepeat) return;
    const before = bookOf(device.disk).get(proposed.previous)?.record;
    if (before === undefined) return;
    const devices = devicesOf(before).map((each) => each.device);
    const needed = Math.max(1, Math.min(before.governanceThreshold, devices.length));
    const running = devices.filter((each) => runBy.get(activation.manifest)?.has(each));
    if (running.length >= needed) return;
    const what = `${device.name} votes for ${activation.version}: ${running.length} of ${needed}`;
    scene.fail('U4 only what enough run binds', what);
  };

  return {
    wrote: (entry) => {
      fences.wrote(entry);
      const { body, fact } = entry;
      if (body?.kind === 'device.bundled') {
        const all = runBy.get(body.manifest) ?? new Set();
        runBy.set(body.manifest, all.add(fact.envelope.author));
      }
    },
    started: (device) => {
      if (device.code === null) return;
      runningOn.set(device, activeOf(device.code.slots())?.content);
    },
    commit: (commit) => {
      const { device, entries, fresh } = commit;
      fences.commit(commit);
      for (const entry of entries) {
        const proposed = proposedIn(entry);
        if (proposed !== null) proposals.set(proposed.statement, proposed);
      }
      const own = fresh.filter(({ fact }) => fact.envelope.author === device.keys.signer.device);
      for (const { body } of own) {
        if (body?.kind === 'roster.approved') judgeVote(commit, body.statement);
      }
      if (device.code === null || device.mayRepeat) return;
      if (!own.some(({ body }) => body?.kind.startsWith('record.'))) return;
      const [lacked] = fences.lackedBy(device, runningOn.get(device));
      if (lacked !== undefined) {
        scene.fail('U4 behind a fence edits wait', `${device.name} lacks ${lacked}`);
      }
    },
    end: () => compareRequired(scene),
  };
};

const compareRequired = (scene: Scene): void => {
  let told: string | null = null;
  for (const device of scene.devices) {
    const view = device.isLiar ? undefined : replicaOf(device)?.view();
    if (device.code === null || view?.stage !== 'member') continue;
    const word = view.upgrades.required.join();
    told ??= word;
    if (told === word) continue;
    scene.fail('U5 all ask for the same protocols', `${device.name} ${word}, another ${told}`);
  }
};

import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, Hash, StatementHash } from '../../core/base/brands.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { BodyOf } from '../../core/facts/bodies.js';
import type { Commit, CreateChecker, Scene } from './checker.js';
import { bookOf, lineageOf } from './roster-book.js';
import { type ProposedRecord, proposedIn } from './roster-words.js';

/**
 * U4, U5, C9: no honest device votes to make binding what too few members run, and none writes a
 * record while it knows of a fork whose protocols its own code lacks; at the end all that are not
 * left behind ask for the same protocols.
 */
export const checkHardForks: CreateChecker = (scene) => {
  const proposals = new Map<StatementHash, ProposedRecord>();
  /** What was said of a manifest in an offer. */
  const offers = new Map<Hash, BodyOf<'upgrade.proposed'>>();
  /** Which of them ever lay on a device as a fact. */
  const heardOn = new Map<SimDevice, Set<Hash>>();
  const runBy = new Map<Hash, Set<DeviceId>>();
  const spokenBy = new Map<Hash, readonly string[]>();

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

  /** Protocols that a device knows to be asked for and that the code in its slot does not speak. */
  const lackedOn = (device: SimDevice): readonly string[] => {
    const slots = device.code?.slots();
    const roster = replicaOf(device)?.view().account?.rosterHash;
    const content = slots?.active == null ? undefined : slots[slots.active]?.content;
    if (roster === undefined || content === undefined) return [];
    const lineage = [...lineageOf(bookOf(device.disk), roster)].reverse();
    const binding = lineage.flatMap(({ record }) => {
      const manifest = record.activation?.manifest;
      const isHeard = manifest !== undefined && heardOn.get(device)?.has(manifest) === true;
      return isHeard ? (offers.get(manifest) ?? []) : [];
    });
    const last = binding.at(-1);
    if (last === undefined) return [];
    const spoken = spokenBy.get(content) ?? THIS_BUILD.protocols;
    const required = binding.flatMap(({ requires }) => requires);
    return required.filter((each) => last.protocols.includes(each) && !spoken.includes(each));
  };

  return {
    wrote: ({ body, fact }) => {
      if (body?.kind === 'device.bundled') {
        const all = runBy.get(body.manifest) ?? new Set();
        runBy.set(body.manifest, all.add(fact.envelope.author));
      } else if (body?.kind === 'upgrade.proposed') {
        if (!offers.has(body.manifest)) offers.set(body.manifest, body);
        if (!spokenBy.has(body.content)) spokenBy.set(body.content, body.protocols);
      }
    },
    commit: (commit) => {
      const { device, entries, fresh } = commit;
      for (const entry of entries) {
        const proposed = proposedIn(entry);
        if (proposed !== null) proposals.set(proposed.statement, proposed);
        if (entry.body?.kind !== 'upgrade.proposed') continue;
        const heard = heardOn.get(device) ?? new Set();
        heardOn.set(device, heard.add(entry.body.manifest));
      }
      const own = fresh.filter(({ fact }) => fact.envelope.author === device.keys.signer.device);
      for (const { body } of own) {
        if (body?.kind === 'roster.approved') judgeVote(commit, body.statement);
      }
      if (device.code === null || device.mayRepeat) return;
      if (!own.some(({ body }) => body?.kind.startsWith('record.'))) return;
      const [lacked] = lackedOn(device);
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

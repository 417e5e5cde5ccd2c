import { LIMITS } from '../../core/base/limits.js';
import { parseMessage } from '../../core/links/messages.js';
import type { StoreError } from '../../ports/store.js';
import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { Fault, FaultScene } from './fault.js';

/**
 * Files hang on records, and what may go wrong with them does: a device says that it has one and
 * never sends it, and a disk is full in the middle of one (rule N7).
 */
export const files: Fault = (scene) => {
  const { world, chance } = scene;
  const likely = chance.pick([0.05, 0.15]);
  let mute: SimDevice | null = null;
  let full: SimDevice | null = null;
  const speak = (): void => {
    // What a liar says is its own.
    if (mute?.isLiar === false) world.network.setMouth(mute.name, (_to, message) => message);
    mute = null;
  };
  return {
    step: () => {
      if (chance.happens(likely)) use(scene);
      if (mute !== null && chance.happens(0.05)) speak();
      else if (mute === null && chance.happens(0.03)) {
        mute = someone(scene, () => true)?.device ?? null;
        if (mute === null) return;
        world.note(`${mute.name} promises files and sends none`);
        world.network.setMouth(mute.name, (_to, message) => (isFile(message) ? null : message));
      }
      if (full !== null && chance.happens(0.1)) full = null;
      else if (full === null && chance.happens(0.2)) {
        full = someone(scene, ({ blobs }) => blobs.transfers.length > 0)?.device ?? null;
        if (full !== null) world.note(`${full.name} is full while files come`);
      }
    },
    fateOf: (device, call) =>
      device === full && call === 'commit'
        ? { kind: 'fails', error: { kind: 'quota' } as StoreError }
        : null,
    end: () => {
      speak();
      full = null;
    },
  };
};

const BYTES = new Set(['blobIndex', 'blobChunk']);

const isFile = (bytes: Uint8Array): boolean => {
  const message = parseMessage(bytes);
  return message.ok && BYTES.has(message.value.kind);
};

/** A device whose person sees the account's records; null where there is none such. */
const someone = ({ chance, honest }: FaultScene, is: (view: View) => boolean) => {
  const all = honest().flatMap((device) => {
    const view = replicaOf(device)?.view();
    return view?.stage === 'member' && is(view) ? [{ device, view }] : [];
  });
  return all.length === 0 ? null : chance.pick(all);
};

const CHUNK = LIMITS.blobChunkBytes;
const SIZES = [0, 40, 3_000, 3_000, CHUNK + 1, 2 * CHUNK + 9];

/** A person hangs a file on a record, takes one off, asks for one, or lets its bytes go. */
const use = (scene: FaultScene): void => {
  const { world, persons, chance } = scene;
  const found = someone(scene, ({ records }) => records.length > 0);
  const commands = found === null ? null : replicaOf(found.device)?.files;
  if (found === null || commands == null) return;
  const { device, view } = found;
  const record = chance.pick(view.records);
  const attached = view.records.flatMap(({ attachments }) => attachments);
  const what = chance.weighed<'attach' | 'detach' | 'fetch' | 'drop'>([
    [6, 'attach'],
    ...(record.attachments.length > 0 ? ([[1, 'detach']] as const) : []),
    ...(attached.length > 0 ? ([[1, 'fetch']] as const) : []),
    ...(attached.length > 0 ? ([[1, 'drop']] as const) : []),
  ]);
  if (what === 'attach' || what === null) {
    const bytes = new Uint8Array(chance.pick(SIZES)).fill(chance.below(256));
    const file = { name: `file of step ${world.step}`, type: 'text/plain', bytes };
    persons.issue(device, `attaches ${bytes.length} bytes`, commands.attach(record.key, file));
    return;
  }
  const { blob } = chance.pick(what === 'detach' ? record.attachments : attached);
  const asked = what === 'detach' ? commands.detach(record.key, blob) : commands[what](blob);
  persons.issue(device, `asks to ${what} ${blob.slice(0, 8)}`, asked);
};

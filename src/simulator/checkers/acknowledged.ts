import { type SimDevice, replicaOf } from '../device.js';
import type { AcknowledgedEdit } from '../persons.js';
import type { Checker, Scene } from './checker.js';

/** A checker that also hears of what devices told their persons. */
export interface AcknowledgedChecker extends Checker {
  readonly heard: (device: SimDevice, edit: AcknowledgedEdit) => void;
}

/** 3, F5: what a device calls saved is durable at that moment, as a fact or in the queue. */
export const checkAcknowledged = (scene: Scene): AcknowledgedChecker => {
  const waiting: { readonly device: SimDevice; readonly title: string }[] = [];
  const created = new Set<string>();
  return {
    wrote: ({ body }) => {
      if (body?.kind === 'record.created') created.add(body.title);
    },
    heard: (device, { title, key }) => {
      const isQueued = key.startsWith('queued:');
      if (!isQueued && created.has(title)) return;
      if (isQueued && device.disk.rowsOf('queue').size > 0) {
        waiting.push({ device, title });
        return;
      }
      if (isQueued && created.has(title)) return;
      scene.fail('3 saved is durable', `${device.name} says that ${title} is saved`);
    },
    end: () => {
      for (const { device, title } of waiting) {
        if (created.has(title) || device.isDamaged || !mayWrite(device)) continue;
        scene.fail('9 queued edits survive and appear', `${device.name} ${title}`);
      }
    },
  };
};

/** Who was removed, or may write no more, keeps its queue and cannot empty it. */
export const mayWrite = (device: SimDevice): boolean => {
  const view = replicaOf(device)?.view();
  const me = view?.devices.find(({ isMe }) => isMe);
  return view?.stage === 'member' && me?.capabilities.includes('record_write') === true;
};

import { replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/** N7: at the end who wants a file has all of it, when an honest member that runs has all of it. */
export const checkFiles: CreateChecker = (scene) => ({
  end: () => {
    const members = scene.devices.flatMap((device) => {
      const view = device.isLiar ? undefined : replicaOf(device)?.view();
      return view?.stage === 'member' ? [{ name: device.name, view }] : [];
    });
    const holderOf = new Map(
      members.flatMap(({ name, view }) =>
        view.records
          .flatMap(({ attachments }) => attachments)
          .flatMap(({ blob, state }) => (state === 'here' ? [[blob, name] as const] : [])),
      ),
    );
    for (const { name, view } of members) {
      for (const { blob, heldBytes, bytes } of view.blobs.transfers) {
        const holder = holderOf.get(blob);
        if (holder === undefined) continue;
        const what = `${name} has ${heldBytes} of ${bytes} of ${blob.slice(0, 8)}, ${holder} all`;
        scene.fail('N7 a wanted file comes whole', what);
      }
    }
  },
});

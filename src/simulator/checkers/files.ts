import type { BlobId } from '../../core/base/brands.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/**
 * N7: at the end who wants a file has all of it, when an honest member that runs has all of it.
 * S10: and who has all of it reads it, when another who has all of it does.
 */
export const checkFiles: CreateChecker = (scene) => {
  const wanting = (): void => {
    const members = membersOf(scene.devices);
    const holderOf = new Map(
      members.flatMap(({ name, replica }) => wholeOn(replica).map((blob) => [blob, name] as const)),
    );
    for (const { name, replica } of members) {
      for (const { blob, heldBytes, bytes } of replica.view().blobs.transfers) {
        const holder = holderOf.get(blob);
        if (holder === undefined) continue;
        const what = `${name} has ${heldBytes} of ${bytes} of ${blob.slice(0, 8)}, ${holder} all`;
        scene.fail('N7 a wanted file comes whole', what);
      }
    }
  };

  const reading = async (): Promise<void> => {
    const readers = new Map<BlobId, string>();
    const others: { readonly blob: BlobId; readonly name: string; readonly why: string }[] = [];
    for (const { name, replica } of membersOf(scene.devices)) {
      for (const blob of wholeOn(replica)) {
        const read = await replica.files.read(blob);
        if (read.ok) readers.set(blob, name);
        else if (read.error.kind !== 'not-here') others.push({ blob, name, why: read.error.kind });
      }
    }
    for (const { blob, name, why } of others) {
      const reader = readers.get(blob);
      const what = `${blob.slice(0, 8)} on ${name}: ${why}; ${reader ?? 'nobody'} reads it`;
      if (reader !== undefined) scene.fail('S10 who has a file reads it', what);
    }
  };

  return {
    end: async () => {
      wanting();
      await reading();
    },
  };
};

type Running = NonNullable<ReturnType<typeof replicaOf>>;

const membersOf = (
  devices: readonly SimDevice[],
): readonly { readonly name: string; readonly replica: Running }[] =>
  devices.flatMap((device) => {
    const replica = device.isLiar ? null : replicaOf(device);
    return replica?.view().stage === 'member' ? [{ name: device.name, replica }] : [];
  });

const wholeOn = (replica: Running): readonly BlobId[] =>
  replica
    .view()
    .records.flatMap(({ attachments }) => attachments)
    .flatMap(({ blob, state }) => (state === 'here' ? [blob] : []));

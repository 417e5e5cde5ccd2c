import type { DeviceId } from '../base/brands.js';

/** Who has chunks of one blob, and how much is asked of it already, for any blob. */
export interface Giver {
  readonly device: DeviceId;
  readonly chunks: ReadonlySet<number>;
  readonly askedCount: number;
}

export interface ChunkRequest {
  readonly device: DeviceId;
  readonly chunk: number;
}

/**
 * Which missing chunk is asked of whom: nobody is asked for more than `askedMax` chunks at a time,
 * and of those who have one whoever is asked for least.
 *
 * `first` is where this device begins: devices that begin at different places soon have something
 * for each other. Pure; the same input gives the same plan.
 */
export const planRequests = (
  missing: readonly number[],
  givers: readonly Giver[],
  askedMax: number,
  first: number,
): readonly ChunkRequest[] => {
  const asked = new Map(givers.map(({ device, askedCount }) => [device, askedCount]));
  const at = missing.findIndex((chunk) => chunk >= first);
  const turned = at < 0 ? missing : [...missing.slice(at), ...missing.slice(0, at)];
  const requests: ChunkRequest[] = [];
  for (const chunk of turned) {
    let best: DeviceId | null = null;
    for (const { device, chunks } of givers) {
      const count = asked.get(device) ?? 0;
      if (count >= askedMax || !chunks.has(chunk)) continue;
      if (best === null || count < (asked.get(best) ?? 0)) best = device;
    }
    if (best !== null) {
      requests.push({ device: best, chunk });
      asked.set(best, (asked.get(best) ?? 0) + 1);
    } else if ([...asked.values()].every((count) => count >= askedMax)) break;
  }
  return requests;
};

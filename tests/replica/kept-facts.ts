import type { MemoryDisk } from '../../src/adapters/memory/memory-store.js';
import { type Body, parseBody } from '../../src/core/facts/bodies.js';
import { parseFact } from '../../src/core/facts/codec.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import { readRow } from '../../src/replica/storage/rows.js';

/** What the facts on a disk say, each once, with their authors; rows of facts may overlap. */
export const factsOn = (
  disk: MemoryDisk,
): readonly { readonly author: DeviceId; readonly body: Body }[] => {
  const byId = new Map<string, { readonly author: DeviceId; readonly body: Body }>();
  for (const row of disk.rowsOf('facts').values()) {
    const packed = readRow(row);
    for (const bytes of Array.isArray(packed) ? (packed as Uint8Array[]) : []) {
      const fact = parseFact(bytes);
      const body = fact.ok ? parseBody(fact.value.envelope.kind, fact.value.bodyBytes) : null;
      if (!fact.ok || !body?.ok || body.value.kind === 'unknown') continue;
      byId.set(fact.value.id, { author: fact.value.envelope.author, body: body.value });
    }
  }
  return [...byId.values()];
};

import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { createMemoryCipher } from '../../src/adapters/memory/memory-cipher.js';
import { type DeviceId, type Hash, brandHex } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { isWholeCodePart } from '../../src/core/links/code-messages.js';
import {
  type CodePartMessage,
  type WantCodeMessage,
  encodeMessage,
  parseMessage,
} from '../../src/core/links/messages.js';
import { createCodeExchange } from '../../src/replica/upgrades/code-exchange.js';
import type { Context } from '../../src/replica/context.js';
import type { Link } from '../../src/replica/links/link.js';
import { filled, id } from '../unit/links/samples.js';
import { demand, demandSame, type Door } from './door.js';

const SIZE = LIMITS.codePartBytes;
const FILE = filled(SIZE + 9, 7);
const FILE_HASH = brandHex<Hash>(sha256Hex(FILE));
const MANIFEST = filled(300, 5);
const MANIFEST_HASH = brandHex<Hash>(sha256Hex(MANIFEST));

const honest = ({ manifest, file, part }: WantCodeMessage): CodePartMessage => {
  const whole = file === null ? MANIFEST : FILE;
  const bytes = whole.slice(part * SIZE, (part + 1) * SIZE);
  return { kind: 'codePart', manifest, file, part, totalBytes: whole.length, bytes };
};

/** Small seeds, so that bytes of a header are changed more often than those of a file. */
const SAID: readonly CodePartMessage[] = [
  honest({ kind: 'wantCode', manifest: MANIFEST_HASH, file: null, part: 0 }),
  honest({ kind: 'wantCode', manifest: MANIFEST_HASH, file: FILE_HASH, part: 1 }),
  { kind: 'codePart', manifest: id(1), file: null, part: 0, totalBytes: 3, bytes: filled(3, 1) },
  { kind: 'codePart', manifest: id(1), file: id(2), part: 3, totalBytes: 0, bytes: null },
];

interface Asked {
  readonly link: Link;
  readonly want: WantCodeMessage;
}

const linkTo = (device: string, asked: Asked[]): Link => {
  const link = {
    ...{ peer: device as DeviceId, membership: 'member', isOpen: true, offences: 0, sending: 0 },
    meter: { sent: new Map() },
    channel: {
      send: async (bytes: Uint8Array) => {
        const read = parseMessage(bytes);
        if (read.ok && read.value.kind === 'wantCode') asked.push({ link, want: read.value });
      },
    },
  } as unknown as Link;
  return link;
};

/**
 * Whatever one member answers for a file and a manifest, what comes in the end is what their
 * hashes say, since another member is honest.
 */
const part: Door = {
  name: 'part of a version',
  weight: 3,
  seeds: SAID.map(encodeMessage),
  enter: async (input, chance) => {
    const read = parseMessage(input);
    if (!read.ok || read.value.kind !== 'codePart') return false;
    const said = read.value;
    const [clock, asked] = [createManualClock(), [] as Asked[]];
    const [liar, other] = [linkTo(id(1), asked), linkTo(id(2), asked)];
    const context = {
      ports: { clock, cipher: createMemoryCipher() },
      activity: { add: () => undefined },
    } as unknown as Context;
    const policies = () =>
      ({ fetch: 'manual', give: 'all', activate: 'manual', cohort: '' }) as const;
    const own = { manifest: () => null, policies };
    const exchange = createCodeExchange(context, own, () => null, {
      ranked: () => [liar, other],
      note: () => undefined,
    });
    const file = { path: 'index.html', bytes: FILE.length, sha256: FILE_HASH };
    let left = 2;
    const came = [exchange.manifest(MANIFEST_HASH), exchange.file(MANIFEST_HASH, file)].map((one) =>
      one.finally(() => void (left -= 1)),
    );
    for (let turn = 0; turn < 60 && left > 0; turn += 1) {
      const next = asked.shift();
      if (next === undefined) {
        clock.advance(10_001);
        await Promise.resolve();
        continue;
      }
      const { manifest, file: name, part: at } = next.want;
      const twisted = { ...said, manifest, file: name, part: at };
      const isLie = next.link === liar && chance.oneIn(2);
      const lie = isWholeCodePart(twisted) ? twisted : said;
      await exchange.received(next.link, isLie ? lie : honest(next.want));
      await Promise.resolve();
    }
    demand(left === 0, 'it never came to an end');
    const [manifest, bytes] = await Promise.all(came);
    demandSame(manifest ?? filled(0, 0), MANIFEST, 'another manifest came');
    demandSame(bytes ?? filled(0, 0), FILE, 'another file came');
    exchange.close();
    return true;
  },
};

export const CODE_DOORS: readonly Door[] = [part];

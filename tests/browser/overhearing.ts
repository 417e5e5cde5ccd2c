import type { Page } from 'playwright-core';
import type { Device } from './device.js';

/**
 * What reaches a device and what it keeps, as text of one character a byte, so that anything can be
 * looked for in it.
 */
declare global {
  interface Window {
    /** Every message of a rendezvous or of another device, as the page was given it. */
    overheard?: string[];
    /** Touches of the screen and keys pressed since the page was opened. */
    effort?: { taps: number; keys: number };
  }
}

/** A row of a device's store. */
export interface StoredRow {
  readonly table: string;
  readonly bytes: string;
}

/** So many bytes in a row that both hold are no accident. */
const WINDOW_BYTES = 16;

/** From its next page on, a device writes down whatever reaches it. */
export const overhear = (device: Device): Promise<unknown> =>
  device.context.addInitScript(() => {
    const heard: string[] = [];
    window.overheard = heard;
    const take = (data: unknown): void => {
      if (typeof data === 'string') heard.push(data);
      else if (data instanceof ArrayBuffer) {
        heard.push(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(''));
      } else throw new Error('a message of an unknown form');
    };
    const tap = <T extends RTCDataChannel | WebSocket>(source: T): T => {
      source.addEventListener('message', (event) => take((event as MessageEvent).data));
      return source;
    };
    window.WebSocket = class extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        tap(this);
      }
    };
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...given: ConstructorParameters<typeof RTCPeerConnection>) {
        super(...given);
        this.addEventListener('datachannel', ({ channel }) => void tap(channel));
      }
      override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
        return tap(super.createDataChannel(label, options));
      }
    };
  });

/** From its next page on, a device counts what its person does to it. */
export const countEffort = (device: Device): Promise<unknown> =>
  device.context.addInitScript(() => {
    const effort = { taps: 0, keys: 0 };
    window.effort = effort;
    addEventListener('pointerdown', () => void (effort.taps += 1), true);
    addEventListener('keydown', () => void (effort.keys += 1), true);
  });

/** What was done by hand on the page that is open. */
export const readEffort = (device: Device): Promise<{ taps: number; keys: number }> =>
  device.page().evaluate(() => window.effort ?? { taps: -1, keys: -1 });

/** Everything that reached the page that is open, in one text. */
export const readOverheard = async (device: Device): Promise<string> =>
  device.page().evaluate(() => (window.overheard ?? []).join('\n'));

/** Every row of every database of a device. */
export const readRows = (page: Page): Promise<readonly StoredRow[]> =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    /** The bytes and texts in a value, however deep. */
    const spell = (value: unknown): string => {
      if (typeof value === 'string') return value;
      if (value instanceof ArrayBuffer) return spell(new Uint8Array(value));
      if (value instanceof Uint8Array) {
        return Array.from(value, (byte) => String.fromCharCode(byte)).join('');
      }
      if (typeof value !== 'object' || value === null) return '';
      return Object.values(value).map(spell).join('\n');
    };
    const rows: { table: string; bytes: string }[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const values = await asked(database.transaction(table).objectStore(table).getAll());
        rows.push(...values.map((value) => ({ table: `${name}/${table}`, bytes: spell(value) })));
      }
      database.close();
    }
    return rows;
  });

/** Places of `text`, long enough to be no accident, that are in `written` and not in `known`. */
export const findShared = (text: string, written: string, known: string): readonly string[] => {
  const windowsOf = (whole: string): Set<string> => {
    const count = Math.max(0, whole.length - WINDOW_BYTES + 1);
    return new Set(Array.from({ length: count }, (_, at) => whole.slice(at, at + WINDOW_BYTES)));
  };
  const old = windowsOf(known);
  const fresh = [...windowsOf(written)].filter((each) => !old.has(each));
  const heard = windowsOf(text);
  return fresh.filter((each) => heard.has(each));
};

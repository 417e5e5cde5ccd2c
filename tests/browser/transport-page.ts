import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { NATIVE_PEER } from '../native-peer.js';
import type { Channel, RendezvousStatus, Transport } from '../../src/ports/transport.js';
import { contentTypeOf } from '../../src/server/content-types.js';
import type { Report } from './pages/transport.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A server of the built page; whatever else it is to do is attached by the test. */
export interface PageServer {
  readonly server: Server;
  readonly url: string;
  readonly socketUrl: string;
  readonly close: () => Promise<void>;
}

/** Builds the page that holds the real adapter, into a folder that `close` removes. */
export const servePage = async (): Promise<PageServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-transport-page-'));
  await build({
    configFile: false,
    root: pathTo('./pages'),
    logLevel: 'warn',
    resolve: { alias: [NATIVE_PEER] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: { input: pathTo('./pages/transport.html') },
    },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    readFile(join(folder, path)).then(
      (bytes) => response.setHeader('content-type', contentTypeOf(extname(path))).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    url: `http://127.0.0.1:${port}/transport.html`,
    socketUrl: `ws://127.0.0.1:${port}/rendezvous`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A transport whose body is in a browser page. */
export interface PageTransport extends Transport {
  readonly page: Page;
  /** Everything that was thrown in the page, as text. */
  readonly errors: readonly string[];
}

/** Opens the page in a context of its own: one device. */
export const openPageTransport = async (
  context: BrowserContext,
  pageUrl: string,
  rendezvousUrls: readonly string[],
): Promise<PageTransport> => {
  const page = await context.newPage();
  const ends = new Map<string, PageChannel>();
  const seats: ((channel: Channel) => void)[] = [];
  const listeners = new Set<(status: RendezvousStatus) => void>();
  const errors: string[] = [];
  let status: RendezvousStatus = 'connecting';

  const take = (report: Report): void => {
    switch (report.kind) {
      case 'channel': {
        const end = createPageChannel(page, report);
        ends.set(report.channel, end);
        return seats[report.seat]?.(end.channel);
      }
      case 'message':
        return ends.get(report.channel)?.deliver(Buffer.from(report.message, 'base64'));
      case 'close':
        return ends.get(report.channel)?.closed();
      case 'status':
        status = report.status as RendezvousStatus;
        return listeners.forEach((listener) => listener(status));
      case 'error':
        errors.push(report.text);
    }
  };
  await page.exposeFunction('report', take);
  await page.goto(pageUrl);
  await page.evaluate((options) => window.door.start(options), { rendezvousUrls });
  return {
    page,
    errors,
    join: (config, onChannel) => {
      const seat = seats.push(onChannel) - 1;
      forget(page.evaluate(([s, c]) => window.door.join(s, c), [seat, config] as const));
      return { leave: () => forget(page.evaluate((s) => window.door.leave(s), seat)) };
    },
    rendezvous: () => status,
    onRendezvous: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => forget(page.evaluate(() => window.door.wake())),
    close: () => forget(page.evaluate(() => window.door.stop())),
  };
};

interface PageChannel {
  readonly channel: Channel;
  readonly deliver: (message: Uint8Array) => void;
  readonly closed: () => void;
}

const createPageChannel = (
  page: Page,
  report: Report & { readonly kind: 'channel' },
): PageChannel => {
  const id = report.channel;
  const messageListeners: ((message: Uint8Array) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let isClosed = false;
  return {
    channel: {
      id,
      purpose: report.purpose,
      isInitiator: report.isInitiator,
      localFingerprint: Buffer.from(report.local, 'base64'),
      remoteFingerprint: Buffer.from(report.remote, 'base64'),
      send: async (message) => {
        const text = Buffer.from(message).toString('base64');
        await page.evaluate(([i, t]) => window.door.send(i, t), [id, text] as const);
      },
      onMessage: (listener) => {
        messageListeners.push(listener);
        if (messageListeners.length > 1) return;
        forget(page.evaluate((i) => window.door.listen(i), id));
      },
      onClose: (listener) => {
        if (isClosed) listener();
        else closeListeners.push(listener);
      },
      close: () => forget(page.evaluate((i) => window.door.close(i), id)),
      setMessageBytesMax: (bytes) =>
        forget(page.evaluate(([i, b]) => window.door.raise(i, b), [id, bytes] as const)),
    },
    deliver: (message) => messageListeners.forEach((listener) => listener(message)),
    closed: () => {
      isClosed = true;
      closeListeners.forEach((listener) => listener());
    },
  };
};

/** A page that is being closed rejects what was asked of it; that is no failure of a test. */
const forget = (work: Promise<unknown>): void => void work.catch(() => undefined);

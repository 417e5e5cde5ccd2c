import type { Browser, BrowserContext, Page } from 'playwright-core';
import { closeContext } from './chromium.js';
import { layCable, type Cable } from './cable.js';
import type {} from './pages/handle.js';
import { PATIENCE_MS } from './patience.js';

/** A device: one browser context, with its own storage, keys, address and at most one page. */
export interface Device {
  readonly name: string;
  readonly context: BrowserContext;
  readonly cable: Cable;
  /** What may never happen: breaches of the page's policy, uncaught errors, foreign requests. */
  readonly complaints: readonly string[];
  /** The page of the app. Throws while none is open. */
  readonly page: () => Page;
  /** Opens the app at a place such as `#/records`, in a new page. */
  readonly open: (hash?: string) => Promise<Page>;
  /**
   * Opens the library without its screens (`window.handle`) in place of the app; it finds the
   * other devices unless it is to be alone.
   */
  readonly takeHandle: (reach?: 'others' | 'alone') => Promise<Page>;
  /** Opens the library in one tab more; the device knows nothing of it. */
  readonly addTab: () => Promise<Page>;
  /** Where its page stands and what is written on it, for whoever reads of a failure. */
  readonly describe: () => Promise<string>;
  /** Closes whatever page is open. */
  readonly shut: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

export const PHONE = { width: 390, height: 844 };
export const LAPTOP = { width: 1280, height: 800 };

/** Switches a device on, with nothing on it yet. */
export const startDevice = async (
  browser: Browser,
  port: number,
  name: string,
  viewport = PHONE,
): Promise<Device> => {
  const cable = await layCable(port);
  const context = await browser.newContext({ viewport });
  return makeDevice(name, context, cable);
};

/** A device over a context that stands already, such as that of a profile kept on disk. */
export const makeDevice = (name: string, context: BrowserContext, cable: Cable): Device => {
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = watch(context, new URL(cable.url).host);
  let page: Page | null = null;
  const shut = async (): Promise<void> => {
    const closed = page;
    page = null;
    await closed?.close();
  };
  const fresh = async (): Promise<Page> => {
    await shut();
    return (page = await context.newPage());
  };
  const openHandle = async (opened: Page, query: string): Promise<Page> => {
    // The worker serves the files of the app alone, so this page is to come from the host.
    const session = await context.newCDPSession(opened);
    await session.send('Network.enable');
    await session.send('Network.setBypassServiceWorker', { bypass: true });
    await opened.goto(new URL(`handle.html${query}`, cable.url).href);
    await opened.waitForFunction(() => window.handle !== undefined);
    return opened;
  };
  return {
    name,
    context,
    cable,
    complaints,
    page: () => {
      if (page === null) throw new Error(`${name} has no page open`);
      return page;
    },
    open: async (hash = '#/') => {
      const opened = await fresh();
      await opened.goto(new URL(`?profile=main${hash}`, cable.url).href);
      return opened;
    },
    takeHandle: async (reach = 'others') =>
      openHandle(await fresh(), reach === 'alone' ? '?alone' : ''),
    addTab: async () => openHandle(await context.newPage(), ''),
    describe: async () => {
      if (page === null) return `${name}: no page open`;
      const body = page.locator('body');
      const written = await body.innerText({ timeout: 5_000 }).catch(() => '(does not answer)');
      return `${name} at ${page.url()}: ${written.replace(/\s+/g, ' ').slice(0, 800)}`;
    },
    shut,
    discard: async () => {
      await closeContext(context);
      await cable.close();
    },
  };
};

/** Collects what may never happen in any page of a context. */
const watch = (context: BrowserContext, host: string): string[] => {
  const complaints: string[] = [];
  const foreign = (url: string): void => {
    const { protocol, host: asked } = new URL(url);
    if (!['data:', 'blob:'].includes(protocol) && asked !== host) complaints.push(`asked ${url}`);
  };
  context.on('console', (message) => {
    if (/Content Security Policy|Trusted ?Type/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  context.on('request', (request) => foreign(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => foreign(socket.url())));
  return complaints;
};

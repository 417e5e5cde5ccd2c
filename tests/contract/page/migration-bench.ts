import { startAt, startMigration } from '../../../src/adapters/bundles/migration-start.js';
import { type StartMigration, tryScript } from '../../../src/adapters/bundles/migration-trying.js';
import { createManualClock } from '../../../src/adapters/memory/manual-clock.js';
import type { TrustedUrl } from '../../../src/adapters/worker-url.js';
import { type ContractCase, expectEqual, expectTrue, valueOf } from '../expectation.js';
import type { MigrationBench, ScriptManner } from '../migration-contract.js';

/** What is not a matter of the script's text. */
type Special = 'sound' | 'forbidden' | 'unloaded' | 'late';

const STARTED = 'postMessage({ kind: "started" });';
const TEXT_BY_MANNER: Readonly<Record<Exclude<ScriptManner, Special>, string>> = {
  hangs: `onmessage = () => { ${STARTED} for (;;); };`,
  silent: 'onmessage = () => { for (;;); };',
  breaks: 'throw new Error("broken");',
  raves: `onmessage = () => { ${STARTED} postMessage({ kind: "done", format: -1 }); };`,
  refuses: `onmessage = () => { ${STARTED} postMessage({ kind: "refused", reason: "unreadable" }); };`,
};

/** Says what it finds of what would be a way out. */
const LOOKING_AROUND = `onmessage = () => {
  ${STARTED}
  const found = ['fetch', 'XMLHttpRequest', 'WebSocket', 'indexedDB', 'caches', 'importScripts',
    'BroadcastChannel', 'Worker', 'navigator', 'crypto'].filter((name) => self[name] !== undefined);
  if (self.origin !== 'null') found.push('origin');
  const back = new TextEncoder().encode(found.join());
  postMessage({ kind: 'done', format: 2, bytes: 0, back });
};`;

const scriptOf = async (manner: ScriptManner): Promise<string> => {
  if (manner === 'sound' || manner === 'late') return (await fetch('/migration.js')).text();
  return manner === 'forbidden' || manner === 'unloaded' ? '' : TEXT_BY_MANNER[manner];
};

/** Scripts in the browser's own workers of no origin, over a clock that the test moves. */
export const realMigrations = (): MigrationBench => {
  const clock = createManualClock();
  let running = 0;
  let starts = 0;
  let said = (): void => undefined;
  const startOf =
    (manner: ScriptManner): StartMigration =>
    (script) => {
      const isInVain = manner === 'unloaded' || (manner === 'late' && starts === 0);
      starts += 1;
      if (manner === 'forbidden') return null;
      const worker = isInVain ? startAt(noAddress, script) : startMigration(script);
      if (worker === null) return null;
      running += 1;
      return {
        post: worker.post,
        listen: (listener) =>
          worker.listen((report) => {
            listener(report);
            said();
          }),
        stop: () => {
          running -= 1;
          worker.stop();
        },
      };
    };
  let begun = Promise.resolve();
  return {
    run: async (manner, payload) => {
      begun = new Promise((resolve) => {
        said = resolve;
        if (manner === 'silent') setTimeout(resolve, 50);
      });
      const script = new TextEncoder().encode(await scriptOf(manner));
      return tryScript(startOf(manner), script, payload, clock);
    },
    pass: async (byMs) => {
      await begun;
      clock.advance(byMs);
    },
    running: () => running,
  };
};

/** Of data, but without any: no browser can load it. */
const noAddress = (): TrustedUrl => 'data:nothing' as TrustedUrl;

/** Asks this page's own host for a module, whose address could tell anything. */
const importing = (): string => `onmessage = async () => {
  ${STARTED}
  const came = await import('${location.origin}${WAY_OUT}').then(() => 'it came', () => '');
  const back = new TextEncoder().encode(came);
  postMessage({ kind: 'done', format: 2, bytes: 0, back });
};`;
const WAY_OUT = '/migration.js?way-out';

/** What a script finds that looks around, in the browser's own worker. */
export const lookingAround: readonly ContractCase<typeof lookAround>[] = [
  {
    title: '[U10, U12] a script of a candidate finds no store, no key and no network',
    run: async (look) => expectEqual(await look(LOOKING_AROUND), ''),
  },
  {
    title: '[U10, U12] a script of a candidate imports nothing, and its host is not even asked',
    run: async (look) => {
      expectEqual(await look(importing()), '');
      const asked: readonly string[] = await (await fetch('/asked')).json();
      expectTrue(asked.includes('/page.js'), 'the host tells what it was asked for');
      expectEqual(asked.includes(WAY_OUT), false);
    },
  },
];

/** Runs a text as a candidate's script would be run, and gives what it says. */
export const lookAround = async (text: string): Promise<string> => {
  const script = new TextEncoder().encode(text);
  const clock = createManualClock();
  const ran = await tryScript(startMigration, script, new Uint8Array(1), clock);
  return new TextDecoder().decode(valueOf(ran).back);
};

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answers } from './answers.js';

/** A library in a process of its own, so that none pays for the memory of another. */
export interface Child {
  readonly name: string;
  readonly answers: Answers;
  readonly close: () => Promise<void>;
}

const MODULE = fileURLToPath(new URL('./child.ts', import.meta.url));
const ASKS = [
  'prepare merge mergeSigned coldStart',
  'syncOne prune staleReturn tryAttacks',
].flatMap((names) => names.split(' '));

/** Starts it. Errors: an answer rejects with what went wrong there, or when the process ended. */
export const startChild = (name: string): Child => {
  const child = fork(MODULE, [name], {
    execArgv: ['--import', 'tsx', '--expose-gc', '--max-old-space-size=6144'],
    // What libraries tell on the console is no figure.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  let waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void } | null = null;
  child.on('message', ({ answer, error }: { answer?: unknown; error?: string }) => {
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(`${name}: ${error}`));
  });
  child.on('exit', () => waiting?.reject(new Error(`${name} ended: ${said}`)));
  const ask = (what: string, facts: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      child.send({ what, facts });
    });
  const answers = Object.fromEntries(
    ASKS.map((what) => [what, (facts: number = 0) => ask(what, facts)]),
  );
  return {
    name,
    answers: answers as unknown as Answers,
    close: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
};

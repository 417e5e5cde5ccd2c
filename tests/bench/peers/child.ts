import { PEERS, answersOf } from './answers.js';

/** A process that measures one library, named on its command line, and answers its parent. */
export interface Ask {
  readonly what: string;
  readonly facts: number;
}

const [name = ''] = process.argv.slice(2);
const make = PEERS[name];
if (make === undefined) throw new Error(`no library is called ${name}`);
const answers = answersOf(make()) as unknown as Record<string, (facts: number) => Promise<unknown>>;

process.on('message', ({ what, facts }: Ask) => {
  // What was left by what came before is no part of what is measured next.
  globalThis.gc?.();
  void answers[what]?.(facts).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

import { plainName } from '../../../names.js';
import { format } from '../common.js';

/** Words for a snapshot that was agreed to and that only devices which are away can bring. */
export const awaited = {
  title: 'The last snapshot has not come here',
  text: (names: readonly string[]): string =>
    `It is kept on ${format.choice(names.map(plainName))}. Open Upkeep there, and it comes by itself. Until then nothing more is tidied up; all you write is kept.`,
  waysOut: 'If that is not possible',
  gone: (count: number): string =>
    count === 1
      ? 'If that device lost what it held, give it a new key. If it is gone for good, take it out. The others then go on without it.'
      : 'If one of them lost what it held, give it a new key. If it is gone for good, take it out. Once none of them can bring it, the others go on without it.',
  name: (name: string, seen: string | null): string =>
    `${plainName(name)}, ${seen === null ? 'not seen yet' : `seen ${seen}`}`,
};

import type { Plugin } from 'vite';

const LAZY = /\bimport\(\s*(['"][^'"]+['"])\s*\)/g;

/**
 * Brings a replica's lazy parts with whoever asks for them, as the simulator's bundle does.
 *
 * Households of devices live in virtual time. A part that is fetched takes real time, which a busy
 * machine has too little of while a virtual minute passes.
 */
export const EAGER_PARTS: Plugin = {
  name: 'eager-parts',
  transform: {
    filter: { id: /\/src\/(replica\/.+|adapters\/paper-keys)\.ts$/, code: 'import(' },
    handler: (code) => {
      const parts: string[] = [];
      const text = code.replace(LAZY, (_, part: string) => {
        parts.push(`import * as __part${parts.length} from ${part};`);
        return `Promise.resolve(__part${parts.length - 1})`;
      });
      return { code: `${parts.join('')}${text}`, map: null };
    },
  },
};

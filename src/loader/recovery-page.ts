import { asFile, readRows } from './row-export.js';
import { tellLoader } from './tell-loader.js';

/**
 * What the buttons of the page do for the day that no bundle opens.
 *
 * Nothing of the app runs here.
 * Source: rule U6.
 */
export const showRecovery = (): void => {
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  document.adoptedStyleSheets = [style];
  const said = document.querySelector('output');
  const say = (text: string): void => void (said!.textContent = text);

  const deeds = new Map<unknown, () => unknown>([
    ['open', open],
    [
      'back',
      async () => {
        if (await tellLoader({ kind: 'go-back' })) open();
        else say('There is no version here to go back to.');
      },
    ],
    [
      'save',
      async () => {
        say('Reading…');
        const link = document.createElement('a');
        link.href = URL.createObjectURL(asFile(await readRows(indexedDB)));
        link.download = 'upkeep-rows.json';
        link.click();
        say('Saved.');
      },
    ],
    [
      'forget',
      async () => {
        if (confirm(QUESTION) && (await tellLoader({ kind: 'forget' }))) open();
      },
    ],
  ]);
  onclick = async ({ target }) => {
    try {
      await deeds.get((target as HTMLButtonElement).value)?.();
    } catch (cause) {
      say(`That did not work: ${cause}`);
    }
  };
};

/** The policy allows no inline style; what a script of the loader sets is none. */
const STYLE =
  ':root{color-scheme:light dark;font:1rem/1.5 system-ui;max-width:30rem;margin:2rem auto}' +
  'button{display:block;width:100%;min-height:44px;margin:1rem 0;font:inherit}' +
  'summary{line-height:44px}pre{overflow:auto}';

const QUESTION = 'Take what the host gives now, without asking who approved it?';

const open = (): void => void (location.href = './');

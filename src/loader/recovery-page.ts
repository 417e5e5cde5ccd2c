import { asFile, readRows } from './row-export.js';
import { tellLoader } from './tell-loader.js';

/**
 * The acts of the page for the day that no bundle opens: what is left to do.
 *
 * Nothing of the app runs here.
 * Source: rule U6.
 */
export const showRecovery = (): void => {
  const said = document.createElement('p');
  said.role = 'status';
  const say = (text: string): void => void (said.textContent = text);

  const offer = (label: string, work: () => unknown): void => {
    const button = document.createElement('button');
    button.textContent = label;
    button.onclick = async () => {
      try {
        await work();
      } catch (cause) {
        say(`That did not work: ${String(cause)}`);
      }
    };
    const line = document.createElement('p');
    line.append(button);
    document.body.append(line);
  };

  offer('Try again', open);
  offer('Go back to the version before', async () => {
    if (await tellLoader({ kind: 'go-back' })) open();
    else say('There is no earlier version on this device to go back to.');
  });
  offer('Save my records as a file', async () => {
    say('Reading…');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(asFile(await readRows(indexedDB)));
    link.download = 'upkeep-rows.json';
    link.click();
    say('Saved as a file.');
  });
  offer('Start again from the host', async () => {
    if (confirm(QUESTION) && (await tellLoader({ kind: 'forget' }))) open();
  });
  document.body.append(said);
};

const QUESTION =
  'Take whatever the host gives now, without asking who approved it? Your records stay.';

const open = (): void => location.assign('./');

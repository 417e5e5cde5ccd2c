import { asFile, readRows } from './row-export.js';

/**
 * The page for the day that no bundle opens: what happened, and what is left to do.
 *
 * A script of the loader's own; nothing of the app runs here.
 * Source: rule U6.
 */
const place = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`broken invariant: no ${id} on this page`);
  return found;
};

const say = (text: string): void => void (place('said').textContent = text);

const tell = (kind: 'go-back' | 'forget'): Promise<boolean> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    const loader = navigator.serviceWorker.controller;
    if (loader === null) resolve(false);
    else loader.postMessage({ kind }, [port2]);
  });

const open = (): void => location.assign('./');

const save = async (): Promise<void> => {
  say('Reading…');
  const rows = await readRows(indexedDB);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(asFile(rows));
  link.download = 'upkeep-rows.json';
  link.click();
  say(`Saved ${rows.reduce((sum, each) => sum + each.rows.length, 0)} rows as a file.`);
};

const on = (id: string, work: () => unknown): void => {
  place(id).addEventListener('click', () => {
    Promise.resolve(work()).catch((cause: unknown) => say(`That did not work: ${String(cause)}`));
  });
};

on('retry', open);
on('back', async () => {
  if (await tell('go-back')) open();
  else say('There is no earlier version on this device to go back to.');
});
on('save', save);
on('forget', async () => {
  const question =
    'Take whatever the host gives now, without asking who approved it? Your records stay.';
  if (confirm(question) && (await tell('forget'))) open();
});

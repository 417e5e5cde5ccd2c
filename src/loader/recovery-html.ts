import type { Slots } from '../core/upgrades/slots.js';
import { PAGE_SCRIPT } from './serving.js';

/** Where the recovery page is; no bundle's path holds this sign. */
export const RECOVERY_PATH = '~recovery';

/** The page without any app: what happened. Its script adds what is left to do, there. */
export const recoveryHtml = (slots: Slots | null): string =>
  '<!doctype html><html lang="en"><title>Upkeep: recovery</title>' +
  '<meta name="viewport" content="width=device-width">' +
  '<meta name="color-scheme" content="light dark"><h1>Recovery</h1>' +
  '<p>Parts of this app may be missing on this device, or cannot be read.' +
  '<p>Your records are still on this device.' +
  `<script src="${PAGE_SCRIPT}"></script>` +
  `<details><summary>Diagnostics</summary><pre>${diagnosticsOf(slots)}</pre></details>`;

/** Causes in it are texts of other people's code: nothing in them is a tag. */
const diagnosticsOf = (slots: Slots | null): string =>
  JSON.stringify(slots, null, 1).replaceAll('<', '&lt;');

import type { Slots } from '../core/upgrades/slots.js';
import { PAGE_SCRIPT } from './serving.js';

/** Where the recovery page is; no bundle's path holds this sign. */
export const RECOVERY_PATH = '~recovery';

/** The page without any app: what happened, and what is left to do, which its script does. */
export const recoveryHtml = (slots: Slots | null): string =>
  '<!doctype html><html lang=en><title>Upkeep: recovery</title>' +
  '<meta name=viewport content=width=device-width>' +
  '<h1>Recovery</h1>' +
  '<p>Parts of this app are missing here, or cannot be read. Your records are still here.' +
  '<button value=open>Try again</button>' +
  '<button value=back>Go back to the version before</button>' +
  '<button value=save>Save my records as a file</button>' +
  '<button value=forget>Start again from the host</button><output></output>' +
  `<details><summary>Diagnostics</summary><pre>${diagnosticsOf(slots)}</pre></details>` +
  `<script src=${PAGE_SCRIPT}></script>`;

/** Causes in it are texts of other people's code: nothing in them is a tag. */
const diagnosticsOf = (slots: Slots | null): string =>
  JSON.stringify(slots, null, 1).replaceAll('<', '&lt;');

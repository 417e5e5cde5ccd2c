import type { Slots } from '../core/upgrades/slots.js';

/** Where the recovery page and its script are; no bundle's path holds this sign. */
export const RECOVERY_PATH = '~recovery';
export const RECOVERY_SCRIPT = '~recovery.js';

/** The page without any app: what happened and what is left to do. `why` is for people. */
export const recoveryHtml = (slots: Slots | null, why: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Upkeep: recovery</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
</head><body><h1>Recovery</h1><p>${escaped(why)}</p>
<p>Your records are still on this device.</p>
<p><button id="retry">Try again</button>
<button id="back">Go back to the version before</button></p>
<p><button id="save">Save my records as a file</button>
<button id="forget">Start again from the host</button></p>
<p id="said" role="status"></p>
<details><summary>Diagnostics</summary><pre>${escaped(diagnosticsOf(slots))}</pre></details>
<script src="${RECOVERY_SCRIPT}"></script></body></html>
`;

const diagnosticsOf = (slots: Slots | null): string =>
  slots === null ? 'The loader cannot read what it kept.' : JSON.stringify(slots, null, 1);

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

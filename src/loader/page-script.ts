import { BUNDLE_META } from '../adapters/bundles/loader-words.js';
import { guardPage } from './page-guard.js';
import { showRecovery } from './recovery-page.js';

/** The loader's own script in a page: a bundle's page is on trial; one of no bundle is its own. */
const meta = document.querySelector<HTMLMetaElement>(`[name=${BUNDLE_META}]`);

if (meta === null) showRecovery();
else guardPage(Number(meta.dataset['trial']));

import type { LoaderWord } from '../adapters/bundles/loader-words.js';

/** Says something to the loader that gave this page away. Resolves to whether it did that. */
export const tellLoader = (word: LoaderWord): Promise<boolean> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    navigator.serviceWorker.controller?.postMessage(word, [port2]);
  });

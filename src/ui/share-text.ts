import { copyText } from './copy-text.js';

/** Hands a text to another app where that can be done, else copies it; null where neither is. */
export const shareText = async (text: string): Promise<'shared' | 'copied' | null> => {
  const share = (navigator as Partial<Navigator>).share;
  if (share !== undefined) {
    try {
      await share.call(navigator, { text });
      return 'shared';
    } catch (cause) {
      // The person closed the sheet: nothing more is wanted.
      if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    }
  }
  return (await copyText(text)) ? 'copied' : null;
};

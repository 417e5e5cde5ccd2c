/** Copies a text; false where the browser does not allow it. */
export const copyText = async (text: string): Promise<boolean> => {
  // Absent on pages that are not secure, whatever the DOM types say.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return false;
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

/** Reads what was copied; null where the browser does not allow it or there is no text. */
export const pasteText = async (): Promise<string | null> => {
  const clipboard = navigator.clipboard as Partial<Clipboard> | undefined;
  if (clipboard?.readText === undefined) return null;
  try {
    const text = await clipboard.readText();
    return text.trim() === '' ? null : text;
  } catch {
    return null;
  }
};

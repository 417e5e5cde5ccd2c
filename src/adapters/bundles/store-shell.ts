/** An app-store wrapper whose binary holds the app: its store replaces the files (rule U8). */
export interface StoreShell {
  /** What the installed binary was made to speak, sorted; null where it does not say. */
  readonly protocols: readonly string[] | null;
}

/** A shell with the files in it adds itself to the user agent: `UpkeepShell/1.2.0 (a/1; b/2)`. */
const SHIPPED = /\bUpkeepShell\/\d+\.\d+\.\d+(?: \(([^)]*)\))?/u;

/**
 * The wrapper that this page lies in; null where the files come from a host.
 *
 * A trusted web activity is none: it shows the page of a host in the browser itself, so its code
 * comes through the loader and changes by agreement, as in any other window.
 */
export const storeShellIn = (userAgent: string): StoreShell | null => {
  const shipped = SHIPPED.exec(userAgent);
  if (shipped === null) return null;
  const named = shipped[1]?.split(';').map((each) => each.trim());
  return { protocols: named?.filter((each) => each !== '').sort() ?? null };
};

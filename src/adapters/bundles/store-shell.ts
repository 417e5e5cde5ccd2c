/** An app-store wrapper around the app (rule U8). */
export interface StoreShell {
  /**
   * shipped: the files of the app lie in the binary, and the store replaces them (Capacitor);
   * framed: the binary shows the app as its host serves it (a trusted web activity).
   */
  readonly kind: 'shipped' | 'framed';
  /** What the installed binary was made to speak, sorted; null where it does not say. */
  readonly protocols: readonly string[] | null;
}

/** What a page can tell of what it runs in. */
export interface PageSigns {
  readonly userAgent: string;
  readonly referrer: string;
  /** Its display mode is `standalone`. */
  readonly isStandalone: boolean;
}

/** A shell with the files in it adds itself to the user agent: `UpkeepShell/1.2.0 (a/1; b/2)`. */
const SHIPPED = /\bUpkeepShell\/\d+\.\d+\.\d+(?: \(([^)]*)\))?/u;
/** A trusted web activity names its package; what the browser itself installed does so, too. */
const FRAMED = /^android-app:\/\/(?!org\.chromium\.webapk\.)/u;

/** The app-store wrapper that this page runs in; null where it runs in none. */
export const storeShellIn = (signs: PageSigns): StoreShell | null => {
  const shipped = SHIPPED.exec(signs.userAgent);
  if (shipped !== null) {
    const named = shipped[1]?.split(';').map((each) => each.trim());
    const protocols = named?.filter((each) => each !== '').sort() ?? null;
    return { kind: 'shipped', protocols };
  }
  const isFramed = signs.isStandalone && FRAMED.test(signs.referrer);
  return isFramed ? { kind: 'framed', protocols: null } : null;
};

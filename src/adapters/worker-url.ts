interface UrlPolicy {
  readonly createScriptURL: (url: string) => TrustedUrl;
}

/** A script's address that the browser accepts; a plain string where it has no Trusted Types. */
export type TrustedUrl = string & { readonly trusted: unique symbol };

interface PolicyFactory {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => UrlPolicy;
}

let policy: UrlPolicy | undefined;

/**
 * Lets a service worker or a worker of this build start where the page enforces Trusted Types.
 *
 * Only scripts of loaders and scripts in `assets/` or a build's folder there are ever let through.
 * Errors: throws a TypeError for any other address, since that is never expected.
 * Source: UX.md section 5 (the policy `upkeep-worker`); W3C Trusted Types, createPolicy.
 */
export const trustWorkerUrl = (url: URL): TrustedUrl => {
  policy ??= createUrlPolicy();
  return policy.createScriptURL(url.href);
};

/**
 * Lets a candidate's script start as a worker whose address is its own text: it is of no origin.
 *
 * Only what this very function makes is let through besides the scripts of this build.
 */
export const trustMigration = (script: string): TrustedUrl => {
  const bytes = new TextEncoder().encode(script);
  const letters = Array.from({ length: Math.ceil(bytes.length / STEP) }, (_, at) =>
    String.fromCharCode(...bytes.subarray(at * STEP, (at + 1) * STEP)),
  ).join('');
  trying = `data:text/javascript;base64,${btoa(letters)}`;
  policy ??= createUrlPolicy();
  try {
    return policy.createScriptURL(trying);
  } finally {
    trying = null;
  }
};

/** Bytes that are turned into letters at a time. */
const STEP = 8_192;
/** The one address that is made trusted now. */
let trying: string | null = null;

const createUrlPolicy = (): UrlPolicy => {
  const factory = (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes;
  const rules = { createScriptURL: onlyOurs };
  if (factory !== undefined) return factory.createPolicy('upkeep-worker', rules);
  return { createScriptURL: (url) => onlyOurs(url) as TrustedUrl };
};

const onlyOurs = (address: string): string => {
  if (trying !== null && address === trying) return address;
  const url = new URL(address);
  const here = new URL('.', document.baseURI);
  const path = url.pathname.slice(here.pathname.length);
  const isOurs = url.origin === here.origin && url.pathname.startsWith(here.pathname);
  const isScript = /^sw(?:-[\da-f]{64})?\.js$|^assets\/(?:\w+\/)?[\w.-]+\.js$/.test(path);
  if (!isOurs || !isScript) throw new TypeError(`not a script of this app: ${address}`);
  return url.href;
};

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
 * Only `sw.js` and scripts in `assets/` or a build's folder there are ever let through.
 * Errors: throws a TypeError for any other address, since that is never expected.
 * Source: UX.md section 5 (the policy `upkeep-worker`); W3C Trusted Types, createPolicy.
 */
export const trustWorkerUrl = (url: URL): TrustedUrl => {
  policy ??= createUrlPolicy();
  return policy.createScriptURL(url.href);
};

const createUrlPolicy = (): UrlPolicy => {
  const factory = (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes;
  const rules = { createScriptURL: onlyOurs };
  if (factory !== undefined) return factory.createPolicy('upkeep-worker', rules);
  return { createScriptURL: (url) => onlyOurs(url) as TrustedUrl };
};

const onlyOurs = (address: string): string => {
  const url = new URL(address);
  const here = new URL('.', document.baseURI);
  const path = url.pathname.slice(here.pathname.length);
  const isOurs = url.origin === here.origin && url.pathname.startsWith(here.pathname);
  const isScript = path === 'sw.js' || /^assets\/(?:\w+\/)?[\w.-]+\.js$/.test(path);
  if (!isOurs || !isScript) throw new TypeError(`not a script of this app: ${address}`);
  return url.href;
};

/**
 * The security headers of everything that the host, or the service worker, serves.
 *
 * Both send the same ones: a document that a worker makes carries only what the worker sets.
 * This module knows neither Node nor the browser, so that both can import it.
 *
 * `host` is the authority of the page ("localhost:4173"); `origins` are those of other hosts. The
 * page may connect to its own origin, to that origin's web sockets and to these, nowhere else.
 * Source: rule P6; UX.md section 5.
 */
export const securityHeaders = (
  host: string,
  origins: readonly string[],
): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(host, origins),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

const contentSecurityPolicy = (host: string, origins: readonly string[]): string => {
  const connect = [`ws://${host}`, `wss://${host}`, ...origins].join(' ');
  // A candidate's migration is tried in a worker of no origin (rule U12): data: among workers.
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
    `connect-src 'self' ${connect}; font-src 'self'; manifest-src 'self'; ` +
    "worker-src 'self' data:; base-uri 'none'; form-action 'none'; frame-src 'self'; " +
    "frame-ancestors 'self'; " +
    "require-trusted-types-for 'script'; trusted-types svelte-trusted-html upkeep-worker"
  );
};

/** True for what may stand as a host in a policy: a name or an address, with or without port. */
export const isPlainHost = (host: string): boolean =>
  /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/i.test(host);

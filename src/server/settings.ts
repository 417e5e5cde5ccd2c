import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { type Connections, readConnections } from './addresses.js';
import { isPlainHost } from './security-headers.js';

/** What `npm start` is told, by flags or by the environment; a flag goes before a variable. */
export interface Settings {
  /** 1 to 65535; 4173 when nothing is said. */
  readonly port: number;
  /** Files of a certificate and its key; null serves plain HTTP. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null;
  /** Other hosts that pages may connect to. */
  readonly connections: Connections;
  /** Pages of other hosts that may use this rendezvous ("https://app.example"). */
  readonly origins: readonly string[];
  /** Requests come through a proxy, which says whose they are. */
  readonly isProxied: boolean;
}

const PORT_DEFAULT = '4173';

/**
 * Reads the flags and the environment of `npm start`.
 *
 * Errors: throws, with a sentence for people, on what cannot be meant: a wrong configuration is to
 * be seen at once.
 */
export const readSettings = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Settings => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { cert: text, key: text, port: text, origins: text, proxied: { type: 'boolean' } },
  });
  const certPath = values.cert ?? env['UPKEEP_CERT'];
  const keyPath = values.key ?? env['UPKEEP_KEY'];
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new Error('HTTPS needs both a certificate and its key: --cert FILE --key FILE.');
  }
  const isSecure = certPath !== undefined && keyPath !== undefined;
  return {
    port: parsePort(values.port ?? env['PORT'] ?? PORT_DEFAULT),
    tls: isSecure ? { certPath, keyPath } : null,
    connections: readConnections(env),
    origins: parseOrigins(values.origins ?? env['UPKEEP_ORIGINS'] ?? ''),
    isProxied: values.proxied ?? env['UPKEEP_PROXIED'] === '1',
  };
};

/**
 * Whose request a proxy says it is: the last address that was added, by the proxy nearest to this
 * server. What stands before it may be made up.
 */
export const proxiedAddress = (request: IncomingMessage): string => {
  const forwarded = [request.headers['x-forwarded-for'] ?? ''].flat().join();
  return forwarded.split(',').at(-1)?.trim() || (request.socket.remoteAddress ?? '');
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`A port is a number from 1 to 65535, not "${text}".`);
};

const parseOrigins = (text: string): readonly string[] => {
  const parts = text.split(',').map((part) => part.trim().toLowerCase());
  return parts.filter((part) => part !== '').map(parseOrigin);
};

/** As browsers send it: a scheme, which app stores may have made up, and a host. */
const parseOrigin = (text: string): string => {
  const [, scheme = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)\/?$/.exec(text) ?? [];
  if (!isPlainHost(host)) {
    throw new Error(`Origins are like https://app.example, with commas between, not "${text}".`);
  }
  // No browser says the port that a scheme has anyway.
  const isUsual = (scheme === 'https' || scheme === 'http') && URL.canParse(text);
  return isUsual ? new URL(text).origin : `${scheme}://${host}`;
};

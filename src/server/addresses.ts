import { isPlainHost } from './security-headers.js';

/** Where pages may connect besides their own host (rule P6). */
export interface Connections {
  /** Web socket addresses (ws: or wss:), which pages also use. */
  readonly rendezvous: readonly string[];
  /** Addresses (http: or https:) of hosts that may have releases: those that publishers name. */
  readonly releases: readonly string[];
}

/**
 * Reads what a build, or a host, is told of other hosts: addresses with commas between.
 *
 * Errors: throws, with a sentence for people, since a wrong configuration is to be seen at once.
 */
export const readConnections = (env: Readonly<Record<string, string | undefined>>): Connections => {
  const read = (name: string, ...schemes: readonly string[]): readonly string[] => {
    const parts = (env[name] ?? '').split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '').map((part) => parseAddress(part, name, schemes));
  };
  return {
    rendezvous: read('UPKEEP_RENDEZVOUS', 'ws:', 'wss:'),
    releases: read('UPKEEP_RELEASES', 'http:', 'https:'),
  };
};

/** Their origins, as a policy names them. */
export const originsOf = ({ rendezvous, releases }: Connections): readonly string[] => [
  ...new Set([...rendezvous, ...releases].map((url) => new URL(url).origin)),
];

const parseAddress = (text: string, name: string, schemes: readonly string[]): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol) || !isPlainHost(url.host)) {
    throw new Error(`${name} takes ${schemes.join(' or ')} addresses, not "${text}".`);
  }
  return url.href;
};

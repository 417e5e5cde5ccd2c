import { existsSync, readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createHost } from './host.js';
import { attachRendezvous } from './rendezvous.js';
import { parseRendezvousList } from './security-headers.js';

/** What `npm start` runs: the app and the rendezvous on one port. */
const PORT_DEFAULT = 4173;
const APP_ROOT = fileURLToPath(new URL('../../dist/app', import.meta.url));

const start = (): void => {
  const { values } = parseArgs({
    options: { cert: { type: 'string' }, key: { type: 'string' }, port: { type: 'string' } },
  });
  const port = parsePort(values.port ?? process.env['PORT'] ?? String(PORT_DEFAULT));
  const certPath = values.cert ?? process.env['UPKEEP_CERT'];
  const keyPath = values.key ?? process.env['UPKEEP_KEY'];
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new Error('HTTPS needs both a certificate and its key: --cert FILE --key FILE.');
  }
  if (!existsSync(APP_ROOT)) throw new Error('There is no build yet: run `npm run build` first.');
  const isSecure = certPath !== undefined && keyPath !== undefined;
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    host.handle(request, response);
  const server: Server = isSecure
    ? createHttpsServer({ cert: readFileSync(certPath), key: readFileSync(keyPath) }, handle)
    : createHttpServer(handle);
  const rendezvous = attachRendezvous(server);
  const host = createHost({
    root: APP_ROOT,
    rendezvous: parseRendezvousList(process.env['UPKEEP_RENDEZVOUS'] ?? ''),
    health: () => ({ ...rendezvous.health() }),
  });
  server.on('error', (error: NodeJS.ErrnoException) => fail(describe(error, port)));
  server.listen(port, () => process.stdout.write(greeting(port, isSecure)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void rendezvous.close();
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`A port is a number from 1 to 65535, not "${text}".`);
};

const describe = (error: NodeJS.ErrnoException, port: number): string =>
  error.code === 'EADDRINUSE'
    ? `Port ${port} is in use: choose another with PORT=4200 npm start.`
    : error.message;

const greeting = (port: number, isSecure: boolean): string => {
  const scheme = isSecure ? 'https' : 'http';
  const lan = lanAddresses().map((address) => `  ${scheme}://${address}:${port}/`);
  const lines = [
    'Upkeep is running. Open it at',
    '',
    `  ${scheme}://localhost:${port}/`,
    ...lan,
    '',
  ];
  return `${[...lines, ...(isSecure ? [] : PHONE_HELP), ''].join('\n')}`;
};

const PHONE_HELP = [
  'A browser installs the app, and lets it use keys and the camera, over HTTPS or on localhost',
  'only. For phones in your network, start it with a certificate that they trust, for instance',
  'one made by mkcert, or put any HTTPS proxy or tunnel in front of this port:',
  '',
  '  npm start -- --cert cert.pem --key key.pem      (or UPKEEP_CERT and UPKEEP_KEY)',
];

const lanAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);

const fail = (message: string): void => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

try {
  start();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

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
import { originsOf } from './addresses.js';
import { createHost } from './host.js';
import { attachRendezvous } from './rendezvous.js';
import { proxiedAddress, readSettings } from './settings.js';

/** What `npm start` runs: the app and the rendezvous on one port. */
const APP_ROOT = fileURLToPath(new URL('../../dist/app', import.meta.url));

const start = (): void => {
  const { port, tls, connections, origins, isProxied } = readSettings(
    process.argv.slice(2),
    process.env,
  );
  if (!existsSync(APP_ROOT)) throw new Error('There is no build yet: run `npm run build` first.');
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    host.handle(request, response);
  const server: Server =
    tls === null
      ? createHttpServer(handle)
      : createHttpsServer(
          { cert: readFileSync(tls.certPath), key: readFileSync(tls.keyPath) },
          handle,
        );
  const rendezvous = attachRendezvous(server, {
    origins,
    ...(isProxied ? { addressOf: proxiedAddress } : {}),
  });
  const host = createHost({
    root: APP_ROOT,
    origins: originsOf(connections),
    health: () => ({ ...rendezvous.health() }),
  });
  server.on('error', (error: NodeJS.ErrnoException) => fail(describe(error, port)));
  server.listen(port, () => process.stdout.write(greeting(port, tls !== null)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void rendezvous.close();
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
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

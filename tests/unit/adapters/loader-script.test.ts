import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchLoaderScript } from '../../../src/adapters/bundles/loader-script.js';

let server: Server;
let home = '';
let answer: (response: ServerResponse) => unknown;

beforeAll(async () => {
  server = createServer((request, response) =>
    request.url === '/sw.js'
      ? answer(response)
      : response.writeHead(200, { 'content-type': 'text/javascript' }).end('// elsewhere\n'),
  );
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const giving = (type: string, body: string, status = 200) => {
  answer = (response) => response.writeHead(status, { 'content-type': type }).end(body);
  return fetchLoaderScript(`${home}sw.js`);
};
const SCRIPT = '// a loader\n';
const sha256 = createHash('sha256').update(SCRIPT).digest('hex');

test('[U6] a script in the loader’s place is told by its hash', async () => {
  for (const type of [
    'text/javascript',
    'application/javascript; charset=utf-8',
    'Text/ECMAScript',
  ])
    expect(await giving(type, SCRIPT)).toEqual({ sha256 });
});

test('[U6] what no browser would put in its place says nothing of the loader', async () => {
  expect(await giving('text/html', '<p>Welcome to our hotel</p>')).toBeNull();
  expect(await giving('text/javascript', SCRIPT, 404)).toBeNull();
  expect(await giving('text/javascript', SCRIPT, 503)).toBeNull();
  answer = (response) => response.writeHead(302, { location: '/other.js' }).end();
  expect(await fetchLoaderScript(`${home}sw.js`)).toBeNull();
  answer = (response) => response.destroy();
  expect(await fetchLoaderScript(`${home}sw.js`)).toBeNull();
});

test('[U6, U10] a script that is longer than any loader is another one, and is not read on', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    const pour = (): void => {
      while (!response.destroyed && response.write(SCRIPT.repeat(1000)));
    };
    response.on('drain', pour);
    pour();
  };
  expect(await fetchLoaderScript(`${home}sw.js`)).toEqual({ sha256: null });
});

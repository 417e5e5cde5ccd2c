import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { proxiedAddress, readSettings } from '../../../src/server/settings.js';

describe('what the host is told', () => {
  it('[N4] is nothing: port 4173, plain, for pages of its own', () => {
    expect(readSettings([], {})).toEqual({
      connections: { rendezvous: [], releases: [] },
      ...{ port: 4173, tls: null, origins: [], isProxied: false },
    });
  });

  it('[N4] comes by the environment, and flags go before it', () => {
    const env = {
      ...{ PORT: '5000', UPKEEP_CERT: 'c.pem', UPKEEP_KEY: 'k.pem', UPKEEP_PROXIED: '1' },
      UPKEEP_RENDEZVOUS: 'wss://meet.example',
      UPKEEP_RELEASES: 'https://code.example/upkeep/',
      UPKEEP_ORIGINS: 'https://App.example, capacitor://localhost,https://b.example:443/',
    };
    const tls = { certPath: 'c.pem', keyPath: 'k.pem' };
    const origins = ['https://app.example', 'capacitor://localhost', 'https://b.example'];
    const connections = {
      rendezvous: ['wss://meet.example/'],
      releases: ['https://code.example/upkeep/'],
    };
    const settings = { port: 5000, tls, connections, origins, isProxied: true };
    expect(readSettings([], env)).toEqual(settings);
    const flags = ['--port', '6000', '--origins', 'https://c.example', '--cert', 'd.pem'];
    expect(readSettings(flags, env)).toEqual({
      ...settings,
      ...{ port: 6000, origins: ['https://c.example'] },
      tls: { ...tls, certPath: 'd.pem' },
    });
  });

  it.each([
    [['--port', '0'], 'A port is a number'],
    [['--port', '70000'], 'A port is a number'],
    [['--cert', 'c.pem'], 'HTTPS needs both'],
    [['--origins', 'app.example'], 'Origins are like https://app.example'],
    [['--origins', 'https://app.example/path'], 'Origins are like'],
    [['--origins', '*'], 'Origins are like'],
    [['--origins', 'https://a.example b.example'], 'Origins are like'],
    [['--other'], '--other'],
  ])('[P6] %j is refused with a sentence', (flags, sentence) => {
    expect(() => readSettings(flags, {})).toThrow(sentence);
  });

  it('[N4] counts a request behind a proxy for whom the proxy names last', () => {
    const from = (forwarded?: string | string[]): string =>
      proxiedAddress({
        headers: { 'x-forwarded-for': forwarded },
        socket: { remoteAddress: '127.0.0.1' },
      } as unknown as IncomingMessage);
    expect(from('6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
    expect(from(['6.6.6.6', '203.0.113.7 '])).toBe('203.0.113.7');
    expect(from()).toBe('127.0.0.1');
    expect(from('')).toBe('127.0.0.1');
  });
});

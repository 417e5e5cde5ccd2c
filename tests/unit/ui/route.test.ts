import { describe, expect, it } from 'vitest';
import { type Route, parseRoute, routeToHash } from '../../../src/ui/route.svelte.js';
import { hex } from '../../browser/fixtures/sample-parts.js';

const ROUTES: readonly Route[] = [
  { kind: 'home' },
  { kind: 'decision', id: hex('de') },
  { kind: 'records' },
  { kind: 'record', key: `${hex('f6')}:12` },
  { kind: 'record', key: 'new' },
  { kind: 'devices' },
  { kind: 'device', id: hex('b2'), act: null },
  { kind: 'device', id: hex('b2'), act: 'rename' },
  { kind: 'device', id: hex('b2'), act: 'remove' },
  { kind: 'peers', id: null },
  { kind: 'peers', id: hex('b2') },
  { kind: 'rules' },
  { kind: 'recovery' },
  { kind: 'split' },
  { kind: 'leave' },
  { kind: 'pair' },
  { kind: 'join', code: 'upkeep:pair?x=1/2&y=ä' },
  { kind: 'snapshots' },
  { kind: 'propose' },
  { kind: 'activity' },
  { kind: 'updates' },
  { kind: 'more' },
  { kind: 'storage' },
  { kind: 'caches' },
  { kind: 'health' },
  { kind: 'try' },
];

describe('[P1] routes', () => {
  it.each(ROUTES)('[P1] $kind survives being written into the address', (route) => {
    expect(parseRoute(routeToHash(route))).toEqual(route);
  });

  it.each([
    '',
    '#',
    '#/',
    '#/nowhere',
    '#/decision/',
    '#/decision/xyz',
    '#/records/%E0%A4%A',
    '#/more/1',
    '#/devices/xyz',
    '#/peers/xyz',
    `#/devices/${hex('b2')}/melt`,
    `#/devices/${hex('b2')}/rename/1`,
  ])('[P1] %j goes Home, as everything unknown does', (hash) => {
    expect(parseRoute(hash)).toEqual({ kind: 'home' });
  });
});

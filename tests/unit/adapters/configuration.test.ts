import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../../src/adapters/configuration.js';

const good = { profile: 'main', rendezvousUrls: ['wss://meet.example.org/rendezvous'] };
const check = (change: Partial<Parameters<typeof checkConfiguration>[0]>, isSecurePage = true) =>
  checkConfiguration({ ...good, ...change }, ['fenceMs', 'pingMs'], isSecurePage);
const kindOf = (...asked: Parameters<typeof check>): string => {
  const checked = check(...asked);
  return checked.ok ? 'good' : checked.error.kind;
};

describe('a configuration', () => {
  it('[P2] is good with a profile, addresses of web sockets and known times', () => {
    expect(kindOf({ timing: { fenceMs: 60_000 } })).toBe('good');
    expect(kindOf({ rendezvousUrls: [] })).toBe('good');
    expect(kindOf({ rendezvousUrls: ['ws://localhost:4173/rendezvous'] })).toBe('good');
  });

  it.each(['', 'Main', 'a b', 'ünsel', 'a/b', 'x'.repeat(33)])(
    '[P2] with the profile "%s" is told so in a sentence',
    (profile) => {
      const checked = check({ profile });
      expect(checked).toMatchObject({ ok: false, error: { kind: 'bad-profile', profile } });
      expect(checked.ok || checked.error.message).toContain(`"${profile}"`);
    },
  );

  it.each(['meet.example.org', '/rendezvous', 'https://meet.example.org', '', 'ws:'])(
    '[P2] with the rendezvous "%s" is told which it is',
    (url) => {
      const checked = check({ rendezvousUrls: [...good.rendezvousUrls, url] });
      expect(checked).toMatchObject({ ok: false, error: { kind: 'bad-rendezvous', url } });
    },
  );

  it('[P2] takes no time that there is not, nor one that is none', () => {
    for (const ms of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12]) {
      expect(kindOf({ timing: { fenceMs: ms } })).toBe('bad-timing');
    }
    const checked = check({ timing: { fensMs: 5 } });
    expect(checked).toMatchObject({ ok: false, error: { kind: 'bad-timing', field: 'fensMs' } });
    expect(checked.ok || checked.error.message).toContain('fenceMs');
  });

  it('[P2] on a page that is not secure is told so first', () => {
    expect(kindOf({ profile: '' }, false)).toBe('insecure-page');
  });
});

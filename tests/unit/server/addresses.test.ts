import { describe, expect, it } from 'vitest';
import { originsOf, readConnections } from '../../../src/server/addresses.js';

describe('the other hosts that a build is told of', () => {
  it('[P6] are none, or each as it is meant, and a policy names their origins once', () => {
    expect(readConnections({})).toEqual({ rendezvous: [], releases: [] });
    const connections = readConnections({
      UPKEEP_RENDEZVOUS: ' wss://a.example/r , ws://b.example:81,',
      UPKEEP_RELEASES: 'https://c.example/upkeep/,https://c.example/older/',
    });
    expect(connections).toEqual({
      rendezvous: ['wss://a.example/r', 'ws://b.example:81/'],
      releases: ['https://c.example/upkeep/', 'https://c.example/older/'],
    });
    const origins = ['wss://a.example', 'ws://b.example:81', 'https://c.example'];
    expect(originsOf(connections)).toEqual(origins);
  });

  it.each([
    ['UPKEEP_RENDEZVOUS', ['https://a.example', 'a.example', 'wss://', '*']],
    ['UPKEEP_RELEASES', ['wss://a.example', 'a.example', 'https://', '*', 'file:///c']],
  ])('[P6] of another form are refused with a sentence that names %s', (name, texts) => {
    for (const text of texts) {
      expect(() => readConnections({ [name]: text })).toThrow(new RegExp(name));
    }
  });
});

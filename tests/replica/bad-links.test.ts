import * as Y from 'yjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { BaseId, Hash } from '../../src/core/base/brands.js';
import { startHandshake } from '../../src/core/links/handshake.js';
import { selfParty } from '../../src/replica/links/link.js';
import { createHousehold, pair } from './household.js';
import { type LyingHousehold, areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

describe('what a lying member does with the carrier and the link', () => {
  let all: LyingHousehold;
  beforeAll(async () => {
    all = await lyingHousehold();
  });
  const toAlice = () => all.mallory.to(idOf(all.alice));
  const reasonsOf = (kind: string) =>
    all.lines(all.alice, kind).map((line) => line.details['reason']);
  const baseOf = (): BaseId => all.alice.inspect().base ?? brandHex<BaseId>('0'.repeat(64));

  test('[F11] updates with deletes, foreign clients, foreign roots and no facts are dropped whole', async () => {
    const { home } = all;
    const send = (change: (doc: Y.Doc) => void): void => {
      const doc = new Y.Doc();
      change(doc);
      const update = Y.encodeStateAsUpdate(doc);
      toAlice().say({ kind: 'carrierUpdate', base: baseOf(), update, signatures: [] });
    };
    send((doc) => {
      doc.getArray('a').push([new Uint8Array(3), 'text']);
      doc.getArray('a').delete(0, 1);
    });
    send((doc) => doc.getArray('ab'.repeat(32)).push([new Uint8Array(4)]));
    send((doc) => doc.getMap('map').set('key', new Uint8Array(5)));
    toAlice().say({
      ...{ kind: 'carrierUpdate', base: baseOf(), signatures: [] },
      update: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
    });
    await home.until('all are dropped', () => reasonsOf('update-refused').length >= 4);
    expect(reasonsOf('update-refused')).toContain('delete-set');
    expect(reasonsOf('update-refused')).toContain('undecodable');
    await all.converge('after updates');
  });

  test('[F10] an update for another base is no offence', async () => {
    const before = all.lines(all.alice, 'update-refused').length;
    toAlice().say({
      ...{ kind: 'carrierUpdate', base: brandHex<BaseId>('12'.repeat(32)), signatures: [] },
      update: new Uint8Array([0, 0]),
    });
    await all.home.pass(500);
    expect(all.lines(all.alice, 'update-refused').length).toBe(before);
    await all.converge('after another base');
  });

  test('[F12] one that claims to hold everything and gives nothing neither hides nor corrupts', async () => {
    const { home, alice, bob, mallory } = all;
    const { factSet } = alice.inspect();
    for (const replica of [alice, bob]) {
      mallory.to(idOf(replica)).say({
        ...{ kind: 'heads', rosterCount: 3, rosterTip: mallory.holdings.chain().tipHash, epoch: 2 },
        ...{ standingHeads: [], heldPayloads: [brandHex('34'.repeat(32))], base: baseOf() },
        frontier: [...mallory.holdings.journal().frontier()]
          .map(([session, tip]) => ({ session, seq: 9_000_000, fact: tip.id }))
          .sort((a, b) => (a.session < b.session ? -1 : 1)),
        ...{ stateVector: null, factSet: brandHex<Hash>(factSet ?? ''), wallMs: 0, name: 'x' },
      });
    }
    await home.pass(3000);
    await bob.records.create(draftOf('not hidden'));
    await home.until('equal in spite of it', () => areEqual(alice, bob));
    await all.converge('after lying heads');
  });

  test('[N2] garbage after the handshake is refused with a line, and the link lives on', async () => {
    const link = toAlice();
    void link.channel.send(new Uint8Array([1, 2, 3]));
    void link.channel.send(new Uint8Array(0));
    await all.home.until('refused', () => reasonsOf('message-refused').length >= 2);
    expect(link.isOpen()).toBe(true);
    await all.converge('after garbage');
  });

  test('[N2] garbage instead of a hello, a stranger and a silent peer are turned away', async () => {
    const { home, alice, mallory } = all;
    const stranger = createMemoryKeys('stranger');
    const transport = home.network.transport('stranger');
    let opened = 0;
    const room = transport.join(mallory.room, (channel) => {
      opened += 1;
      if (opened % 3 === 1) return void channel.send(new Uint8Array([9, 9, 9]));
      if (opened % 3 === 2) return;
      const self = { ...selfParty(mallory.holdings), device: stranger.signer.device };
      const { account } = mallory.holdings;
      void channel.send(startHandshake(account, self, channel, new Uint8Array(32)).send);
      void channel.send(new Uint8Array(70));
    });
    await home.until('told apart', () => {
      const reasons = reasonsOf('link-refused');
      return reasons.includes('malformed') && reasons.includes('silent');
    });
    room.leave();
    expect(alice.view().devices.some((each) => each.id === stranger.signer.device)).toBe(false);
    await all.converge('after strangers');
  });

  test('[N2] who claims a record that it never shows is turned away after a while', async () => {
    const { home, alice, mallory } = all;
    const stranger = createMemoryKeys('from the future');
    const transport = home.network.transport('future');
    const { prove } = await import('./liar.js');
    const heard: unknown[] = [];
    const room = transport.join(mallory.room, (channel) =>
      prove(stranger, mallory.holdings, channel, (link) => heard.push(link.heard), {
        epoch: 99,
        roster: brandHex('77'.repeat(32)),
      }),
    );
    await home.until('turned away', () => reasonsOf('link-refused').includes('unknown-record'));
    room.leave();
    expect(JSON.stringify(heard)).not.toContain('heads');
    expect(alice.view().sync.connectedCount).toBeLessThanOrEqual(2);
    await all.converge('after the future');
  });
});

describe('a relay in between', () => {
  test('[N2] swapped fingerprints get no byte of the journal and a line on both sides', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('in step', () => areEqual(alice, bob));
    await home.stop('bob');
    home.network.swapFingerprints(true);
    await alice.records.create(draftOf('secret'));
    const again = await home.start('bob');
    await home.until('refused on both', () =>
      [alice, again].every((each) =>
        each.view().activity.some((line) => line.details['reason'] === 'bad-proof'),
      ),
    );
    expect(again.view().records).toEqual([]);
    home.network.swapFingerprints(false);
    await home.until('honest again', () => areEqual(alice, again));
    expect(again.view().records.length).toBe(1);
  });
});

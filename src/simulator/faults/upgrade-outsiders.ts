import type { Body, BodyOf } from '../../core/facts/bodies.js';
import { bytesToHex } from '../../core/base/hash.js';
import { upgradeWords } from '../../core/journal/upgrade-marks.js';
import { encodeMessage } from '../../core/links/messages.js';
import { contentRootOf, manifestHashOf } from '../../core/upgrades/manifest.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Holdings } from '../../replica/journal/holdings.js';
import { type SimDevice, replicaOf } from '../device.js';
import { releaseBytes, releaseOf } from '../ports/sim-code.js';
import type { FaultScene } from './fault.js';
import { createPen } from './pen.js';
import { holdingsOn } from './reading.js';
import type { Releases } from './upgrade.js';

/**
 * In half of the runs those who do not belong to the account speak of its code: a stranger, whoever
 * never joined, whoever was taken out (rules U2 and U10). What they sign is carried by a member, as
 * facts are; their files lie on the account's own host, so that nothing but their name is wrong.
 */
export const armOutsiders = (scene: FaultScene, releases: Releases): (() => void) => {
  const { world } = scene;
  const chance = scene.chance.fork('outsiders');
  if (!chance.happens(0.5)) return () => undefined;
  const stranger = world.kit.keysOf('stranger');

  const voices = (holdings: Holdings): readonly DeviceKeys[] => {
    const members = new Set(holdings.chain().tip.members.map(({ device }) => device));
    const out = world.devices.map(({ keys }) => keys);
    return [stranger, ...out.filter(({ signer }) => !members.has(signer.device))];
  };

  const speak = async (): Promise<void> => {
    const carriers = scene.honest().filter((each) => replicaOf(each)?.view().stage === 'member');
    if (carriers.length < 2) return;
    const carrier = chance.pick(carriers);
    const hearer: SimDevice = chance.pick(carriers.filter((each) => each !== carrier));
    const seed = bytesToHex(chance.bytes(16));
    const drawn = chance.next();
    const who = chance.next();
    const holdings = await holdingsOn(world, carrier);
    if (holdings === null) return;
    const all = voices(holdings);
    const keys = all[Math.floor(who * all.length)] ?? stranger;
    const pen = createPen(keys, holdings, seed);
    const say = (body: Body) => pen.write(body, { lamport: 2 ** 20 });
    const offer = say(offerOf(releases, seed));
    const about = upgradeWords(holdings.fold().state().marks).find(
      ({ body }) => body.kind === 'upgrade.proposed',
    );
    const upgrade = drawn < 0.5 ? offer.id : (about?.fact ?? offer.id);
    say({ kind: 'upgrade.readied', upgrade, verdict: 'ready', reason: null, bundle: null });
    if (drawn > 0.7) say({ kind: 'upgrade.revoked', upgrade, reason: 'an outsider says so' });
    if (drawn > 0.8) say({ kind: 'upgrade.halted', upgrade, reason: 'an outsider says so' });
    if (drawn > 0.9) say({ kind: 'upgrade.vetoed', upgrade, reason: 'an outsider says so' });
    const runs = [await pen.run()];
    world.note(`an outsider offers ${seed.slice(0, 8)} to ${hearer.name} by ${carrier.name}`);
    world.network.inject(carrier.name, hearer.name, encodeMessage({ kind: 'runs', runs }));
  };

  return () => {
    if (chance.happens(0.06)) void speak();
  };
};

/** A release of a number that nobody has, whose files are really there. */
const offerOf = ({ host, latest }: Releases, words: string): BodyOf<'upgrade.proposed'> => {
  const told = releaseOf(latest + 50, words);
  const { package: name, version, sequence, protocols, compliance, files } = told;
  host.publish(told, releaseBytes(words));
  return {
    ...{ kind: 'upgrade.proposed', manifest: manifestHashOf(told), content: contentRootOf(told) },
    ...{ package: name, version, sequence, protocols, compliance, requires: [] },
    ...{ bytes: 1_000, files: files.length, urls: [host.url], notes: 'mine', fork: 'soft' },
    ...{ expires: 2 ** 43, waves: [], grace: 0 },
  };
};

import { need } from '../../core/authority/capability.js';
import type { FactId, Hash } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import type { Body, BodyOf } from '../../core/facts/bodies.js';
import { upgradeWords } from '../../core/journal/upgrade-marks.js';
import { encodeMessage, parseMessage } from '../../core/links/messages.js';
import type { Lie, LieScene } from './lies.js';
import { createPen } from './pen.js';

interface Offer {
  readonly id: FactId;
  readonly body: BodyOf<'upgrade.proposed'>;
}

/** An upgrade that was put to the account, as the liar knows it. */
const someOffer = ({ holdings, chance }: LieScene): Offer | null => {
  const offers = upgradeWords(holdings.fold().state().marks).flatMap(({ fact, body }) =>
    body.kind === 'upgrade.proposed' ? [{ id: fact, body }] : [],
  );
  return offers.length === 0 ? null : chance.pick(offers);
};

/** One word or more about some upgrade, in the liar's own name. */
const saying =
  (
    bodiesOf: (offer: Offer, scene: LieScene) => readonly Body[],
    wallMsOf: (offer: Offer, scene: LieScene) => { readonly wallMs?: number } = () => ({}),
  ): Lie =>
  async (scene) => {
    const offer = someOffer(scene);
    if (offer === null) return [];
    const pen = createPen(scene.keys, scene.holdings, bytesToHex(scene.chance.bytes(16)));
    const twist = { lamport: 2 ** 20, ...wallMsOf(offer, scene) };
    for (const body of bodiesOf(offer, scene)) pen.write(body, twist);
    return [[{ kind: 'runs', runs: [await pen.run()] }]];
  };

const bundledAs = (body: Offer['body']): Body => ({
  ...{ kind: 'device.bundled', manifest: body.manifest, content: body.content },
  ...{ package: body.package, version: body.version, sequence: body.sequence },
  ...{ protocols: [], fold: 1, channel: 'service-worker', generation: 2 ** 40 },
  ...{ policy: 'auto', cohort: '' },
});

/** The last record under which the liar was allowed to offer versions, where it is not any more. */
const lastAllowed = ({ keys, holdings }: LieScene) => {
  const { lineage, recordAt } = holdings.chain();
  const may = need('upgrade_publish');
  const records = lineage.flatMap((roster) => {
    const record = recordAt(roster);
    return record === null ? [] : [{ roster, record }];
  });
  const last = records.findLast(({ record }) => may(record, keys.signer.device));
  if (last === undefined || last === records.at(-1)) return null;
  return { roster: last.roster, epoch: last.record.epoch };
};

/** What a liar tries about the account's code. Whether it may publish, it does not ask. */
export const CODE_LIES: Readonly<Record<string, Lie>> = {
  'ready for what it never saw': saying(({ id, body }) => [
    {
      ...{ kind: 'upgrade.readied', upgrade: id, verdict: 'ready', reason: null },
      bundle: body.content,
    },
  ]),
  'runs what it does not run': saying(({ body }) => [bundledAs(body)]),
  'ready, and runs it, in another year': saying(
    ({ id, body }) => [
      {
        ...{ kind: 'upgrade.readied', upgrade: id, verdict: 'ready', reason: null },
        bundle: body.content,
      },
      bundledAs(body),
    ],
    // Words on readiness that come too late count for nothing.
    ({ body }, { chance }) => ({ wallMs: chance.pick([0, body.expires, 2 ** 42]) }),
  ),
  'the same release on other terms': saying(({ body }, { chance }) => [
    { ...body, expires: 2 ** 43, waves: [], grace: 0, version: '9.9.9', sequence: 9_999 },
    { ...body, content: bytesToHex(chance.bytes(32)) as Hash },
  ]),
  'takes back what is not its own': saying(({ id }) => [
    { kind: 'upgrade.revoked', upgrade: id, reason: 'mine now' },
    { kind: 'upgrade.resumed', upgrade: id, reason: '' },
  ]),
  'speaks as the admin that it was': async (scene) => {
    const claim = lastAllowed(scene);
    const offer = someOffer(scene);
    if (claim === null || offer === null) return [];
    const { keys, holdings, chance } = scene;
    const pen = createPen(keys, holdings, bytesToHex(chance.bytes(16)), undefined, claim);
    const upgrade = offer.id;
    pen.write({ kind: 'upgrade.halted', upgrade, reason: 'as ever' }, { lamport: 2 ** 20 });
    pen.write({ kind: 'upgrade.revoked', upgrade, reason: 'as ever' }, { lamport: 2 ** 20 });
    pen.write({ ...offer.body, version: '8.8.8', sequence: 8_888 }, { lamport: 2 ** 20 });
    return [[{ kind: 'runs', runs: [await pen.run()] }]];
  },
  'files that nobody asked for': async (scene) => {
    const manifest = someOffer(scene)?.body.manifest;
    if (manifest === undefined) return [];
    const bytes = scene.chance.bytes(40);
    const named = { manifest, file: null, part: 0 } as const;
    return [
      [
        { kind: 'codePart', ...named, totalBytes: bytes.length, bytes },
        { kind: 'wantCode', ...named },
        { kind: 'wantCode', ...named, manifest: bytesToHex(scene.chance.bytes(32)) as Hash },
      ],
    ];
  },
};

/** A part of a version with other bytes in it; every other message as it is. */
export const codeTwisted = (message: Uint8Array): Uint8Array => {
  const read = parseMessage(message);
  if (!read.ok || read.value.kind !== 'codePart' || read.value.bytes === null) return message;
  return encodeMessage({ ...read.value, bytes: read.value.bytes.map((byte) => byte ^ 1) });
};

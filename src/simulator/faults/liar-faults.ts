import { encodeMessage } from '../../core/links/messages.js';
import { type SimDevice, replicaOf } from '../device.js';
import { CODE_LIES, codeTwisted } from './code-lies.js';
import { damageOf } from './damage.js';
import type { Fault, FaultScene } from './fault.js';
import { LIES, type Lie } from './lies.js';
import { payloadsTwisted } from './payload-twist.js';
import { holdingsOn } from './reading.js';
import { evict } from './store-faults.js';
import { VOTE_LIES } from './vote-lies.js';

type Lies = Readonly<Record<string, Lie>>;

/** Members in the hands of liars: fewer than the snapshot threshold, and never the admin. */
const liars =
  (count: number, lies: Lies = LIES): Fault =>
  (scene) => {
    const { world, chance, honest } = scene;
    const turnAt = chance.between(5, 60);
    const heard: Uint8Array[] = [];
    let step = 0;
    let turned: readonly SimDevice[] = [];
    world.network.onSent((_from, _to, message) => {
      if (turned.length > 0 && chance.happens(0.02)) heard[chance.below(30)] = message;
    });
    return {
      step: () => {
        step += 1;
        if (step === turnAt) turned = turn(scene, count);
        for (const liar of turned) {
          if (!chance.happens(0.25)) continue;
          const peers = honest().filter((each) => replicaOf(each) !== null);
          if (peers.length === 0) continue;
          const [said] = heard.filter(() => chance.happens(0.2));
          if (said !== undefined && chance.happens(0.2)) replay(scene, liar, peers, said);
          else void lie(scene, lies, liar, peers);
        }
      },
      end: () => {
        for (const liar of turned) world.crash(liar);
      },
    };
  };

/** From now on the device says what it should, and lies besides, and swallows some of it. */
const turn = ({ world, chance }: FaultScene, count: number): readonly SimDevice[] => {
  const members = world.devices.filter((device) => {
    const account = replicaOf(device)?.view().account;
    return account != null && account.admin !== account.me;
  });
  const [first] = members;
  const account = first === undefined ? null : replicaOf(first)?.view().account;
  if (account == null || account.snapshotThreshold <= count) return [];
  const chosen = members.slice(-count);
  const before = world.devices.filter((each) => each.isLiar && !chosen.includes(each));
  if (before.length + count >= account.snapshotThreshold) return [];
  const withheld = chance.pick([0, 0, 0.3]);
  for (const liar of chosen) {
    liar.isLiar = true;
    // What it alone holds, nobody can be asked for any more.
    damageOf(world, liar, 'rows')();
    world.note(`${liar.name} turns into a liar`);
    world.network.setMouth(liar.name, (_to, message) =>
      message.length > 250 && chance.happens(withheld) ? null : message,
    );
  }
  return chosen;
};

/**
 * A liar that gives other payloads than those that it is asked for, and says nothing else; now and
 * then it is the only one that somebody reaches who lost everything.
 */
const falsePayloads: Fault = (scene) => {
  const { world, chance, honest } = scene;
  const turnAt = chance.between(5, 60);
  let step = 0;
  let turned: readonly SimDevice[] = [];
  let alone: SimDevice | null = null;
  const isolate = (): void => {
    if (alone !== null && chance.happens(0.1)) {
      alone = null;
      world.network.heal();
    } else if (alone === null && chance.happens(0.04) && honest().length >= 4) {
      alone = chance.pick(honest());
      evict(scene, alone);
      for (const other of honest()) {
        world.network.cut(other.name, alone.name);
        world.network.cut(alone.name, other.name);
      }
    }
  };
  return {
    step: () => {
      step += 1;
      if (step === turnAt) {
        turned = turn(scene, 1);
        for (const { name } of turned) {
          world.network.setMouth(name, (_to, message) =>
            chance.happens(0.7) ? payloadsTwisted(message) : message,
          );
        }
      }
      if (turned.length > 0) isolate();
    },
    end: () => {
      for (const liar of turned) world.crash(liar);
      world.network.heal();
    },
  };
};

/** A liar about the account's code: in its own words, and in the files that it gives. */
const falseCode: Fault = (scene) => {
  const { world, chance } = scene;
  const { step, end } = liars(1, CODE_LIES)(scene);
  const mouths = new Set<SimDevice>();
  return {
    step: () => {
      step?.();
      for (const liar of world.devices) {
        if (!liar.isLiar || mouths.has(liar)) continue;
        mouths.add(liar);
        world.network.setMouth(liar.name, (_to, message) =>
          chance.happens(0.7) ? codeTwisted(message) : message,
        );
      }
    },
    ...(end === undefined ? {} : { end }),
  };
};

const replay = (
  { world, chance }: FaultScene,
  liar: SimDevice,
  peers: readonly SimDevice[],
  said: Uint8Array,
): void => world.network.inject(liar.name, chance.pick(peers).name, said);

const lie = async (
  { world, chance }: FaultScene,
  lies: Lies,
  liar: SimDevice,
  peers: readonly SimDevice[],
): Promise<void> => {
  const holdings = await holdingsOn(world, liar);
  if (holdings === null) return;
  const others = world.devices
    .filter((each) => each !== liar)
    .map((each) => each.keys.signer.device);
  const [name, tell] = chance.pick(Object.entries(lies));
  const { keys } = liar;
  const friends = world.devices.flatMap((each) =>
    each.isLiar && each !== liar ? [each.keys] : [],
  );
  const stories = await tell({ keys, holdings, chance, others, friends });
  world.note(`${liar.name} lies: ${name}`);
  const from = chance.below(peers.length);
  for (const [index, story] of stories.entries()) {
    const to = peers[(from + index) % peers.length] as SimDevice;
    for (const message of story) world.network.inject(liar.name, to.name, encodeMessage(message));
  }
};

const garbage: Fault = ({ world, chance }) => ({
  step: () => {
    if (!chance.happens(0.05)) return;
    const [from, to] = [chance.pick(world.devices), chance.pick(world.devices)];
    world.network.inject(from.name, to.name, chance.bytes(chance.between(0, 400)));
  },
});

export const LIAR_FAULTS = {
  liar: liars(1),
  colluders: liars(2),
  'false-code': falseCode,
  'false-votes': liars(1, VOTE_LIES),
  'false-payloads': falsePayloads,
  garbage,
} satisfies Readonly<Record<string, Fault>>;

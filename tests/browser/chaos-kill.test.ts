import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layCable } from './cable.js';
import { killBrowser, launchPersistent } from './chromium.js';
import { makeDevice, type Device } from './device.js';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import type { Act } from './pages/acts.js';
import * as people from './people.js';

const KILLS = disorder.volume(5, 20);
const ACTS_MAX = 60;
const AIMS: readonly Act[] = ['write', 'change', 'propose', 'approve', 'settle'];
const stage = setStage();

describe('a device that is killed again and again', () => {
  it(
    '[A2, F1, F5, F9, S2, S6] keeps all that it acknowledged, stands where it stood or further, and is no liar to others',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'upkeep-chaos-'));
      const cable = await layCable(stage.app().port);
      const [ledger, others] = [disorder.createLedger(), disorder.createLedger()];
      const complaints: string[] = [];
      const start = async (): Promise<Device> => {
        const device = makeDevice('Alice phone', await launchPersistent(folder), cable);
        ledger.hear(device.context);
        return device;
      };
      const judge = async (device: Device, round: string): Promise<void> => {
        const look = await disorder.lookAt(await device.takeHandle('alone'));
        expect(ledger.missing(look), `after ${round}`).toEqual([]);
        expect(look.stage).toBe('member');
      };
      try {
        const bob = await stage.add('Bob phone');
        others.hear(bob.context);
        const first = await start();
        await people.createAccount(first);
        await people.pairDevices(first, bob);
        await people.isInStep(first, 2);
        await first.context.close();
        const far = await bob.takeHandle();
        await disorder.attend(far);

        for (let round = 1; round <= KILLS; round += 1) {
          const chance = disorder.chanceOf('kill', round);
          const aim = chance.pick(AIMS);
          const device = await start();
          await judge(device, `kill ${round - 1}`);
          const page = await device.takeHandle();
          await disorder.attend(page);
          const moment = aim === 'settle' ? 'done' : 'begins';
          const struck = ledger
            .next('done', null, 3 + chance.below(12))
            .then(() => ledger.next(moment, aim, 1));
          const farLife = disorder.live(far, disorder.orderOf(`bob ${round}`, chance.below(4)));
          const life = disorder.live(page, disorder.orderOf(`alice ${round}`, ACTS_MAX));
          await Promise.race([struck, life]);
          await after(chance.below(20));
          complaints.push(...device.complaints);
          await killBrowser(device.context);
          await life.catch(() => undefined);
          await farLife;
        }

        const device = await start();
        await judge(device, 'the last kill');
        const page = await device.takeHandle();
        await disorder.attend(page);
        await Promise.all([page, far].map(disorder.rests));
        const [here, there] = await disorder.allAgree([page, far]);
        if (here === undefined || there === undefined) throw new Error('two were looked at');
        for (const each of [ledger, others]) {
          expect(each.doubles()).toEqual([]);
          expect([...each.lost(here), ...each.lost(there)]).toEqual([]);
        }
        expect([...ledger.missing(here), ...others.missing(there)]).toEqual([]);
        expect(here.index).toBeGreaterThan(0);
        expect([...here.problems, ...there.problems]).toEqual([]);
        expect([...complaints, ...device.complaints]).toEqual([]);
        await device.context.close();
      } finally {
        await cable.close();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    disorder.TEST_MS_MAX,
  );
});

/** The moment of a kill is drawn to the millisecond; nothing is waited for here. */
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

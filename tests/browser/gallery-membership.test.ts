import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { fenced } from '../../src/ui/words/en/later/fenced.js';
import { undone } from '../../src/ui/words/en/later/undone.js';
import { BENS_PHONE, LAPTOP, PAPER, PHONE, hex } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { judgeScreen } from './judging.js';

const DECISION = `#/decision/${hex('de')}`;
const LAPTOP_PAGE = `#/devices/${LAPTOP}`;
const BENS_PAGE = `#/devices/${BENS_PHONE}`;

/** Who belongs, who decides, and what happens when something goes wrong; opened by what names. */
const SCREENS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'quiet', hash: BENS_PAGE, names: [] },
  { sample: 'quiet', hash: `#/devices/${PHONE}`, names: [] },
  { sample: 'quiet', hash: `#/devices/${hex('99')}`, names: [] },
  { sample: 'with-paper', hash: `#/devices/${PAPER}`, names: [] },
  { sample: 'quiet', hash: BENS_PAGE, names: [/^I lost this phone/] },
  { sample: 'quiet', hash: `${LAPTOP_PAGE}/remove`, names: [] },
  { sample: 'quiet', hash: `${LAPTOP_PAGE}/rename`, names: [] },
  { sample: 'quiet', hash: `${BENS_PAGE}/rights`, names: [] },
  { sample: 'quiet', hash: `${BENS_PAGE}/admin`, names: [] },
  { sample: 'locking', hash: '#/devices', names: [] },
  { sample: 'quiet', hash: '#/rules', names: [] },
  { sample: 'quiet', hash: '#/rules', names: [/^Renew the keys/] },
  { sample: 'up-to-date', hash: '#/rules', names: [] },
  { sample: 'removal-asked', hash: '#/', names: [] },
  { sample: 'removal-asked', hash: DECISION, names: [] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Approve/] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Stop it/] },
  { sample: 'removal-mine', hash: DECISION, names: [] },
  { sample: 'removal-undoing', hash: DECISION, names: [] },
  { sample: 'removal-stopped', hash: DECISION, names: [] },
  { sample: 'removal-turned-down', hash: DECISION, names: [] },
  { sample: 'rights-asked', hash: DECISION, names: [] },
  { sample: 'admin-asked', hash: DECISION, names: [] },
  { sample: 'keys-asked', hash: DECISION, names: [] },
  { sample: 'recovery-due', hash: '#/', names: [] },
  { sample: 'recovery-due', hash: '#/recovery', names: [] },
  { sample: 'recovery-due', hash: '#/recovery', names: [/^Make a/] },
  { sample: 'recovery-due', hash: '#/recovery', names: [/^Make a/, /^I have them/] },
  { sample: 'recovery-open', hash: '#/recovery', names: [] },
  { sample: 'recovery-there', hash: '#/', names: [] },
  { sample: 'recovery-there', hash: '#/recovery', names: [] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Check it/] },
  { sample: 'recovery-elsewhere', hash: '#/recovery', names: [/^Check it/] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Use the recovery key/] },
  { sample: 'removed', hash: '#/', names: [] },
  { sample: 'split', hash: '#/', names: [] },
  { sample: 'split', hash: '#/split', names: [] },
  { sample: 'split', hash: '#/split', names: [/^Bring them together/] },
  { sample: 'split-asked', hash: '#/split', names: [] },
  { sample: 'split-stuck', hash: '#/split', names: [] },
  { sample: 'merge-asked', hash: DECISION, names: [] },
  { sample: 'quiet', hash: '#/leave', names: [] },
  { sample: 'quiet', hash: '#/leave', names: [/^Leave together/] },
  { sample: 'leave-came', hash: '#/leave', names: [/^Leave together/] },
  { sample: 'leave-asked', hash: '#/', names: [] },
  { sample: 'leave-asked', hash: '#/leave', names: [] },
  { sample: 'leave-answered', hash: '#/leave', names: [] },
  { sample: 'leave-own', hash: '#/leave', names: [] },
  { sample: 'leave-alone', hash: '#/leave', names: [] },
  { sample: 'leave-founded', hash: '#/leave', names: [] },
  { sample: 'leave-nowhere', hash: '#/leave', names: [] },
];

/** The account's own code: what is offered, what runs, and who is ready. */
const UPDATES: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'up-to-date', hash: '#/updates', names: [/^Go back/] },
  { sample: 'offered', hash: '#/', names: [] },
  { sample: 'offered', hash: '#/updates', names: [/^Not now/] },
  { sample: 'too-few', hash: '#/updates', names: [] },
  { sample: 'mismatch', hash: '#/updates', names: [] },
  { sample: 'uncounted', hash: DECISION, names: [] },
  { sample: 'uncounted', hash: '#/rules', names: [] },
  { sample: 'up-to-date', hash: '#/updates', names: [] },
  { sample: 'halted', hash: '#/updates', names: [] },
  { sample: 'trial', hash: '#/updates', names: [] },
  { sample: 'rolled-back', hash: '#/updates', names: [] },
  { sample: 'unwell', hash: '#/updates', names: [] },
  { sample: 'unwell', hash: '#/health', names: [] },
  { sample: 'unwell', hash: '#/more', names: [] },
  { sample: 'alone', hash: '#/health', names: [] },
  { sample: 'hard-bind', hash: '#/updates', names: [/^Make it binding/] },
  { sample: 'hard-not-admin', hash: '#/updates', names: [/Manage this version/] },
  { sample: 'offered', hash: '#/publish', names: [] },
  { sample: 'binding-asked', hash: DECISION, names: [] },
  { sample: 'fenced-out', hash: '#/', names: [] },
  { sample: 'fenced-failed', hash: '#/', names: [] },
  { sample: 'fenced-failed', hash: '#/updates', names: [] },
  { sample: 'loader-changed', hash: '#/updates', names: [] },
  { sample: 'loader-awaited', hash: '#/updates', names: [] },
  { sample: 'up-to-date', hash: '#/publish', names: [/^See what it has/] },
];

const stage = stageGallery();

describe('[P1] the screens of membership and of the account’s code', () => {
  it.each([...SCREENS, ...UPDATES])(
    '[P1] $sample at $hash, by $names: no fault',
    async (screen) => {
      await stage.open(screen.sample, screen.hash, screen.names);
      await judgeScreen(stage);
    },
  );
});

describe('the admin’s part', () => {
  it('[A8, F8, P1] who may not offer, ask to bind or take back a version is told who may', async () => {
    const { page } = stage;
    const able = ['Anna’s laptop'];
    await stage.open('hard-not-admin', '#/updates');
    for (const [name, why] of [
      [updateWords.publishOpen, updateWords.mayOffer(able)],
      [updateWords.bind, en.membership.elsewhere(able)],
    ] as const) {
      const button = page.getByRole('button', { name, exact: true });
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      const id = await button.getAttribute('aria-describedby');
      expect(await page.locator(`[id="${id}"]`).innerText()).toBe(why);
    }
    await page.getByText(updateWords.manage, { exact: true }).click();
    await page.getByText(updateWords.mayManage(able), { exact: true }).waitFor();
    await stage.open('offered', '#/publish');
    await page.getByText(updateWords.mayOffer(able), { exact: true }).waitFor();
  });

  it('[A8, F8, P1] what it brings stands among the rights, and nothing of it is for later', async () => {
    const { page } = stage;
    const say = en.membership.rights;
    await stage.open('quiet', `${BENS_PAGE}/rights`);
    const dialog = page.getByRole('dialog');
    for (const asked of ['upgrade_publish', 'upgrade_activate', 'policy_change'] as const) {
      await dialog.getByLabel(say.capability[asked] as string, { exact: true }).waitFor();
    }
    const later = dialog.getByLabel(say.capability['schedule_change'] as string, { exact: true });
    expect(await later.isVisible()).toBe(false);
  });
});

describe('Home behind a fence', () => {
  it('[U4, U7, C9] what failed there can be tried again, and what the others ask is there', async () => {
    const { page } = stage;
    await stage.open('fenced-failed', '#/');
    await page.getByRole('heading', { name: fenced.title }).waitFor();
    await page.getByText(updateWords.wentBackTitle).waitFor();
    await page.getByRole('button', { name: updateWords.again, exact: true }).waitFor();
    await page.getByRole('link', { name: en.home.look, exact: true }).click();
    await page.getByRole('button', { name: en.decision.approve, exact: true }).waitFor();
  });
});

describe('Updates behind a fence', () => {
  it('[U4, P1] the way back stands there too, and nothing says that all is up to date', async () => {
    const { page } = stage;
    await stage.open('fenced-failed', '#/updates');
    await page.getByText(fenced.title).waitFor();
    await page.getByRole('button', { name: updateWords.again, exact: true }).waitFor();
    expect(await page.getByText(updateWords.upToDate, { exact: true }).count()).toBe(0);
  });
});

describe('Updates of a device whose website changed what opens the app', () => {
  it('[U6, P1] nothing says that all is up to date beside the alarm', async () => {
    const { page } = stage;
    await stage.open('loader-changed', '#/updates');
    await page.getByText(updateWords.loaderTitle).waitFor();
    await page.getByRole('heading', { name: updateWords.running, exact: true }).waitFor();
    expect(await page.getByText(updateWords.upToDate, { exact: true }).count()).toBe(0);
  });
});

describe('Home of a device that found something wrong with itself', () => {
  it('[H1, P1] it never says that all checks are good', async () => {
    const { page } = stage;
    await stage.open('unwell', '#/');
    await page.getByText('2 checks are not well: see Updates.').waitFor();
    expect(await page.getByText('All checks good').count()).toBe(0);
  });
});

describe('Health', () => {
  it('[H1, P1] tells what is not well with what helps, and looks again when asked', async () => {
    const { page } = stage;
    await stage.open('unwell', '#/more');
    await page.getByRole('link', { name: /^Health.*3 checks need care/ }).click();
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
    await page.getByText('The clock here differs from those of your other devices').waitFor();
    await page.getByText('No answer about signing').waitFor();
    const figure = page.getByRole('region', { name: 'As found last' }).getByRole('status');
    expect(await figure.textContent()).toContain('3 checks need care');
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('All checks good').waitFor();
    expect(await page.getByText('No answer about signing').count()).toBe(0);
  });
});

describe('the recovery key', () => {
  it('[A5, P1] its words are shown, and three of them asked for before it is done', async () => {
    const { page } = stage;
    await stage.open('recovery-due', '#/');
    await page.getByRole('link', { name: 'Do it now' }).click();
    await page.getByRole('button', { name: 'Make a recovery key' }).click();
    const shown = page.getByRole('list', { name: 'The 24 words' }).locator('b');
    await shown.last().waitFor();
    const words = await shown.allTextContents();
    expect(words).toHaveLength(24);
    await page.getByRole('button', { name: 'I have them' }).click();
    const fields = page.getByRole('textbox');
    for (const at of [0, 1, 2]) await fields.nth(at).fill('zebra');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText(/not the words at those places/).waitFor();
    for (const index of [3, 11, 19]) {
      await page.getByLabel(`Word ${index + 1}`, { exact: true }).fill(words[index] ?? '');
    }
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('All right. The words are at hand.').waitFor();
    expect(await page.getByText(words[0] ?? '', { exact: true }).count()).toBe(0);
  });
});

describe('two lists of devices', () => {
  it('[A3, P1] whoever agreed to both is named and goes, unless a person lets it stay', async () => {
    const { page } = stage;
    await stage.open('split', '#/split', [/^Bring them together/]);
    const dialog = page.getByRole('dialog');
    const ben = dialog.getByRole('checkbox', { name: 'Ben’s phone' });
    expect(await ben.isChecked()).toBe(true);
    await ben.uncheck();
    await dialog.getByRole('button', { name: 'Ask the others' }).click();
    await page.waitForURL(/#\/decision\//);
    await stage.open('split-stuck', '#/split');
    await page.getByText(/begin another account/).waitFor();
    expect(await page.getByRole('button', { name: /^Bring/ }).count()).toBe(0);
  });
});

describe('a dangerous change', () => {
  it('[A9, P1] a yes asks for the number that the other screen shows', async () => {
    const { page } = stage;
    await stage.open('removal-asked', DECISION);
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    const approve = dialog.getByRole('button', { name: 'Approve' });
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('textbox').fill('12');
    await approve.click();
    await dialog.getByText(/not the number on the other screen/).waitFor();
    await dialog.getByRole('textbox').fill('47');
    await approve.click();
    await page.getByText('Two said yes. It is done on this device.').waitFor();
  });

  it('[C2, A11, P1] whoever asked for what would undo snapshots is told to ask again', async () => {
    const { page } = stage;
    await stage.open('removal-undoing', DECISION);
    await page.getByText(undone.text).waitFor();
    await page.getByRole('button', { name: en.decision.withdraw, exact: true }).waitFor();
    await stage.open('removal-mine', DECISION);
    await page.getByRole('button', { name: en.decision.withdraw, exact: true }).waitFor();
    expect(await page.getByText(undone.title).count()).toBe(0);
  });

  it('[A9, P1] whoever asked sees the number, and any other device can stop it', async () => {
    const { page } = stage;
    await stage.open('removal-mine', DECISION);
    await page.getByText('47', { exact: true }).waitFor();
    await stage.open('removal-asked', DECISION);
    expect(await page.getByText('47', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Stop it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('it lies under the sofa');
    await dialog.getByRole('button', { name: 'Stop it' }).click();
    await page.getByText('Anna’s phone stopped it. It does not happen.').waitFor();
  });

  it('[A5, P1] the admin’s device leaves only with a name for who comes after it', async () => {
    const { page } = stage;
    await stage.open('quiet', `${LAPTOP_PAGE}/remove`);
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Take it out' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('radio', { name: 'Ben’s phone' }).check();
    await send.click();
    await page.waitForURL(/#\/decision\//);
  });

  it('[A1, P1] a rule by which one lost device would lock the account is warned of', async () => {
    const { page } = stage;
    await stage.open('quiet', '#/rules');
    const title = page.getByText('One lost device would lock the account');
    expect(await title.count()).toBe(0);
    await page.getByRole('button', { name: 'One more' }).nth(1).click();
    await title.waitFor();
    await page.getByRole('button', { name: 'Ask the others' }).click();
    await page.waitForURL(/#\/decision\//);
  });
});

describe('the account’s code', () => {
  const updates = '#/updates';

  it('[U2, U9, P1] what this device does with it by itself is chosen one by one, its turn too', async () => {
    const { page } = stage;
    await stage.open('up-to-date', updates);
    const chosen = (group: string, name: string) =>
      page.getByRole('group', { name: group }).getByRole('radio', { name });
    for (const [group, name, note] of [
      ['Download them', 'By itself', 'Small steps are downloaded and checked as they come.'],
      ['Switch to them', 'By itself', 'To small steps that are here and checked'],
      ['Pass them on', 'Only what is needed', 'For anything else they ask another device.'],
      ['Its turn', 'Late', 'it waits until the others'],
    ] as const) {
      expect(await chosen(group, name).isChecked()).toBe(false);
      await chosen(group, name).check({ force: true });
      await page.getByText(note, { exact: false }).waitFor();
      expect(await chosen(group, name).isChecked()).toBe(true);
    }
  });

  it('[U4, P1] that more have to be ready is set by steps, and stays between the devices that decide and all', async () => {
    const { page } = stage;
    await stage.open('up-to-date', '#/rules');
    const set = page.getByRole('button', { name: 'Set it' });
    expect(await set.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'One more' }).last().click();
    await page.getByText('All 3 must have checked it.', { exact: false }).waitFor();
    await set.click();
    await page.getByText('It is that many already.').waitFor();
    await page.getByText(/^It holds from now on\. .+ set this/).waitFor();
  });

  it('[U4, U9, P1] it is offered for an hour unless people choose otherwise, and by turns to whom they name', async () => {
    const { page } = stage;
    await stage.open('up-to-date', '#/publish', [/^See what it has/]);
    const hour = page.getByRole('radio', { name: 'an hour', exact: true });
    expect(await hour.isChecked()).toBe(true);
    await page.getByRole('radio', { name: /^By their turns/ }).check();
    await page.getByText(/^First Anna’s phone; then .+; last Ben’s phone/).waitFor();
  });

  it('[U12, P1] it stands as not rehearsed', async () => {
    await stage.open('offered', updates);
    await stage.page.getByText('Not rehearsed', { exact: false }).waitFor();
  });

  it('[U3, P1] is fetched by one touch, with its steps named; a no asks for its reason', async () => {
    const { page } = stage;
    await stage.open('offered', updates);
    await page.getByText('Closes a hole in pairing.').waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('3 of 11 files').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Not now…' }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Say no' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('textbox').fill('not before the holidays');
    await send.click();
    await page.getByRole('button', { name: 'Take it after all' }).waitFor();
  });

  it('[C8, P1] who is missing is named, with the cheapest step', async () => {
    const { page } = stage;
    await stage.open('too-few', updates);
    const activate = page.getByRole('button', { name: 'Switch now' });
    expect(await activate.getAttribute('aria-disabled')).toBe('true');
    await page.getByText('Missing: Anna’s laptop or Ben’s phone.', { exact: false }).waitFor();
    await page.getByText('open Upkeep on Anna’s laptop', { exact: false }).waitFor();
  });

  it('[U3, P1] a file that is not what was offered is named', async () => {
    await stage.open('mismatch', updates);
    const { page } = stage;
    await page.getByText('The file assets/index-4f2a.js is not what was offered.').waitFor();
  });

  it('[U4, P1] what every device will need is asked of the account, with its fence', async () => {
    const { page } = stage;
    await stage.open('hard-bind', updates);
    await page.getByRole('button', { name: 'Make it binding…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/every device needs this version/).waitFor();
    await dialog.getByText(/Ben’s phone runs an older one/).waitFor();
    await dialog.getByRole('button', { name: 'Ask the others' }).click();
    await page.waitForURL(/#\/decision\/de/);
  });

  it('[U2, P1] what a host has is shown before it is offered, and why it would be refused', async () => {
    const { page } = stage;
    await stage.open('up-to-date', '#/publish');
    await page.getByRole('textbox').fill('https://old.example');
    await page.getByRole('button', { name: 'See what it has' }).click();
    await page.getByText('Your devices would refuse it').waitFor();
    expect(await page.getByRole('button', { name: 'Offer it' }).count()).toBe(0);
    await page.getByRole('textbox').fill('https://nowhere.example');
    await page.getByRole('button', { name: 'See what it has' }).click();
    await page.getByText('The website could not be reached. Try again later.').waitFor();
    await page.getByRole('textbox').fill('');
    await page.getByRole('button', { name: 'See what it has' }).click();
    await page.getByText('Upkeep 1.9.0').waitFor();
    await page.getByRole('radio', { name: /^Every device, in the end/ }).check();
    await page.getByRole('button', { name: 'Offer it' }).click();
    await page.waitForURL(/#\/updates/);
  });
});

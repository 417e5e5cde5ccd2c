import { mount } from 'svelte';
import type { View } from '../../../src/replica/view.js';
import App from '../../../src/ui/App.svelte';
import { createFixtureReplica, stillClock } from '../fixtures/fixture-replica.js';
import { SAMPLE_VIEWS } from '../fixtures/sample-views.js';
import { MEMBERSHIP_VIEWS } from '../fixtures/samples-membership.js';
import { EVERYDAY_VIEWS } from '../fixtures/samples-everyday.js';
import { FILES_VIEWS } from '../fixtures/samples-files.js';
import { STANDING_KEPT, STANDING_VIEWS } from '../fixtures/samples-standing.js';
import { SYNC_VIEWS } from '../fixtures/samples-sync.js';
import { UPDATES_VIEWS } from '../fixtures/samples-updates.js';

/** Shows any screen with any sample: `gallery.html?sample=needs-me#/decision/<id>`. */
const name = new URLSearchParams(location.search).get('sample') ?? 'needs-me';
const samples: Readonly<Record<string, View>> = {
  ...SAMPLE_VIEWS,
  ...EVERYDAY_VIEWS,
  ...MEMBERSHIP_VIEWS,
  ...FILES_VIEWS,
  ...SYNC_VIEWS,
  ...STANDING_VIEWS,
  ...UPDATES_VIEWS,
};
const view = samples[name];
const target = document.getElementById('app');
if (view === undefined || target === null) throw new Error(`no sample is called ${name}`);

const kept = STANDING_KEPT[name];
if (kept !== undefined) localStorage.setItem(...kept);

mount(App, {
  target,
  props: {
    replica: createFixtureReplica(view),
    clock: stillClock,
    about: {
      version: '0.1.0',
      build: '9f3c2a7be1d04c55',
      protocols: ['upkeep/fact/1', 'upkeep/channel/1'],
      newer: {
        isWaiting: () => name === 'waiting',
        subscribe: () => () => undefined,
        use: () => undefined,
      },
    },
  },
});

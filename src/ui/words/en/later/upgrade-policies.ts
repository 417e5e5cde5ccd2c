/** Words of what a device does about new versions by itself, and of its turn. */
export const upgradePolicies = {
  title: 'New versions on this device',
  fetch: {
    title: 'Download them',
    options: {
      manual: {
        label: 'When I ask',
        note: 'Home tells you of each. Nothing is downloaded before.',
      },
      auto: {
        label: 'By itself',
        note: 'Small steps are downloaded and checked as they come. What every device will need waits for you.',
      },
    },
  },
  activate: {
    title: 'Switch to them',
    options: {
      manual: { label: 'When I say so', note: 'Nothing switches by itself.' },
      auto: {
        label: 'By itself',
        note: 'To small steps that are here and checked, once enough devices are ready. What every device will need still asks you.',
      },
    },
  },
  cohort: {
    title: 'Its turn',
    options: {
      early: {
        label: 'Early',
        note: 'Where devices go one after another it is among the first, and finds out what is wrong.',
      },
      usual: {
        label: 'Usual',
        note: 'Where devices go one after another it follows once the early ones ran it well.',
      },
      late: {
        label: 'Late',
        note: 'Where devices go one after another it waits until the others ran it well.',
      },
    },
  },
  give: {
    title: 'Pass them on',
    options: {
      all: {
        label: 'To all',
        note: 'Your other devices get from this one what the website does not give.',
      },
      needed: {
        label: 'Only what is needed',
        note: 'What every device needs, what brings one back in, and what this device offered is given all the same. For anything else they ask another device.',
      },
    },
  },
};

import { describe, expect, it } from 'vitest';
import { versionsToSteps } from '../../../src/ui/screens/records/version-changes.js';
import { versions } from '../../browser/fixtures/sample-parts.js';

describe('[P1] how a record came to be', () => {
  it('[P1] the newest stands first, with what it changed', () => {
    const [now, before, kept] = versionsToSteps(versions);
    expect(now).toMatchObject({ isNow: true, hasOtherText: true, labelsAdded: ['winter'] });
    expect(before).toMatchObject({ isNow: false, labelsAdded: [], titleBefore: null });
    expect(kept).toMatchObject({ hasOtherText: true, labelsAdded: [], labelsTaken: [] });
  });

  it('[P1] another title and a label taken off are told', () => {
    const [first] = versions;
    if (first === undefined) throw new Error('there is one');
    const steps = versionsToSteps([first, { ...first, title: 'Heating', labels: [] }]);
    expect(steps[0]).toMatchObject({
      titleBefore: first.title,
      hasOtherText: false,
      labelsTaken: ['home'],
    });
  });
});

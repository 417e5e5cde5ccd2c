import { describe, expect, it } from 'vitest';
import { decisionToDots } from '../../../src/ui/components/quorum.js';
import { shownDecision, viewToHomeLists } from '../../../src/ui/screens/home/home-lists.js';
import { PHONE } from '../../browser/fixtures/sample-parts.js';
import { SAMPLE_VIEWS } from '../../browser/fixtures/sample-views.js';
import { MEMBERSHIP_VIEWS } from '../../browser/fixtures/samples-membership.js';

const HOME = { kind: 'home' } as const;

describe('[P1] the queue of Home', () => {
  it('[P1] what needs the person stands open first; else what waits for others; else nothing', () => {
    const view = SAMPLE_VIEWS['needs-me'];
    const { needsMe, waiting } = viewToHomeLists(view);
    expect(needsMe.length * waiting.length).toBeGreaterThan(0);
    expect(shownDecision(view, HOME)).toBe(needsMe[0]?.id);
    expect(shownDecision({ ...view, decisions: waiting }, HOME)).toBe(waiting[0]?.id);
    expect(shownDecision({ ...view, decisions: [] }, HOME)).toBeNull();
    const id = waiting[0]?.id;
    if (id !== undefined) expect(shownDecision(view, { kind: 'decision', id })).toBe(id);
  });

  it('[A9, P1] a change that was stopped asks nobody any more', () => {
    const view = MEMBERSHIP_VIEWS['removal-stopped'];
    const lists = view === undefined ? null : viewToHomeLists(view);
    expect(lists).toMatchObject({ needsMe: [], waiting: [] });
    const [stopped] = lists?.settled ?? [];
    expect(stopped === undefined ? [] : decisionToDots(stopped, PHONE)).toEqual(['yes', 'away']);
  });

  it('[C3, P1] nor does what too many refused', () => {
    const view = MEMBERSHIP_VIEWS['removal-turned-down'];
    const lists = view === undefined ? null : viewToHomeLists(view);
    expect(lists).toMatchObject({ needsMe: [], waiting: [] });
    const [down] = lists?.settled ?? [];
    const dots = down === undefined ? [] : decisionToDots(down, PHONE);
    expect(dots).toEqual(['yes', 'away', 'no']);
  });
});

import { expect } from 'vitest';
import { findFocusFaults } from './focus-walk.js';
import type { GalleryStage } from './gallery-stage.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

/**
 * Judges what stands on the page now, in every look, by every measure: by keyboard as it stands, and
 * on a wide screen after that; leaves it with text at 200 %.
 */
export const judgeScreen = async (stage: GalleryStage): Promise<void> => {
  const { page } = stage;
  expect(await findFocusFaults(page)).toEqual([]);
  expect(await findFaultsInLooks(page)).toEqual([]);
  expect(await findFocusFaults(page)).toEqual([]);
  expect(await findTightPlaces(page)).toEqual([]);
  expect(stage.complaints).toEqual([]);
};

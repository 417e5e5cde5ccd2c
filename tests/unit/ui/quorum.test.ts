import { describe, expect, it } from 'vitest';
import { decisionToDots, deviceToDot, shareToDots } from '../../../src/ui/components/quorum.js';
import { PHONE, bensPhone, decision, laptop, phone } from '../../browser/fixtures/sample-parts.js';

describe('[P1] the dots', () => {
  it('[P1] a device is filled where it holds the same, ringed behind, dotted away', () => {
    expect(deviceToDot(laptop)).toBe('yes');
    expect(deviceToDot({ ...laptop, isInStep: false })).toBe('awaited');
    expect(deviceToDot({ ...bensPhone, isInStep: true })).toBe('away');
    expect(deviceToDot({ ...phone, isInStep: false })).toBe('yes');
  });

  it('[P1] a rule fills as many as it asks for', () => {
    expect(shareToDots(2, 3)).toEqual(['yes', 'yes', 'away']);
    expect(shareToDots(2, 2)).toEqual(['yes', 'yes']);
  });

  it('[P1] a decision shows who said yes first, and whose turn it is', () => {
    expect(decisionToDots(decision(), PHONE)).toEqual(['yes', 'turn', 'away']);
    expect(decisionToDots(decision({ needsMe: false }), PHONE)).toEqual(['yes', 'awaited', 'away']);
  });
});

import { describe, expect, it } from 'vitest';
import type { TryProfile } from '../../../src/ui/screens/try-it/databases.js';
import {
  nextStep,
  parseReport,
  planHandover,
  type TryReport,
} from '../../../src/ui/screens/try-it/try-report.js';

const report = (profile: TryProfile, more: Partial<TryReport> = {}): TryReport => ({
  kind: 'upkeep:try-report',
  profile,
  stage: 'empty',
  pairing: 'idle',
  code: null,
  devices: 0,
  records: 0,
  hasProposal: false,
  snapshots: 0,
  ...more,
});
const member = (profile: TryProfile, more: Partial<TryReport> = {}): TryReport =>
  report(profile, { stage: 'member', devices: 1, ...more });

describe('[P4] the guide beside three pretend devices', () => {
  it('[P4] goes from an account to an approved snapshot in five steps', () => {
    expect(nextStep({})).toBe('create');
    expect(nextStep({ 'try-1': report('try-1') })).toBe('create');
    expect(nextStep({ 'try-1': member('try-1') })).toBe('pair');
    const paired = member('try-1', { devices: 2 });
    expect(nextStep({ 'try-1': paired })).toBe('write');
    expect(nextStep({ 'try-2': { ...paired, records: 1 } })).toBe('propose');
    expect(nextStep({ 'try-1': { ...paired, records: 1, hasProposal: true } })).toBe('approve');
    expect(nextStep({ 'try-1': { ...paired, snapshots: 1 } })).toBeNull();
  });

  it('[P4] hands a shown code to the first device without an account', () => {
    const code = 'https://up.example/#/join/7K4FM';
    const inviting = member('try-1', { pairing: 'inviting', code });
    const reports = { 'try-1': inviting, 'try-2': report('try-2'), 'try-3': report('try-3') };
    expect(planHandover(reports)).toEqual({ code, to: 'try-2' });
    expect(planHandover({ ...reports, 'try-2': member('try-2') })).toEqual({ code, to: 'try-3' });
  });

  it('[P4] hands nothing over without a code, or without anybody to take it', () => {
    const code = 'https://up.example/#/join/7K4FM';
    expect(planHandover({ 'try-1': member('try-1'), 'try-2': report('try-2') })).toBeNull();
    const seeking = report('try-2', { stage: 'pairing', pairing: 'seeking' });
    expect(planHandover({ 'try-1': member('try-1', { code }), 'try-2': seeking })).toBeNull();
  });

  it('[P4] takes no message of another kind or profile', () => {
    expect(parseReport(report('try-2'))).toEqual(report('try-2'));
    expect(parseReport({ ...report('try-2'), profile: 'try-9' })).toBeNull();
    expect(parseReport({ kind: 'other' })).toBeNull();
    expect(parseReport(null)).toBeNull();
    expect(parseReport('upkeep:try-report')).toBeNull();
  });
});

import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { RosterChanges } from '../decisions/decision-view.js';

/** Why a device is taken out, as the one who asks for it says. */
export const REMOVAL_REASONS = ['lost', 'stolen', 'sold', 'left', 'other'] as const;
/** One of the reasons that there are. */
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** This device is no member any more: what it holds stays readable, and nothing can be written. */
export interface RemovedView {
  /** When this device learned of it. */
  readonly atMs: number;
  /** The identity epoch that began without it. */
  readonly byEpoch: number;
  /** Names of those who agreed, as far as their votes came along. */
  readonly by: readonly string[];
  /** Null where only the record came and not what was said about it. */
  readonly reason: RemovalReason | null;
}

/** A device that came in through another one while this one was a member (rule N9). */
export interface NewcomerView {
  readonly device: DeviceId;
  readonly name: string;
  /** The device that put it forward, by the name that it then had. */
  readonly by: string;
  /** The record that let it in. */
  readonly roster: RosterHash;
  /** When this device heard of it, wall ms; null where that is forgotten. */
  readonly atMs: number | null;
}

/** What a dangerous change asks of people beyond a yes (rule A9). */
export interface DangerView {
  /** On the screen of the device that put it forward; null on all others. */
  readonly matchNumber: string | null;
  /** An approver has to give the number that the other screen shows. */
  readonly needsMatch: boolean;
  /** When this device's person agreed; null before. */
  readonly confirmedAtMs: number | null;
  /** When this device votes by itself, wall ms; null before it saw it, or it may lock in yet. */
  readonly votesAtMs: number | null;
  readonly vetoedBy: DeviceId | null;
  readonly canVeto: boolean;
}

/** Rival records that follow one another's predecessor (rule A3). */
export interface ForkView {
  readonly parent: RosterHash;
  readonly branches: readonly {
    readonly record: RosterHash;
    readonly signedBy: readonly DeviceId[];
    readonly admin: DeviceId;
    readonly members: readonly { readonly device: DeviceId; readonly name: string }[];
    /** Against the record before the fork. */
    readonly changes: RosterChanges;
    /** Other records follow it already. */
    readonly goesOn: boolean;
  }[];
  /** Who voted for more than one of them. */
  readonly votedTwice: readonly DeviceId[];
  /** Who hid, in promising a later ballot, a vote for another of them. */
  readonly brokePromise: readonly DeviceId[];
  /** The record that stands, where a snapshot settled it; null while it is open. */
  readonly stands: RosterHash | null;
  /** Whether this device may ask to unite them. See View.merging. */
  readonly canMerge: boolean;
}

/** What uniting rival lists of devices takes (rule A3). */
export interface MergingView {
  /** Whose yes counts; nobody where none may unite them. */
  readonly deciders: readonly { readonly device: DeviceId; readonly name: string }[];
  /** How many of them; 0 where none may. */
  readonly needed: number;
  /** Shown to have voted twice, or to have hidden a vote: their word does not count here. */
  readonly brokeWord: readonly { readonly device: DeviceId; readonly name: string }[];
  /** Whom one of the lists let in: they may stay out of the new one, and be let in again. */
  readonly newcomers: readonly { readonly device: DeviceId; readonly name: string }[];
  /** What is asked for already; null when nothing is. */
  readonly decision: StatementHash | null;
  /** Why this device cannot ask; null when it can. */
  readonly blocker: 'not-forked' | 'broke-word' | 'merge-not-shown' | 'not-allowed' | null;
}

/** Whether what may happen on any day would lock the account. */
export interface LockoutView {
  /** With any one device lost, the others are too few to change the devices or agree. */
  readonly oneLostDeviceLocks: boolean;
}

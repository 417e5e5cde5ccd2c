import type { DeviceId, EncryptionKey, StatementHash } from '../../core/base/brands.js';
import { NEWCOMER_CAPABILITIES_MASK } from '../../core/authority/capability.js';
import type { RosterChange } from '../../core/authority/roster-plan.js';
import { type RosterRecord, encodeRosterRecord, memberOf } from '../../core/authority/roster.js';
import { encodeRosterCompletion } from '../../core/authority/roster-completion.js';
import { newcomersOf } from '../../core/authority/transition.js';
import { err, ok } from '../../core/base/result.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import { type EpochSecrets, sealTo } from '../membership/epoch-secrets.js';
import { type DraftedRecord, draftRecord } from '../membership/roster-draft.js';
import type { RosterService } from '../membership/roster-service.js';
import { stageNow } from '../decisions/standing-of.js';

/** A record that names a newcomer, with that newcomer's envelope of the epoch's secret. */
export interface JoinOffer {
  readonly record: RosterRecord;
  readonly recordBytes: Uint8Array;
  readonly envelope: Uint8Array;
  /** To be proposed once the newcomer consents; null for a joining that was begun before. */
  readonly draft: DraftedRecord | null;
  /** The decision about it; null before there is one, and where it is in force already. */
  readonly statement: StatementHash | null;
}

/** What a newcomer is: what it revealed of itself when both screens showed their words. */
export interface Newcomer {
  readonly device: DeviceId;
  readonly encryptionKey: EncryptionKey;
  readonly name: string;
}

/**
 * What this device offers a newcomer to sign: what was begun before, else a new record.
 *
 * `replaces` is the member whose new keys these are; the same record takes it out.
 * Errors: those of a draft, and whatever keeps this device from asking the others now.
 */
export const joinOfferFor = async (
  context: Context,
  rosters: RosterService,
  secrets: EpochSecrets,
  newcomer: Newcomer,
  replaces: DeviceId | null,
): Done<JoinOffer> => {
  const begun = await findBegunJoin(context, rosters, secrets, newcomer);
  if (begun !== null) return ok(begun);
  const refusal = await rosters.whyNoProposal();
  if (refusal !== null) return err(refusal);
  const drafted = await draftRecord(context, joinChange(context, newcomer, replaces));
  if (!drafted.ok) return drafted;
  const draft = drafted.value;
  const isFor = ({ device }: { readonly device: DeviceId }) => device === newcomer.device;
  const envelope = draft.envelopes.find(isFor)?.envelope;
  if (envelope === undefined) return err({ kind: 'busy' });
  const { record, recordBytes } = draft;
  return ok({ record, recordBytes, envelope, draft, statement: null });
};

/**
 * A newcomer, in the place of another member where one is named: new keys for one device are one
 * transition, with what the old ones were allowed, the admin's part included (rules F5 and F6).
 */
const joinChange = (
  { holdings }: Context,
  { device, encryptionKey, name }: Newcomer,
  replaces: DeviceId | null,
): RosterChange => {
  const tip = holdings?.chain().tip;
  const old = replaces === null || tip === undefined ? null : memberOf(tip, replaces);
  const capabilities = old?.capabilities ?? NEWCOMER_CAPABILITIES_MASK;
  const add = [{ device, encryptionKey, name, capabilities, storage: 'soft' as const }];
  if (replaces === null) return { add };
  return { add, remove: [replaces], ...(tip?.admin === replaces ? { admin: device } : {}) };
};

/**
 * The joining of this very device that was begun before, if there is one.
 *
 * A newcomer that gave up, or an inviter that died, may leave a record behind that stands or may
 * still be brought about: a second record would compete with the first for the same votes. So the
 * first is finished. Null when there is none, or the device has another encryption key now.
 * Source: rules A2, A3 and N9.
 */
const findBegunJoin = async (
  context: Context,
  rosters: RosterService,
  secrets: EpochSecrets,
  newcomer: Newcomer,
): Promise<JoinOffer | null> => {
  const { holdings } = context;
  if (holdings === null) return null;
  const { device, encryptionKey } = newcomer;
  const { tip } = holdings.chain();
  const isNamedBy = (record: RosterRecord): boolean =>
    memberOf(record, device)?.encryptionKey === encryptionKey;
  if (isNamedBy(tip)) {
    const envelope = await sealTo(context, secrets, tip, device);
    if (envelope === null) return null;
    return {
      record: tip,
      recordBytes: encodeRosterRecord(tip),
      envelope,
      draft: null,
      statement: null,
    };
  }
  for (const ceremony of holdings.ceremonies().values()) {
    const { matter, statement } = ceremony;
    if (matter.purpose !== 'roster' || !ceremony.heldBy.has(holdings.me)) continue;
    if (stageNow(holdings, ceremony, context.ports.clock.wallMs()) !== 'open') continue;
    const { record, recordBytes } = matter;
    const isWanted = isNamedBy(record) && newcomersOf(record, tip).includes(device);
    const envelope = matter.envelopes.find((each) => each.device === device)?.envelope;
    if (!isWanted || envelope === undefined || !rosters.isOpenTo(matter)) continue;
    return { record, recordBytes, envelope, draft: null, statement };
  }
  return null;
};

/** Every record from the first to the one in force, as completions. */
export const chainOf = (context: Context): readonly Uint8Array[] => {
  const { holdings } = context;
  return (holdings?.chain().lineage ?? []).flatMap((hash) => {
    const transition = holdings?.transitions().get(hash);
    return transition === undefined ? [] : [encodeRosterCompletion(transition.completion)];
  });
};

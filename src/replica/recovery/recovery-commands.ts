import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import { type Result, err, ok } from '../../core/base/result.js';
import { PAPER_CAPABILITIES_MASK } from '../../core/authority/capability.js';
import {
  RECOVERY_SECRET_BYTES,
  RECOVERY_WORDS,
  nearbySecrets,
  parseRecoveryText,
  recoveryFile,
  recoverySeed,
  recoveryWords,
  wholeWord,
  wordsIn,
} from '../../core/authority/recovery-key.js';
import { checkDeviceName } from '../../core/authority/device-name.js';
import { type RosterMember, devicesOf, rosterHashOf } from '../../core/authority/roster.js';
import { consentSigningBytes } from '../../core/authority/transition.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { RecoveryCommands, RecoveryParts, Then } from './recovery.js';
import { type RecoveryNote, areRightWords, noteRecovery, noteRow } from './recovery-check.js';
import type { RecoveryAnswer, RecoveryError } from './recovery-view.js';
import { rosterCeremony } from '../membership/roster-answers.js';
import { draftRecord } from '../membership/roster-draft.js';
import { stageNow } from '../decisions/standing-of.js';
import { wallNowMs } from '../loop/wall-time.js';

/** How the key is called in the roster; screens show their own word for it. */
const MEMBER_NAME = 'Recovery key';

/** The commands about the key on paper (rule A5): its secret is in memory while they run. */
export const createRecoveryCommands = (
  context: Context,
  { rosters, confirmations, votes, notes, paperMember, openDecision }: RecoveryParts,
  then: Then,
): RecoveryCommands => {
  const { clock, paper, randomness } = context.ports;

  const wallMs = (): number => wallNowMs(clock);

  const addRecoveryKey: RecoveryCommands['addRecoveryKey'] = async () => {
    if (context.holdings === null) return err({ kind: 'no-account' });
    const list = await paper.wordList();
    const secret = randomness.bytes(RECOVERY_SECRET_BYTES);
    const words = recoveryWords(secret, list);
    const keys = await paper.keysOf(recoverySeed(secret));
    const { device } = keys.signer;
    const note = await noteRecovery(paper, randomness, { member: device, words, atMs: wallMs() });
    secret.fill(0);
    return then(async () => {
      const decision = await propose(keys, note);
      if (!decision.ok) return decision;
      const day = new Date(wallMs()).toISOString().slice(0, 10);
      const fileText = recoveryFile(words, { account: context.holdings?.account ?? '', day });
      const fileName = `upkeep-recovery-key-${day}.txt`;
      return ok({ words, fileName, fileText, decision: decision.value });
    });
  };

  /** A joining whose newcomer is the key; it takes the place of one that is there. */
  const propose = async (keys: DeviceKeys, note: RecoveryNote): Done<StatementHash> => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    if (openDecision() !== null) return err({ kind: 'busy' });
    const { device } = keys.signer;
    const member: RosterMember = {
      ...{ device, encryptionKey: keys.sealer.encryptionKey, name: MEMBER_NAME },
      ...{ capabilities: PAPER_CAPABILITIES_MASK, storage: 'paper' },
    };
    // Of one device and its paper both would have to agree to everything: neither may be lost.
    if (devicesOf(holdings.chain().tip).length < 2) return err({ kind: 'only-device' });
    const old = paperMember();
    const change = { add: [member], ...(old === null ? {} : { remove: [old.device] }) };
    const drafted = await draftRecord(context, change);
    if (!drafted.ok) return drafted;
    const record = rosterHashOf(drafted.value.record);
    const signature = await keys.signer.sign(consentSigningBytes(holdings.account, record));
    const done = await context.commit([noteRow(note)], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    notes.set(device, note);
    return rosters.propose(drafted.value, [{ device, signature }], '');
  };

  /** The keys that a text gives, if they are those of this account's member on paper. */
  const keysIn = async (text: string): Promise<Result<DeviceKeys, RecoveryError>> => {
    const member = paperMember();
    if (member === null) return err({ kind: 'recovery-none' });
    const list = await paper.wordList();
    const read = parseRecoveryText(text, list);
    if (!read.ok && read.error.reason !== 'checksum') return malformed(read.error);
    const keys = read.ok ? await paper.keysOf(recoverySeed(read.value)) : null;
    if (keys?.signer.device === member.device) return ok(keys);
    const words = wordsIn(text);
    for (let index = 0; index < RECOVERY_WORDS; index += 1) {
      for (const secret of nearbySecrets(words, index, list)) {
        const near = await paper.keysOf(recoverySeed(secret));
        if (near.signer.device !== member.device) continue;
        return malformed({ reason: 'mistaken-word', word: words[index] ?? null, index });
      }
    }
    return read.ok ? err({ kind: 'recovery-unknown' }) : malformed(read.error);
  };

  const useRecoveryKey: RecoveryCommands['useRecoveryKey'] = async (text, change) => {
    if (context.holdings === null) return err({ kind: 'no-account' });
    const keys = await keysIn(text);
    if (!keys.ok) return keys;
    return then(async () => {
      const asked = 'approve' in change ? ok(change.approve) : await remove(change.remove);
      if (!asked.ok) return asked;
      const ceremony = rosterCeremony(context, asked.value);
      if (ceremony === null) return err({ kind: 'unknown-decision' });
      const isOpen =
        context.holdings !== null && stageNow(context.holdings, ceremony, wallMs()) === 'open';
      if (!isOpen) return err({ kind: 'blocked', blocker: { kind: 'not-open' } });
      const isAgreed = confirmations.of(ceremony.matter.recordHash) !== null;
      if (!isAgreed) return err({ kind: 'recovery-yes-first' });
      const signed = await votes.sign(keys.value, ceremony);
      return signed.ok ? asked : signed;
    });
  };

  /** Whoever has device and key in hand becomes the admin where that one is taken out. */
  const remove = async (devices: readonly DeviceId[]): Done<StatementHash> => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    if (devices.length === 0) return err({ kind: 'empty', field: 'remove' });
    if (devices.includes(holdings.me)) return err({ kind: 'only-device' });
    const { tip } = holdings.chain();
    const admin = devices.includes(tip.admin) ? { admin: holdings.me } : {};
    const drafted = await draftRecord(context, { remove: devices, ...admin });
    return drafted.ok ? rosters.propose(drafted.value, [], 'lost') : drafted;
  };

  const checkRecoveryKey: RecoveryCommands['checkRecoveryKey'] = async (answers) => {
    const member = paperMember();
    if (member === null) return err({ kind: 'recovery-none' });
    const right = await areRight(member.device, answers);
    if (!right.ok) return right;
    return then(async () => {
      const held = notes.get(member.device);
      const before = held ?? emptyNote(member.device, wallMs());
      const note = { ...before, checkedMs: wallMs(), checks: before.checks + 1 };
      const done = await context.commit([noteRow(note)], 'strict');
      if (!done.ok) return err({ kind: 'store', error: done.error });
      notes.set(member.device, note);
      context.activity.add('recovery-key-checked', 'good', context.holdings?.me ?? null, {});
      return ok(undefined);
    });
  };

  /** All words are right on every device, the asked three on the one that made the key. */
  const areRight = async (
    member: DeviceId,
    answers: readonly RecoveryAnswer[],
  ): Promise<Result<void, RecoveryError>> => {
    const sorted = [...answers].sort((a, b) => a.index - b.index);
    if (sorted.length === RECOVERY_WORDS && sorted.every(({ index }, at) => index === at)) {
      const keys = await keysIn(sorted.map(({ word }) => word).join(' '));
      return keys.ok ? ok(undefined) : keys;
    }
    const list = await paper.wordList();
    const whole: RecoveryAnswer[] = [];
    for (const { index, word } of sorted) {
      const meant = wholeWord(word, list);
      if (meant === null) return malformed({ reason: 'unknown-word', word, index });
      whole.push({ index, word: meant });
    }
    const note = notes.get(member);
    const isRight = note !== undefined && (await areRightWords(paper, note, whole));
    return isRight ? ok(undefined) : err({ kind: 'recovery-words-wrong' });
  };

  const recoverAccount: RecoveryCommands['recoverAccount'] = async (text, deviceName) => {
    if (context.holdings !== null) return err({ kind: 'has-account' });
    const name = checkDeviceName(deviceName);
    if (!name.ok) return name;
    const read = parseRecoveryText(text, await paper.wordList());
    return read.ok ? err({ kind: 'recovery-needs-device' }) : malformed(read.error);
  };

  return { addRecoveryKey, checkRecoveryKey, useRecoveryKey, recoverAccount };
};

const malformed = (
  error: Omit<Extract<RecoveryError, { kind: 'recovery-malformed' }>, 'kind'>,
): Result<never, RecoveryError> => err({ kind: 'recovery-malformed', ...error });

/** On a device that did not make the key: there is nothing to ask three words by. */
const emptyNote = (member: DeviceId, addedMs: number): RecoveryNote => ({
  ...{ member, addedMs, checkedMs: null, checks: 0 },
  ...{ salt: new Uint8Array(0), triples: [] },
});

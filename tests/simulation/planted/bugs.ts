/** One bug, as a change of one place of the sources; never part of anything that is built. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Faults that bring it out; all that a seed draws where absent. */
  readonly faults?: string;
}

/** The source with the bug in it. Throws where its place is not there exactly once. */
export const plantIn = (source: string, { name, find, replace }: PlantedBug): string => {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`"${name}" has ${parts.length - 1} places`);
  return parts.join(replace);
};

const bug = (
  name: string,
  file: string,
  find: string,
  replace: string,
  faults?: string,
): PlantedBug => ({ name, file, find, replace, ...(faults === undefined ? {} : { faults }) });

/** What protocols of this kind get wrong, each as small as it can be. */
export const PLANTED: readonly PlantedBug[] = [
  bug(
    'a threshold is off by one',
    'src/core/authority/threshold-signature.ts',
    'if (signers.length < needed) {',
    'if (signers.length < needed - 1) {',
    'colluders',
  ),
  bug(
    'one signature is enough for a snapshot',
    'src/core/authority/completion.ts',
    '    record.snapshotThreshold,',
    '    1,',
    'liar',
  ),
  bug(
    'signatures of a completion are not checked',
    'src/core/authority/threshold-signature.ts',
    'if (verdicts[place] !== true || !counts(device)) continue;',
    'if (!counts(device)) continue;',
    'liar',
  ),
  bug(
    'shares are kept unverified',
    'src/replica/governance.ts',
    'return fresh.filter((_, index) => verdicts[index]);',
    'return fresh;',
    'liar',
  ),
  bug(
    'runs are kept unverified',
    'src/core/facts/run.ts',
    "if (!isValid) return err({ kind: 'bad-signature', author, id: last.id });",
    '',
    'liar',
  ),
  bug(
    'facts of any account enter',
    'src/core/facts/run.ts',
    'const linked = checkLinks(session, signed, context.account);',
    'const linked = checkLinks(session, signed, first.envelope.account);',
    'liar',
  ),
  bug(
    'a fence is never raised for what others propose',
    'src/replica/fence.ts',
    'unsaved.set(statement, raiseFor(statement));',
    'seen.add(KEYS.fence(statement));',
  ),
  bug(
    'a fence falls after a tenth of its time',
    'src/replica/fence.ts',
    'const { fenceMs } = context.timing;',
    'const fenceMs = context.timing.fenceMs / 100;',
  ),
  bug(
    'a fence never falls by time',
    'src/replica/fence.ts',
    'return isLate || !isOpen(context, fence.statement);',
    'return isLate && !isOpen(context, fence.statement);',
  ),
  bug(
    'a fence does not stop writing',
    'src/replica/record-service.ts',
    'return !fence.isHolding() && queue.length === 0 ? write(edit) : enqueue(edit);',
    'return queue.length === 0 ? write(edit) : enqueue(edit);',
  ),
  bug(
    'the queue is not written down',
    'src/replica/record-service.ts',
    "const done = await context.commit([putEntry(entry)], 'strict');",
    "const done = await context.commit([], 'strict');",
  ),
  bug(
    'the queue is emptied with one fact unwritten',
    'src/replica/record-service.ts',
    'entries.map((entry) => bodyOfEdit(entry.edit)),',
    'entries.slice(1).map((entry) => bodyOfEdit(entry.edit)),',
  ),
  bug(
    'the queue is flushed behind a standing fence',
    'src/replica/record-service.ts',
    'if (queue.length === 0 || fence.isHolding() || context.holdings === null) return;',
    'if (queue.length === 0 || context.holdings === null) return;',
  ),
  bug(
    'a prune goes one fact beyond the cut',
    'src/replica/adoption.ts',
    'const tail = log.facts.slice(covered - log.firstSeq + 1);',
    'const tail = log.facts.slice(covered - log.firstSeq + 2);',
  ),
  bug(
    'a prune keeps covered facts',
    'src/replica/adoption.ts',
    '    changes.push(...factRows(session, covered + 1, tail));',
    '    changes.push(...factRows(session, log.firstSeq, log.facts));',
  ),
  bug(
    'a payload is adopted as it comes',
    'src/core/snapshots/payload.ts',
    "if (payloadIdOf(bytes) !== expected.payload) return err({ kind: 'other-payload' });",
    'if (bytes.length > 0) return readPayload(bytes);',
    'damage,evicted,liar',
  ),
  bug(
    'facts after the cut are dropped with the base',
    'src/replica/holdings.ts',
    'const from = Math.max(log.firstSeq, seqIn(state.frontier, session) + 1);',
    'const from = Math.max(log.firstSeq, seqIn(state.frontier, session) + 2);',
  ),
  bug(
    'ties go to the lesser session on arrival',
    'src/core/journal/state.ts',
    'if (left.session !== right.session) return left.session > right.session ? left : right;',
    'if (left.session !== right.session) return right;',
  ),
  bug(
    'the last to arrive wins',
    'src/core/journal/state.ts',
    'if (left.lamport !== right.lamport) return left.lamport > right.lamport ? left : right;',
    'if (left.lamport !== right.lamport) return right;',
  ),
  bug(
    'a removal that came early is forgotten',
    'src/core/journal/fold.ts',
    'if (wait?.isRemoved) return;',
    '',
  ),
  bug(
    'an edit that came early is forgotten',
    'src/core/journal/fold.ts',
    'const all = wait === undefined ? fields : joinFields(fields, wait.fields);',
    'const all = fields;',
  ),
  bug(
    'joined states bring removed items back',
    'src/core/journal/state.ts',
    '} else if (other.items.has(key) || seqIn(other.frontier, item.dot.session) < item.dot.seq) {',
    '} else {',
  ),
  bug(
    'own facts are not written before they are sent',
    'src/replica/intake.ts',
    '...factRows(opened.id, run.facts[0]?.envelope.seq ?? 0, run.facts),',
    '',
  ),
  bug(
    'a seq is given again after a failed commit',
    'src/replica/intake.ts',
    'if (!done.ok) return done;',
    '',
  ),
  bug(
    'an answer is not remembered',
    'src/replica/decision-service.ts',
    "[answerRow(id, 'yes', matter.subject, untilMs)],",
    '[],',
  ),
  bug(
    'two snapshots of one ground are approved',
    'src/replica/answers.ts',
    "if (other === statement || answer.answer !== 'yes' || answer.ground !== ground) continue;",
    "if (answer.answer !== 'no' || answer.ground !== ground) continue;",
  ),
  bug(
    'a proposal counts as everyone else having said yes',
    'src/core/ceremonies/ceremony.ts',
    'if (!shares?.has(device) || each.refusals.has(device)) each.approvals.delete(device);',
    'if (each.refusals.has(device)) each.approvals.delete(device);',
    'liar',
  ),
  bug(
    'an approval is given without recomputing',
    'src/core/snapshots/proposal.ts',
    "return isEqual ? { kind: 'equal' } : { kind: 'differs', own };",
    "return { kind: 'equal' };",
  ),
  bug(
    'an unknown kind is refused instead of waited for',
    'src/core/authority/judge.ts',
    "if (!isKnownKind(kind)) return { kind: 'wait', reason: 'unknown-kind' };",
    "if (!isKnownKind(kind)) return refused('bad-body');",
    'liar',
  ),
  bug(
    'a head stands only where all members of today signed it',
    'src/core/authority/standing.ts',
    'return counting.length >= record.snapshotThreshold',
    'return counting.length >= chain.tip.members.length',
  ),
  bug(
    'why a fact is refused is told differently by some',
    'src/replica/intake.ts',
    'reason: verdict.reason,',
    "reason: context.deviceName < 'c' ? verdict.reason : 'refused',",
    'liar',
  ),
];

import { snapshotStatement, statementHashOf } from '../../core/authority/statement.js';
import type { LedgerEntry } from '../ledger.js';
import type { SimDevice } from '../device.js';
import type { CreateChecker, Scene } from './checker.js';

/** 3, F5, S12: no number is given twice, no statement is answered twice, no ground twice. */
export const checkOwnWord: CreateChecker = (scene) => {
  const answers = new Map<string, LedgerEntry>();
  const yesByGround = new Map<string, LedgerEntry[]>();
  const groundByStatement = new Map<string, string>();

  const answered = (device: SimDevice, statement: string, entry: LedgerEntry): void => {
    const key = `${device.name}:${statement}`;
    const held = answers.get(key);
    if (held !== undefined && held.body?.kind !== entry.body?.kind) {
      scene.fail('S12 one answer a statement', `${device.name} to ${statement.slice(0, 8)}`);
    }
    answers.set(key, entry);
  };

  const saidYes = (device: SimDevice, statement: string, entry: LedgerEntry): void => {
    const ground = groundByStatement.get(statement);
    if (ground === undefined) return;
    const key = `${device.name}:${ground}`;
    const others = (yesByGround.get(key) ?? []).filter(
      ({ body }) => statementOf(body) !== statement,
    );
    const open = others.filter((yes) => !isOver(scene, yes, entry));
    if (open.length > 0) {
      scene.fail('S12 one yes a ground', `${device.name} to ${statement.slice(0, 8)}`);
    }
    yesByGround.set(key, [...(yesByGround.get(key) ?? []), entry]);
  };

  return {
    wrote: (entry, variants) => {
      const { author, session, seq } = entry.fact.envelope;
      const { body } = entry;
      if (body?.kind === 'snapshot.proposed') {
        const ground = `${body.roster}:${body.predecessors.join()}`;
        groundByStatement.set(statementIdOf(entry), ground);
      }
      const device = scene.deviceOf(author);
      if (device === null || device.isLiar || device.mayRepeat) return;
      if (variants.length > 1) {
        scene.fail('F5 no number is given twice', `${device.name} ${session.slice(0, 8)}:${seq}`);
      }
      const statement = statementOf(body);
      if (statement === null) return;
      if (body !== null && !BESIDE_ANSWERS.has(body.kind)) answered(device, statement, entry);
      if (body?.kind === 'snapshot.approved') saidYes(device, statement, entry);
    },
  };
};

/** Letting go of what was asked for, and a veto (A9), come beside an answer and take none back. */
const BESIDE_ANSWERS = new Set(['snapshot.abandoned', 'roster.abandoned', 'roster.vetoed']);

const statementOf = (body: LedgerEntry['body']): string | null =>
  body !== null && 'statement' in body ? body.statement : null;

/** A yes binds its signer no longer than this, whatever expiry it was asked with. */
const YES_BINDS_MS = 30 * 24 * 3_600_000;

/**
 * Whether what a device said yes to was let go of, or lapsed by its own clock when it says yes
 * again. It has seen one of the proposals at least; the one that ends first may be that one.
 */
const isOver = (scene: Scene, yes: LedgerEntry, at: LedgerEntry): boolean => {
  const statement = statementOf(yes.body);
  let untilMs = yes.fact.envelope.wallMs + YES_BINDS_MS;
  for (const { body, fact, place } of scene.ledger.all()) {
    if (place > at.place) break;
    if (body?.kind === 'snapshot.abandoned' && body.statement === statement) return true;
    const isIt = body?.kind === 'snapshot.proposed' && statementIdOf({ body, fact }) === statement;
    if (isIt && place <= yes.place) untilMs = Math.min(untilMs, body.expires);
  }
  return at.fact.envelope.wallMs > untilMs;
};

/** The statement that a snapshot's proposal asks for; empty for any other fact. */
export const statementIdOf = ({ body, fact }: Pick<LedgerEntry, 'body' | 'fact'>): string => {
  if (body?.kind !== 'snapshot.proposed') return '';
  return statementHashOf(snapshotStatement({ ...body, account: fact.envelope.account }));
};

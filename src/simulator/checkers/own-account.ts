import type { CreateChecker } from './checker.js';

/** 18: facts of another account never enter; F1: nobody writes in another's session. */
export const checkOwnAccount: CreateChecker = (scene) => {
  const authorBySession = new Map<string, string>();
  let account: string | null = null;
  return {
    wrote: ({ fact }) => {
      const { session, author } = fact.envelope;
      account ??= fact.envelope.account;
      if (fact.envelope.account !== account) {
        scene.fail('18 facts of another account never enter', session.slice(0, 8));
      }
      const held = authorBySession.get(session) ?? author;
      authorBySession.set(session, held);
      if (held !== author) scene.fail('F1 a session has one author', session.slice(0, 8));
    },
  };
};

/**
 * What each hash of the product is about.
 *
 * Every hash and every signed message starts with one of these, so that bytes made for one purpose
 * never pass for another. The number at the end is the format's version.
 * Source: rule F1.
 */
export const DOMAINS = {
  fact: 'upkeep/fact/1',
  session: 'upkeep/session/1',
  statement: 'upkeep/statement/1',
  share: 'upkeep/share/1',
  roster: 'upkeep/roster/1',
  consent: 'upkeep/consent/1',
  promise: 'upkeep/promise/1',
  base: 'upkeep/base/1',
  client: 'upkeep/client/1',
  leaf: 'upkeep/leaf/1',
  bucket: 'upkeep/bucket/1',
  tree: 'upkeep/tree/1',
  payload: 'upkeep/payload/1',
  secret: 'upkeep/secret/1',
  envelope: 'upkeep/envelope/1',
  room: 'upkeep/room/1',
  channel: 'upkeep/channel/1',
  pairing: 'upkeep/pairing/1',
  words: 'upkeep/words/1',
  equivocation: 'upkeep/equivocation/1',
  factset: 'upkeep/factset/1',
  hardFork: 'upkeep/hard-fork/1',
  proposal: 'upkeep/proposal/1',
  recovery: 'upkeep/recovery/1',
  fork: 'upkeep/fork/1',
  blob: 'upkeep/blob/1',
  bundle: 'upkeep/bundle/1',
  step: 'upkeep/step/1',
  heads: 'upkeep/heads/1',
  sharedValue: 'upkeep/shared-value/1',
  leaving: 'upkeep/leaving/1',
} as const;

export type Domain = (typeof DOMAINS)[keyof typeof DOMAINS];

/**
 * Every limit of the core, with its unit in its name.
 *
 * Only the per-fact limits act in admission and fold; the others stop an author or a door.
 * Source: rules F2, F13, S8 and the threats of SECURITY.md.
 */
export const LIMITS = {
  factBytesMax: 8 * 1024,
  cborDepthMax: 16,
  lamportStepMax: 2 ** 24,
  integerMax: Number.MAX_SAFE_INTEGER,
  rosterMembersMax: 16,
  nameCharactersMax: 64,
  titleCharactersMax: 200,
  textBytesMax: 6000,
  labelsMax: 32,
  labelCharactersMax: 40,
  reasonCharactersMax: 280,
  /** The name of what a lease is for. */
  purposeCharactersMax: 40,
  /** Of one rule of the account: its name, and what is said of it; UTF-16 code units. */
  policyNameUnitsMax: 64,
  policyValueUnitsMax: 1_000,
  standingHeadsMax: 16,
  /** Snapshots, and payloads, that one message names. */
  headsPerMessageMax: 64,
  openProposalsMax: 100,
  openSnapshotProposalsMax: 10,
  openProposalsPerDeviceMax: 10,
  factsPerUpdateMax: 50_000,
  sessionsPerUpdateMax: 10_000,
  updateBytesMax: 16 * 1024 * 1024,
  handshakeBytesMax: 64 * 1024,
  payloadPartBytes: 192 * 1024,
  payloadBytesMax: 256 * 1024 * 1024,
  /** Envelopes of both branches of a proof: longer stories than that are never shown to part. */
  equivocationFactsMax: 4_096,
  cacheKeyUnitsMax: 200,
  cacheKeysPerFactMax: 32,
  /** Bytes of a value that devices work out for each other, and sessions that it knows of. */
  sharedValueBytesMax: 24 * 1024,
  sharedKnownMax: 256,
  /** With more floors, or more invalidated keys of one session, their author sweeps them (K1). */
  cacheFloorsMax: 256,
  /** Bytes of one attached file. */
  blobBytesMax: 64 * 1024 * 1024,
  /** Bytes of a file that one chunk holds, before it is encrypted. */
  blobChunkBytes: 192 * 1024,
  attachmentsPerRecordMax: 32,
  fileNameCharactersMax: 200,
  fileTypeCharactersMax: 100,
  /** Upgrades that may wait for their lock-in at once (rule U2). */
  pendingUpgradesMax: 5,
  /** What one protocol is called, and how many of them a bundle speaks. */
  protocolUnitsMax: 40,
  protocolsMax: 32,
  /** Bytes of one file of the app itself, and of the part of one that a message holds. */
  codeFileBytesMax: 32 * 1024 * 1024,
  codePartBytes: 64 * 1024,
  upgradeNotesUnitsMax: 600,
  upgradeUrlsMax: 4,
  upgradeUrlUnitsMax: 300,
  upgradeWavesMax: 8,
  /** The greatest number of a release: nobody publishes one that none could follow (U10). */
  releaseSequenceMax: 999_999_999_999,
  /** How long a dangerous change waits on each device for a veto (rule A9), ms of wall time. */
  dangerDelayMs: 5 * 60_000,
  /** How long a hard fork is announced before a signer votes for it (rule U4), ms of wall time. */
  hardForkNoticeMs: 7 * 24 * 3_600_000,
  /** A yes keeps its signer from another on that ground no longer than this (rule S12), ms. */
  yesBindsMsMax: 30 * 24 * 3_600_000,
} as const;

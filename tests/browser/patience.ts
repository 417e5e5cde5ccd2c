/** What has not come by then never comes: devices that missed a word compare again before. */
export const PATIENCE_MS = 240_000;

/** For `expect.poll`, which gives up after a second by itself. */
export const PATIENTLY = { timeout: PATIENCE_MS } as const;

/** Which rows of a long list are drawn, and how much empty room stands above them. */
export interface ListWindow {
  /** First row drawn, from 0. */
  readonly start: number;
  /** One past the last row drawn. */
  readonly end: number;
  /** Height of the rows left out above, px. */
  readonly abovePx: number;
  /** Height of the whole list, px. */
  readonly totalPx: number;
}

export interface ListGeometry {
  readonly count: number;
  /** All rows have one height; rows are unknown (0) before the first measuring. */
  readonly rowPx: number;
  /**
   * Distance from the top of the list to the top of what is visible; negative: the list is lower.
   */
  readonly hiddenAbovePx: number;
  readonly viewportPx: number;
  /** Rows beyond each edge of what is visible; OVERSCAN_ROWS where nothing is said. */
  readonly overscanRows?: number;
}

/** Rows drawn beyond each edge, so that Tab and a quick flick meet real rows. */
export const OVERSCAN_ROWS = 8;
/** Rows drawn before anything was measured. */
const FIRST_ROWS = 12;

/**
 * Chooses the rows to draw.
 *
 * Never more than what the viewport holds plus the overscan on both sides, whatever the count.
 * Errors: none; a list scrolled out of sight draws its nearest rows.
 */
export const windowOfList = (geometry: ListGeometry): ListWindow => {
  const { count, rowPx, hiddenAbovePx, viewportPx, overscanRows = OVERSCAN_ROWS } = geometry;
  if (rowPx <= 0) {
    return { start: 0, end: Math.min(count, FIRST_ROWS), abovePx: 0, totalPx: 0 };
  }
  const firstSeen = Math.floor(hiddenAbovePx / rowPx);
  const seen = Math.ceil(Math.max(viewportPx, 0) / rowPx) + 1;
  const latestStart = Math.max(count - seen - overscanRows, 0);
  const start = Math.min(Math.max(firstSeen - overscanRows, 0), latestStart);
  const end = Math.min(Math.max(firstSeen, start) + seen + overscanRows, count);
  return { start, end, abovePx: start * rowPx, totalPx: count * rowPx };
};

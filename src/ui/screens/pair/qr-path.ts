/** A QR code as one SVG path: dark runs of each row, one unit a module. */
export interface QrPicture {
  /** Edge of the square in modules, quiet zone included. */
  readonly size: number;
  /** Path data for `<path d>`: a filled box for each run of dark modules. */
  readonly path: string;
}

/**
 * Draws a bit matrix (rows of dark = true) as path data.
 *
 * Limits: any square matrix. Errors: none.
 * Source: ISO/IEC 18004, the quiet zone is part of the matrix.
 */
export const matrixToPicture = (matrix: readonly (readonly boolean[])[]): QrPicture => {
  const runs: string[] = [];
  matrix.forEach((row, y) => {
    let x = 0;
    while (x < row.length) {
      const start = x;
      while (row[x] === true) x += 1;
      if (x > start) runs.push(`M${start} ${y}h${x - start}v1h-${x - start}z`);
      x += 1;
    }
  });
  return { size: matrix.length, path: runs.join('') };
};

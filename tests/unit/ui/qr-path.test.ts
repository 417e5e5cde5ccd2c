import encodeQR from 'qr';
import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { matrixToPicture } from '../../../src/ui/screens/pair/qr-path.js';

const MODULE_PX = 4;

/** Paints the boxes of the path on a white image, as a browser does. */
const paint = (path: string, size: number): { data: Uint8Array; width: number; height: number } => {
  const edge = size * MODULE_PX;
  const data = new Uint8Array(edge * edge * 4).fill(255);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * MODULE_PX; row < (Number(y) + 1) * MODULE_PX; row += 1) {
      for (let at = Number(x) * MODULE_PX; at < (Number(x) + Number(run)) * MODULE_PX; at += 1) {
        data.fill(0, (row * edge + at) * 4, (row * edge + at) * 4 + 3);
      }
    }
  }
  return { data, width: edge, height: edge };
};

describe('[N9] a code as a picture', () => {
  it('[N9] joins the dark modules of a row into runs', () => {
    const picture = matrixToPicture([
      [true, true, false],
      [false, false, false],
      [true, false, true],
    ]);
    expect(picture).toEqual({ size: 3, path: 'M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z' });
  });

  it('[N9] reads back as what was drawn', () => {
    const uri = `upkeep:pair?${'k'.repeat(120)}`;
    const { path, size } = matrixToPicture(encodeQR(uri, 'raw', { ecc: 'medium', border: 4 }));
    expect(decodeQR(paint(path, size))).toBe(uri);
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const PICTURE_BYTES_MAX = 200_000;
const inPublic = (path: string): URL => new URL(`../../../public/${path}`, import.meta.url);

interface Picture {
  readonly src: string;
  readonly sizes: string;
}

/** Width and height that a PNG says of itself, as the manifest writes them. */
const sizesOf = (png: Buffer): string => `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;

describe('[P1] the manifest', () => {
  it('[P1] shows the app on a phone and on a wide screen', async () => {
    const text = await readFile(inPublic('manifest.webmanifest'), 'utf8');
    const { screenshots } = JSON.parse(text) as { screenshots: readonly Picture[] };
    expect(screenshots).toMatchObject([{ form_factor: 'narrow' }, { form_factor: 'wide' }]);
    for (const { src, sizes } of screenshots) {
      const png = await readFile(inPublic(src));
      expect(sizesOf(png), src).toBe(sizes);
      expect(png.length, src).toBeLessThan(PICTURE_BYTES_MAX);
    }
  });

  it('[P1] names icons that are there, each of the size it says', async () => {
    const text = await readFile(inPublic('manifest.webmanifest'), 'utf8');
    const { icons } = JSON.parse(text) as { icons: readonly Picture[] };
    expect(icons).toHaveLength(4);
    for (const { src, sizes } of icons) expect(sizesOf(await readFile(inPublic(src)))).toBe(sizes);
  });
});

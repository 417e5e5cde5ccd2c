import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The two values of a colour of the tokens, for the light and the dark theme. */
const tokenOf = async (name: string): Promise<readonly [light: string, dark: string]> => {
  const css = await read('src/ui/styles/tokens.css');
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  return [found?.[1] ?? 'no such token', found?.[2] ?? 'no such token'];
};

/** The colour that the page asks the browser's own frame to have. */
const frameColour = async (theme: 'light' | 'dark'): Promise<string | undefined> =>
  new RegExp(
    `name="theme-color" content="(.*?)" media="\\(prefers-color-scheme: ${theme}\\)"`,
  ).exec(await read('src/index.html'))?.[1];

describe('[P1] the colours around the page', () => {
  it('[P1] the frame of the browser is paper, light and dark', async () => {
    const [light, dark] = await tokenOf('paper');
    expect(await frameColour('light')).toBe(light);
    expect(await frameColour('dark')).toBe(dark);
  });

  it('[P1] an installed app starts on paper', async () => {
    const manifest = JSON.parse(await read('public/manifest.webmanifest')) as object;
    const [light] = await tokenOf('paper');
    expect(manifest).toMatchObject({ background_color: light, theme_color: light });
  });

  it('[P1] the icon is drawn in accent on paper', async () => {
    const icon = await read('public/favicon.svg');
    const [paper] = await tokenOf('paper');
    const [accent, glow] = await tokenOf('accent');
    expect(new Set(icon.match(/#[0-9a-f]{6}/g))).toEqual(new Set([accent, paper, glow]));
  });
});

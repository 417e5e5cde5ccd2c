import { readFileSync } from 'node:fs';

/** The exact version of a package that this repository pins. */
export const pinnedVersion = (name: string): string => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const pinned = JSON.parse(text) as Record<string, Record<string, string>>;
  const version = pinned['dependencies']?.[name] ?? pinned['devDependencies']?.[name];
  if (version === undefined) throw new Error(`${name} is pinned`);
  return version;
};

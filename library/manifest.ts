/** What is read of the app's own package.json. */
export interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The package of an import: `@noble/hashes` of `@noble/hashes/sha2.js`. */
const packageNameOf = (id: string): string =>
  id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');

/**
 * The package.json of the packed library, from the app's own and from what its modules import.
 *
 * Errors: throws for an import that the app has no dependency for.
 */
export const packageOf = (manifest: Manifest, imported: readonly string[]): object => {
  const names = [...new Set(imported.map(packageNameOf))].sort();
  const dependencies = names.map((name) => {
    const version = manifest.dependencies[name];
    if (version === undefined) throw new Error(`broken invariant: ${name} is a dependency`);
    return [name, version] as const;
  });
  return {
    name: 'upkeep',
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './types/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    types: './types/index.d.ts',
    files: ['dist', 'types'],
    dependencies: Object.fromEntries(dependencies),
  };
};

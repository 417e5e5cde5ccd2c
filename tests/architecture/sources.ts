import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A source file with its path from the repository's folder, with slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The TypeScript in it: all of a .ts file, the scripts of a .svelte file. */
  readonly code: string;
}

/** An import as written: of a file (a path from the repository's folder) or of a package. */
export interface Edge {
  readonly from: string;
  readonly specifier: string;
  /** The path imported, without its extension; undefined for a package. */
  readonly to: string | undefined;
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache']);

/** All files below a folder of the repository, as sorted paths with slashes. */
export const listFiles = (folder: string): readonly string[] => {
  const found: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) walk(child);
      else found.push(relative(ROOT, child).split(sep).join('/'));
    }
  };
  walk(join(ROOT, folder));
  return found.sort();
};

/** Reads the .ts and .svelte files below a folder. */
export const readSources = (folder: string): readonly Source[] =>
  listFiles(folder)
    .filter((path) => /\.(?:ts|svelte)$/.test(path))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, code: path.endsWith('.svelte') ? scriptsOf(text) : text };
    });

const scriptsOf = (text: string): string =>
  [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)]
    .map((match) => match[1] ?? '')
    .join('\n');

const treeByPath = new Map<string, ts.SourceFile>();

/** Parses a source's TypeScript, once. */
export const parse = (source: Source): ts.SourceFile => {
  const known = treeByPath.get(source.path);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(source.path, source.code, ts.ScriptTarget.Latest, true);
  treeByPath.set(source.path, tree);
  return tree;
};

/** Calls back for every node of a tree, the root included. */
export const visit = (node: ts.Node, callback: (node: ts.Node) => void): void => {
  callback(node);
  node.forEachChild((child) => visit(child, callback));
};

/** Every import of a source: static, dynamic, type-only and re-exports. */
export const edgesOf = (source: Source): readonly Edge[] => {
  const found = ts.preProcessFile(source.code, true, true).importedFiles;
  return found.map(({ fileName }) => edgeOf(source.path, fileName));
};

const edgeOf = (from: string, specifier: string): Edge => {
  if (!specifier.startsWith('.')) return { from, specifier, to: undefined };
  const path = join(dirname(from), specifier.replace(/\?.*$/, '')).split(sep).join('/');
  return { from, specifier, to: path.replace(/\.(?:js|ts|svelte)$/, '') };
};

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['vite/client'],
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  declaration: true,
  emitDeclarationOnly: true,
};

/**
 * Writes the declarations of a module, and of those that they name, into a folder.
 *
 * Whatever is not to be reached from them is left out. Errors: throws with the compiler's words.
 */
export const writeDeclarations = (entry: string, root: string, folder: string): void => {
  const program = ts.createProgram([entry], { ...OPTIONS, rootDir: root, outDir: folder });
  const wanted = [entry];
  const done = new Set<string>();
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (done.has(path)) continue;
    done.add(path);
    const text = declarationOf(program, path);
    const out = join(folder, relative(root, path).replace(/\.ts$/, '.d.ts'));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.'))
        wanted.push(join(dirname(path), fileName.replace(/\.js$/, '.ts')));
    }
  }
};

const declarationOf = (program: ts.Program, path: string): string => {
  const source = program.getSourceFile(path);
  if (source === undefined) throw new Error(`broken invariant: ${path} is a module`);
  let written = '';
  const { diagnostics } = program.emit(source, (_, text) => (written = text), undefined, true);
  if (diagnostics.length === 0) return written;
  throw new Error(
    diagnostics.map((each) => ts.flattenDiagnosticMessageText(each.messageText, ' ')).join('; '),
  );
};

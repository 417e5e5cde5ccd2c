import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.VariableStatement;

/** A name that the library's door lets through, with where it is declared. */
export interface Exported {
  readonly name: string;
  readonly path: string;
  readonly node: Declared;
  readonly source: ts.SourceFile;
}

/**
 * What a module exports, in its order: its own declarations, and those of the modules that it
 * passes on. Reads only syntax, which takes no time.
 *
 * Errors: throws for a name that is passed on and found nowhere.
 */
export const exportedBy = (path: string): readonly Exported[] => {
  const source = parse(path);
  const found = source.statements.flatMap((statement): readonly Exported[] => {
    if (ts.isExportDeclaration(statement)) return passedOn(path, statement);
    const name = nameOf(statement);
    return name === null ? [] : [{ name, path, node: statement as Declared, source }];
  });
  return [...new Map(found.map((each) => [each.name, each])).values()];
};

/** What is written above a declaration or a member of one, without its stars; empty where nothing. */
export const docOf = (node: ts.Node, source: ts.SourceFile): string => {
  const text = source.getFullText();
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const last = ranges
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((c) => c.startsWith('/**'));
  return (last.at(-1) ?? '')
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
};

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);

const passedOn = (path: string, statement: ts.ExportDeclaration): readonly Exported[] => {
  const { moduleSpecifier, exportClause } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const all = exportedBy(join(dirname(path), moduleSpecifier.text.replace(/\.js$/, '.ts')));
  const there = statement.isTypeOnly
    ? all.filter(({ node }) => !ts.isVariableStatement(node))
    : all;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return there;
  return exportClause.elements.map(({ name }) => {
    const found = there.find((each) => each.name === name.text);
    if (found === undefined) throw new Error(`${path} passes on ${name.text}, which is nowhere`);
    return found;
  });
};

const nameOf = (statement: ts.Statement): string | null => {
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (!isExported) return null;
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return statement.name.text;
  }
  return ts.isVariableStatement(statement)
    ? (statement.declarationList.declarations[0]?.name.getText() ?? null)
    : null;
};

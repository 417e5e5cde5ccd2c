import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Exported, docOf, exportedBy } from './exported.js';

const DOOR = fileURLToPath(new URL('../src/index.ts', import.meta.url));

const HEAD = `# The library

Made from the declarations by \`npm run docs\`. How to get it: README.md, *Use it in your own app*.
`;

/** Chapters, by the folder or file that declares; the first that fits. */
const CHAPTERS: readonly (readonly [title: string, where: RegExp])[] = [
  ['Opening', /src\/index\.ts$|configuration\.ts$|replica\/replica\.ts$|replica\/context\.ts$/],
  ['Commands', /commands\.ts$/],
  ['Errors', /error\.ts$|base\/result\.ts$/],
  ['What is shown', /src\/replica\//],
  ['Names and limits', /src\/core\//],
  ['Ports', /src\/ports\//],
];

/** What is exported, and of the commands each method, without a word of what it means. */
export const undocumented = (): readonly string[] =>
  exportedBy(DOOR).flatMap((each) => {
    const own = docOf(each.node, each.source) === '' ? [each.name] : [];
    return isCommands(each) ? [...own, ...silentMembers(each)] : own;
  });

/** The reference of the library, in Markdown. Equal sources give equal text. */
export const referenceText = (): string => {
  const left = new Set(exportedBy(DOOR));
  const chapters = CHAPTERS.map(([title, where]) => {
    const here = [...left].filter(({ path }) => where.test(path.replaceAll('\\', '/')));
    for (const each of here) left.delete(each);
    return `## ${title}\n\n${here.map(entryOf).join('\n')}`;
  });
  if (left.size > 0) throw new Error(`no chapter for ${[...left].map(({ name }) => name)}`);
  return `${[HEAD, ...chapters].join('\n').trimEnd()}\n`;
};

const isCommands = ({ name }: Exported): boolean => name === 'Replica' || /Commands$/.test(name);

const membersOf = (node: ts.Node): readonly ts.PropertySignature[] => {
  if (ts.isInterfaceDeclaration(node)) return node.members.filter(ts.isPropertySignature);
  return ts.isTypeLiteralNode(node) ? node.members.filter(ts.isPropertySignature) : [];
};

const silentMembers = ({ name, node, source }: Exported): readonly string[] =>
  membersOf(node).flatMap((member) => {
    const path = `${name}.${member.name.getText(source)}`;
    const inner = member.type === undefined ? [] : membersOf(member.type);
    const isSilent = inner.length === 0 && docOf(member, source) === '' && isMethod(member);
    const within = inner.filter((each) => isMethod(each) && docOf(each, source) === '');
    return [...(isSilent ? [path] : []), ...within.map((m) => `${path}.${m.name.getText(source)}`)];
  });

const isMethod = ({ type }: ts.PropertySignature): boolean =>
  type !== undefined && ts.isFunctionTypeNode(type);

const entryOf = (each: Exported): string => {
  const doc = docOf(each.node, each.source);
  const head = `### ${each.name}\n\n${doc === '' ? '' : `${doc}\n\n`}`;
  return head + (isCommands(each) ? commandsOf(each) : `${fenced(declarationOf(each))}\n`);
};

/** Each command with what is said of it, under the name by which it is called. */
const commandsOf = ({ name, node, source }: Exported): string => {
  const sayAll = (members: readonly ts.PropertySignature[], prefix: string): string =>
    members
      .map((member) => {
        const path = `${prefix}${member.name.getText(source)}`;
        const inner = member.type === undefined ? [] : membersOf(member.type);
        const doc = docOf(member, source);
        if (inner.length > 0) return (doc === '' ? '' : `${doc}\n\n`) + sayAll(inner, `${path}.`);
        const type = outdented(member.type?.getText(source) ?? '');
        return `#### ${path}\n\n${fenced(type)}\n${doc === '' ? '' : `\n${doc}\n`}`;
      })
      .join('\n');
  return sayAll(membersOf(node), name === 'Replica' ? '' : `${name}.`);
};

const fenced = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``;

/** A declaration as it is written; of a function only what it takes and gives. */
const declarationOf = ({ node, source }: Exported): string => {
  const text = node.getText(source);
  return ts.isVariableStatement(node) ? text.replace(/ =>\s[\s\S]*$/, '') : text;
};

/** Lines after the first, moved left by what the last of them is moved right. */
const outdented = (text: string): string => {
  const lines = text.split('\n');
  const margin = /^ */.exec(lines.at(-1) ?? '')?.[0].length ?? 0;
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin))).join('\n');
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { edgesOf, listFiles, parse, readSources, ROOT, visit, type Edge } from './sources.js';

/**
 * The rooms of src and the one-way doors between them, as ARCHITECTURE.md draws them.
 *
 * Each room names the rooms that it may import besides itself. Files at the top of src wire
 * everything, so they may import any room, and no room may import them.
 */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: ['core'],
  replica: ['ports', 'core'],
  adapters: ['ports', 'core'],
  simulator: ['replica', 'ports', 'core'],
  server: ['core/base', 'core/upgrades'],
  loader: ['core/base', 'core/upgrades', 'adapters/bundles', 'server'],
  ui: ['replica', 'core'],
};
const WIRING = ['src/main.ts', 'src/index.ts', 'src/service-worker.ts', 'src/build.d.ts'];

/** The floors of core: a room imports lower floors only, and no other room of its own floor. */
const FLOOR_BY_ROOM: Readonly<Record<string, number>> = {
  base: 0,
  facts: 1,
  health: 1,
  journal: 2,
  authority: 3,
  ceremonies: 4,
  records: 5,
  cache: 5,
  snapshots: 5,
  links: 5,
  blobs: 6,
  upgrades: 6,
};
const CORE_PACKAGES = /^@noble\/(?:curves|hashes|ciphers)(?:\/|$)/;
const DEFAULT_EXPORTS_ALLOWED = ['src/adapters/webrtc/native-peer.ts'];
const LINES_MAX = 300;
const COLUMNS_MAX = 100;
/** Sentences for people and the paths of drawings stand whole, however long. */
const TEXTS = /^src\/ui\/(?:words\/|components\/icons\.ts$)/;
const IMPURE = new Set(
  [
    'performance crypto setTimeout setInterval queueMicrotask indexedDB fetch navigator window',
    'document localStorage WebSocket RTCPeerConnection process console globalThis',
  ].flatMap((names) => names.split(' ')),
);

const sources = readSources('src');
const edges = sources.flatMap(edgesOf);

const roomOf = (path: string): string => path.split('/')[1] ?? '';
const coreRoomOf = (path: string): string => path.split('/')[2] ?? '';
const isWiring = (path: string): boolean => path.split('/').length === 2;

describe('rooms', () => {
  it('sees the sources and their imports', () => {
    const paths = sources.map((source) => source.path);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths).toContain('src/core/base/result.ts');
    expect(paths.some((path) => path.endsWith('.svelte'))).toBe(true);
    expect(edges.length).toBeGreaterThan(100);
    const isKnown = (from: string, to: string): boolean =>
      edges.some((edge) => edge.from === from && edge.to === to);
    expect(isKnown('src/ports/carrier.ts', 'src/core/base/brands')).toBe(true);
    expect(isKnown('src/replica/commands.ts', 'src/ports/store')).toBe(true);
    expect(edges.some((edge) => edge.specifier === 'yjs')).toBe(true);
  });

  it('knows every folder', () => {
    const rooms = new Set(sources.filter((s) => !isWiring(s.path)).map((s) => roomOf(s.path)));
    expect([...rooms].filter((room) => DOORS[room] === undefined)).toEqual([]);
    const inCore = sources.filter((source) => roomOf(source.path) === 'core');
    const coreRooms = new Set(inCore.map((source) => coreRoomOf(source.path)));
    expect([...coreRooms].filter((room) => FLOOR_BY_ROOM[room] === undefined)).toEqual([]);
    const wiring = sources.map((source) => source.path).filter(isWiring);
    expect(wiring.filter((path) => !WIRING.includes(path))).toEqual([]);
  });

  it('imports along the arrows only', () => {
    expect(edges.filter(isAgainstArrow).map(describeEdge)).toEqual([]);
  });

  it('imports downwards only inside core', () => {
    expect(edges.filter(isUpInCore).map(describeEdge)).toEqual([]);
  });

  it('imports files that exist, by the names they will have', () => {
    const wrong = edges.filter((edge) => edge.to !== undefined && !isResolved(edge));
    expect(wrong.map(describeEdge)).toEqual([]);
  });

  it('keeps packages out of core and ports, but for @noble/* in core', () => {
    const isForbidden = (edge: Edge): boolean => {
      if (edge.to !== undefined) return false;
      if (roomOf(edge.from) === 'core') return !CORE_PACKAGES.test(edge.specifier);
      return roomOf(edge.from) === 'ports';
    };
    expect(edges.filter(isForbidden).map(describeEdge)).toEqual([]);
  });

  it('keeps Node out of all but the server', () => {
    const isNode = (edge: Edge): boolean =>
      edge.specifier.startsWith('node:') && roomOf(edge.from) !== 'server';
    expect(edges.filter(isNode).map(describeEdge)).toEqual([]);
  });
});

describe('sources', () => {
  it('use no clock, chance or outside world in core', () => {
    const found: string[] = [];
    for (const source of sources.filter((s) => roomOf(s.path) === 'core')) {
      visit(parse(source), (node) => {
        const name = impureName(node);
        if (name !== undefined) found.push(`${source.path}: ${name}`);
      });
    }
    expect(found).toEqual([]);
  });

  it('export by name', () => {
    const isDefault = (node: ts.Node): boolean =>
      ts.isExportAssignment(node) ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && ts.isStatement(node.parent)) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default');
    const found: string[] = [];
    for (const source of sources.filter((s) => s.path.endsWith('.ts'))) {
      visit(parse(source), (node) => {
        if (isDefault(node) && !ts.isSwitchStatement(node.parent)) found.push(source.path);
      });
    }
    expect(found.filter((path) => !DEFAULT_EXPORTS_ALLOWED.includes(path))).toEqual([]);
  });

  it('have no enums, and no classes in core', () => {
    const found: string[] = [];
    for (const source of sources) {
      const isCore = roomOf(source.path) === 'core';
      visit(parse(source), (node) => {
        if (ts.isEnumDeclaration(node)) found.push(`${source.path}: enum`);
        if (isCore && ts.isClassLike(node)) found.push(`${source.path}: class`);
      });
    }
    expect(found).toEqual([]);
  });

  it('are short and narrow', () => {
    const found: string[] = [];
    for (const { path, text } of sources) {
      const lines = text.split('\n');
      if (lines.length > LINES_MAX + 1) found.push(`${path}: ${lines.length - 1} lines`);
      lines.forEach((line, index) => {
        const isText = TEXTS.test(path) && /['`]/.test(line);
        if (!isText && [...line].length > COLUMNS_MAX)
          found.push(`${path}:${index + 1}: ${line.length} wide`);
      });
    }
    expect(found).toEqual([]);
  });

  it('are named by nouns in kebab case, and folders by duty', () => {
    const isWrong = (path: string): boolean => {
      const parts = path.split('/').slice(1);
      const file = parts.pop() ?? '';
      const isGood = file.endsWith('.svelte')
        ? /^[A-Z][A-Za-z0-9]*\.svelte$/.test(file)
        : /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.svelte|\.d)?\.ts$/.test(file);
      const isKind = /^(?:utils?|helpers?|types?|managers?)(?:\.|$)/;
      return !isGood || [...parts, file].some((part) => isKind.test(part));
    };
    expect(sources.map((source) => source.path).filter(isWrong)).toEqual([]);
  });
});

const isAgainstArrow = ({ from, to }: Edge): boolean => {
  if (to === undefined || isWiring(from)) return false;
  if (!to.startsWith('src/') || isWiring(to)) return true;
  if (roomOf(from) === roomOf(to)) return false;
  const doors = DOORS[roomOf(from)] ?? [];
  return !doors.some((door) => to.startsWith(`src/${door}/`));
};

const isUpInCore = ({ from, to }: Edge): boolean => {
  if (to === undefined || roomOf(from) !== 'core' || roomOf(to) !== 'core') return false;
  const [here, there] = [coreRoomOf(from), coreRoomOf(to)];
  return here !== there && (FLOOR_BY_ROOM[there] ?? 99) >= (FLOOR_BY_ROOM[here] ?? -1);
};

const files = new Set(listFiles('src'));

const isResolved = ({ specifier, to }: Edge): boolean => {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.endsWith('.svelte')) return files.has(`${to}.svelte`);
  if (bare.endsWith('.js')) return files.has(`${to}.ts`);
  return existsSync(join(ROOT, to ?? ''));
};

const describeEdge = ({ from, specifier }: Edge): string => `${from} imports ${specifier}`;

/** The name of what a node uses of the outside world; property names do not count. */
const impureName = (node: ts.Node): string | undefined => {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return text === 'Date.now' || text === 'Math.random' ? text : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') return 'new Date';
  if (!ts.isIdentifier(node) || !IMPURE.has(node.text)) return undefined;
  const { parent } = node;
  const isProperty =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node);
  return isProperty ? undefined : node.text;
};

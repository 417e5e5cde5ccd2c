import { fileURLToPath } from 'node:url';
import { type Plugin, build } from 'vite';
import { type PlantedBug, plantIn } from './planted/bug.js';

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What of the app is replaced by a twin that gives the same answers and remembers them. */
const TWINS = new Map(
  [
    ...['codec.ts', 'bodies.ts', 'session.ts'].map((name) => `core/facts/${name}`),
    ...['core/links/rooms.ts', 'replica/storage/rows.ts'],
    ...['completion.ts', 'roster-completion.ts', 'roster.ts', 'transition.ts'].map(
      (name) => `core/authority/${name}`,
    ),
  ].map((path) => [
    pathTo(`../../src/${path}`),
    pathTo(`./twins/${path.slice(path.lastIndexOf('/') + 1)}`),
  ]),
);
/** What Node does faster than the app's own code; pages have nothing that answers at once. */
const NODE_TWINS = new Map([
  ...TWINS,
  [pathTo('../../src/core/base/sha256.ts'), pathTo('./twins/sha256.ts')] as const,
]);
const ENTRIES = { node: pathTo('./lane.ts'), page: pathTo('./page.ts') } as const;

const twins = (twinByPath: ReadonlyMap<string, string>): Plugin => ({
  name: 'upkeep-twins',
  enforce: 'pre',
  async resolveId(source, importer) {
    const found = await this.resolve(source, importer, { skipSelf: true });
    const twin = twinByPath.get(found?.id ?? '');
    return twin === undefined || twin === importer ? found : twin;
  },
});

const planted = (bug: PlantedBug): Plugin => ({
  name: 'upkeep-planted',
  enforce: 'pre',
  transform: (code, id) => (id === pathTo(`../../${bug.file}`) ? plantIn(code, bug) : null),
});

/**
 * The simulator with all that it runs on, as the text of one module: a lane of a fleet for Node, or
 * what a page runs. A bug is planted in it and nowhere else.
 */
export const bundleSimulator = async (
  place: keyof typeof ENTRIES,
  bug: PlantedBug | null = null,
): Promise<string> => {
  const built = await build({
    configFile: false,
    root: pathTo('.'),
    logLevel: 'error',
    plugins: [
      twins(place === 'node' ? NODE_TWINS : TWINS),
      ...(bug === null ? [] : [planted(bug)]),
    ],
    ssr: { noExternal: true },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      // What the app fetches when it is needed belongs to the one module here.
      rollupOptions: { output: { codeSplitting: false } },
      ...(place === 'node'
        ? { ssr: ENTRIES.node }
        : { lib: { entry: ENTRIES.page, formats: ['es'] } }),
    },
  });
  const outputs = [built].flat().flatMap((each) => ('output' in each ? each.output : []));
  const [code, ...others] = outputs.flatMap((each) => (each.type === 'chunk' ? each.code : []));
  if (code === undefined || others.length > 0) throw new Error('the simulator is one module');
  return code;
};

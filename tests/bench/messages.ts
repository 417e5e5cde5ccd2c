import { startMesh, tellingsOf } from '../replica/mesh.js';
import { areEqual } from '../replica/with-liar.js';
import { type Figure, below, figureOf, median, spread } from './figures.js';
import { contentOf } from './page/samples.js';

const DEVICES = 16;
const FACTS = 10;
const SETTLE_MS = 10_000;

/** What replicas say to each other, counted in memory: messages and their bytes, without beats. */
export const measureMessages = async (): Promise<readonly Figure[]> => [
  await messagesAmongMany(),
  ...(await bytesAmongTwo()),
];

/** Messages about one new fact until all know of all that they have it, by devices. */
const messagesAmongMany = async (): Promise<Figure> => {
  const { home, all } = await startMesh(DEVICES);
  const counts: number[] = [];
  for (let n = 0; n < FACTS; n += 1) {
    const before = tellingsOf(all).messages;
    await all[n % DEVICES]?.records.create(contentOf(n));
    await home.pass(SETTLE_MS);
    counts.push((tellingsOf(all).messages - before) / DEVICES);
  }
  const goal = { of: 'ours', is: 'at-most', value: 3 } as const;
  return figureOf('fact-messages', 'messages', median(counts), goal, `a device; ${spread(counts)}`);
};

/** Bytes of one fact to one peer, and of both ways where two meet that hold the same. */
const bytesAmongTwo = async (): Promise<readonly Figure[]> => {
  const { home, all, names } = await startMesh(2);
  const [one, other] = all;
  const name = names[1] ?? '';
  if (one === undefined || other === undefined) throw new Error('both have started');
  const bytes: number[] = [];
  for (let n = 0; n < FACTS; n += 1) {
    const before = tellingsOf([one]).bytes;
    await one.records.create(contentOf(n));
    await home.pass(SETTLE_MS);
    bytes.push(tellingsOf([one]).bytes - before);
  }
  await home.stop(name);
  const again = await home.start(name);
  await home.until('equal', () => again.view().sync.inStepCount === 2 && areEqual(one, again));
  await home.pass(SETTLE_MS);
  const met = tellingsOf([again]);
  const meeting = met.bytes + met.heardBytes;
  return [
    figureOf('fact-bytes', 'bytes', median(bytes), below(700), `to one peer; ${spread(bytes)}`),
    figureOf('meeting-bytes', 'bytes', meeting, below(100), 'both ways, two that hold the same'),
  ];
};

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRelease } from './release.js';

/**
 * What `npm run release` runs after the build.
 *
 * --sequence N (needed), --notes FILE, --not-before and --expires (ISO times), --out FOLDER.
 */
const BUILD_ROOT = fileURLToPath(new URL('../../dist/app', import.meta.url));
const OUT_ROOT = fileURLToPath(new URL('../../dist/release', import.meta.url));

const release = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      sequence: { type: 'string' },
      notes: { type: 'string' },
      'not-before': { type: 'string' },
      expires: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (!existsSync(BUILD_ROOT)) throw new Error('There is no build yet: run `npm run build` first.');
  const out = values.out ?? OUT_ROOT;
  const made = await makeRelease(BUILD_ROOT, out, {
    sequence: parseSequence(values.sequence),
    notes: values.notes === undefined ? '' : readFileSync(values.notes, 'utf8').trim(),
    notBefore: parseTime(values['not-before']),
    expires: parseTime(values.expires),
  });
  const { manifest, manifestHash, contentRoot, newFiles, newBytes } = made;
  const { version, sequence, files } = manifest;
  const said = { version, sequence, manifestHash, contentRoot, newFiles, newBytes };
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ ok: true, files: files.length, ...said })}\n`
      : `Release ${sequence}, version ${version}: ${files.length} files, of them ${newFiles} new ` +
          `(${newBytes} bytes).\nManifest ${manifestHash}\nContent  ${contentRoot}\n`,
  );
};

const parseSequence = (text: string | undefined): number => {
  const sequence = Number(text);
  if (text !== undefined && Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw new Error('--sequence takes the number of this release: one more than the last one.');
};

const parseTime = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new Error(`A time is written like 2027-03-01T00:00:00Z, not "${text}".`);
};

release().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

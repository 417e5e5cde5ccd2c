import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referenceText } from './reference.js';

/** Writes the reference of the library: `npm run docs`. */
const path = fileURLToPath(new URL('../docs/api.md', import.meta.url));
await mkdir(dirname(path), { recursive: true });
await writeFile(path, referenceText());

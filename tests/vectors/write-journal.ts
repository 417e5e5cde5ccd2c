import { writeFileSync } from 'node:fs';
import { journalVectors } from './journal-vectors.js';

// Only for a new format version: frozen bytes are never rewritten for an old one.
for (const [name, vectors] of Object.entries(journalVectors())) {
  const path = new URL(`./${name}.json`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`);
}

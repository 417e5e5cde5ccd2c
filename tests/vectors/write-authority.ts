import { writeFileSync } from 'node:fs';
import { authorityVectors } from './authority-vectors.js';

// Only for a new format version: frozen bytes are never rewritten for an old one.
for (const [name, vectors] of Object.entries(authorityVectors())) {
  const path = new URL(`./${name}.json`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`);
}

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the app into a folder as it is, but for one module, which does one thing more. */
export const buildChanged = async (module: string, folder: string): Promise<void> => {
  let changes = 0;
  const before = process.env['UPKEEP_OUT_DIR'];
  process.env['UPKEEP_OUT_DIR'] = folder;
  try {
    await build({
      configFile: `${ROOT}vite.config.ts`,
      logLevel: 'error',
      plugins: [
        {
          name: 'upkeep-one-change',
          enforce: 'pre',
          transform: (code, id) => {
            if (id !== `${ROOT}${module}`) return null;
            changes += 1;
            return `${code}\nReflect.set(globalThis, 'upkeepChanged', true);\n`;
          },
        },
      ],
    });
  } finally {
    if (before === undefined) delete process.env['UPKEEP_OUT_DIR'];
    else process.env['UPKEEP_OUT_DIR'] = before;
  }
  if (changes === 0) throw new Error(`${module} is no part of the app`);
};

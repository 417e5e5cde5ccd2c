import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './browser/chromium.js';

/**
 * Runs all that a change must pass. The last line is `N passed, N failed`.
 *
 * A step of tests adds its tests; any other step adds one failure when it fails, and nothing when
 * it passes. A step of tests that fails without a failed test (a file that does not load, an
 * error outside a test) adds one failure too.
 */
interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What vitest runs, where the step is one of tests. */
  readonly areTests: boolean;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed, a line each: a log that is cut keeps its end. */
  readonly failures: readonly string[];
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');

const tool = (name: string, program: string, ...args: string[]): Step => ({
  name,
  command: [join(BIN, program), ...args],
  areTests: false,
});

const tests = (name: string, project: string, ...folders: string[]): Step => ({
  name,
  command: [join(BIN, 'vitest'), 'run', '--project', project, ...folders],
  areTests: true,
});

/** Every folder of tests/ but the journeys in browsers, so that no test is left out. */
function nodeSuites(): readonly Step[] {
  const entries = readdirSync(join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' });
  const files = entries.filter((path) => path.endsWith('.test.ts'));
  const folders = new Set(files.map((path) => path.split(sep)[0] ?? ''));
  const names = [...folders].filter((name) => name !== 'browser').sort();
  return names.map((name) => tests(name, 'node', `tests/${name}`));
}

const STEPS: readonly Step[] = [
  tool('types', 'tsc', '--noEmit'),
  tool('types of the service worker', 'tsc', '--noEmit', '-p', 'tsconfig.worker.json'),
  tool('components', 'svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings'),
  ...nodeSuites(),
  tool('build', 'vite', 'build'),
  tests('gallery', 'gallery'),
  tests('browser', 'browser'),
];

const main = async (): Promise<void> => {
  const scratch = await mkdtemp(join(tmpdir(), 'upkeep-test-'));
  const lines: string[] = [];
  let total: Count = { passed: 0, failed: 0, failures: [] };
  // Once, before several processes would look for it, or install it, at the same time.
  const browser = await findChromium().catch((error: unknown) => String(error));
  process.stdout.write(`Browser: ${browser}\n`);
  for (const [index, step] of STEPS.entries()) {
    process.stdout.write(`\n== ${step.name}\n`);
    const startedMs = performance.now();
    const count = await runStep(step, join(scratch, `${index}.json`));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const outcome = step.areTests
      ? `${count.passed} passed, ${count.failed} failed`
      : count.failed === 0
        ? 'good'
        : 'failed';
    lines.push(`${step.name.padEnd(28)} ${seconds.padStart(6)} s   ${outcome}`);
    total = {
      passed: total.passed + count.passed,
      failed: total.failed + count.failed,
      failures: [...total.failures, ...count.failures],
    };
  }
  await rm(scratch, { recursive: true, force: true });
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
  if (total.failures.length > 0) process.stdout.write(`${total.failures.join('\n')}\n\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
};

const runStep = async (step: Step, reportPath: string): Promise<Count> => {
  const [program, ...args] = step.command;
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const status = await run(program, step.areTests ? [...args, ...reports] : args);
  if (!step.areTests) return status === 0 ? GOOD : failedAsWhole(step);
  const count = await readCount(reportPath);
  const hasHiddenFailure = status !== 0 && count.failed === 0;
  return hasHiddenFailure ? { ...failedAsWhole(step), passed: count.passed } : count;
};

const GOOD: Count = { passed: 0, failed: 0, failures: [] };

const failedAsWhole = ({ name }: Step): Count => ({
  passed: 0,
  failed: 1,
  failures: [`failed: ${name}`],
});

const run = (program: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(program, [...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(1));
    child.once('close', (status) => resolve(status ?? 1));
  });

/** Of vitest's report, what counts. */
interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Counts from vitest's own report; a file that did not load counts as one failure. */
const readCount = async (path: string): Promise<Count> => {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const report = JSON.parse(text) as Report;
  const files = report.testResults ?? [];
  const broken = files.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
  const failed = files.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) =>
        failureOf(file.name, fullName, failureMessages?.[0] ?? ''),
      ),
  );
  return {
    passed: report.numPassedTests ?? 0,
    failed: (report.numFailedTests ?? 0) + broken.length,
    failures: [
      ...failed,
      ...broken.map(({ name, message }) => failureOf(name, 'does not load', message ?? '')),
    ],
  };
};

const failureOf = (path: string, title: string, message: string): string =>
  `failed: ${relative(ROOT, path)}: ${title}\n  ${message.split('\n').slice(0, 6).join('\n  ')}`;

await main();

import { runCampaign, type Report } from './campaign.js';
import { DOORS } from './doors.js';

/**
 * Sends changed, made up and spoilt bytes through every door where others' bytes come in.
 *
 * `--runs N` (100,000), `--seed S` (1), `--door NAME` one door alone, `--run K` one run of it, `--json`
 * one object on the last line: `{"ok","runs","crashes","hangs","rssMb"}`.
 */
const RSS_MB_MAX = 256;

const valueOf = (name: string): string | undefined =>
  process.argv.find((_, index, all) => all[index - 1] === `--${name}`);

const numberOf = (name: string, otherwise: number): number => {
  const value = Number(valueOf(name) ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a number`);
  return value;
};

const tell = (report: Report, seconds: number): void => {
  const lines = [...report.countByDoor].map(
    ([name, { runs, accepted }]) =>
      `${name.padEnd(28)} ${String(runs).padStart(9)} runs ${String(accepted).padStart(9)} accepted`,
  );
  process.stdout.write(`${lines.join('\n')}\n\n`);
  for (const { kind, door, what, again, input } of report.findings) {
    process.stdout.write(`${kind} at ${door}: ${what}\n  ${again}\n  ${input}\n\n`);
  }
  const rate = Math.round(report.runs / seconds);
  process.stdout.write(`${report.runs} runs in ${seconds.toFixed(1)} s, ${rate} a second\n`);
};

const main = async (): Promise<void> => {
  const only = valueOf('run') === undefined ? {} : { only: numberOf('run', 0) };
  const name = valueOf('door');
  const doors = DOORS.filter((door) => name === undefined || door.name === name);
  if (doors.length === 0) throw new Error(`the doors are ${DOORS.map((d) => d.name).join(', ')}`);
  const runs = 'only' in only ? 1 : numberOf('runs', 100_000);
  const startedMs = performance.now();
  const report = await runCampaign({ doors, runs, seed: numberOf('seed', 1), ...only });
  tell(report, (performance.now() - startedMs) / 1000);
  const countOf = (kind: string): number =>
    report.findings.filter((finding) => finding.kind === kind).length;
  const [crashes, hangs] = [countOf('crash'), countOf('hang')];
  const ok = crashes + hangs === 0 && report.rssMb <= RSS_MB_MAX;
  const told = { ok, runs: report.runs, crashes, hangs, rssMb: report.rssMb };
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(told)}\n`);
  process.exitCode = ok ? 0 : 1;
};

await main();

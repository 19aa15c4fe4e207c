// @ts-check
// `pnpm bench`: see README.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, isFresh } from '../lib/build.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    json: { type: 'string' },
  },
});

if (!isFresh() && !(await build())) process.exit(1);

// What follows needs them built.
const { runBench } = await import('./lib/bench.mjs');
const { toJson, toText } = await import('./lib/report.mjs');
const { FULL, QUICK } = await import('./lib/records.mjs');

const folder = mkdtempSync(join(tmpdir(), 'reftable-bench-'));
try {
  const rows = await runBench(folder, values.quick ? QUICK : FULL, Number(values.rounds ?? (values.quick ? 5 : 15)), values.only);
  process.stdout.write(toText(rows));
  if (values.json !== undefined) writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', values.json), toJson(rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// @ts-check
// `node tools/fuzz/main.mjs [--seconds N] [--seed N] [--out DIR] [--replay FILE]`: see README.md.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundleSubject } from './lib/bundle.mjs';
import { readCase, writeCase } from './lib/case-file.mjs';

/** No case may take longer than this, in milliseconds: then it has no end. (Those over a second fail by themselves.) */
const PATIENCE = 20_000;

/** Memory, in MiB, that no case has reason to fill. */
const HEAP = 512;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    out: { type: 'string', default: 'fuzz-failures' },
    replay: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
if (!(seconds > 0) || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('usage: node tools/fuzz/main.mjs [--seconds N] [--seed N] [--out DIR] [--replay FILE]\n');
  process.exit(2);
}

/** Failures by what is wrong, numbers left out: one of a kind is kept. @type {Set<string>} */
const kinds = new Set();
let failures = 0;
/** @type {import('./lib/worker.mjs').Begun | undefined} */
let current;

/** @param {string} message */
function fail(message) {
  failures++;
  const kind = (message.split('\n')[0] ?? '').replace(/\d+|"[^"]*"/g, '#');
  if (kinds.has(kind)) return;
  kinds.add(kind);
  if (values.replay !== undefined || current === undefined) {
    process.stdout.write(`${message}\n`);
    return;
  }
  const folder = resolve(process.env['INIT_CWD'] ?? '.', values.out);
  const path = join(folder, `${seed}-${current.number}.ref`);
  mkdirSync(folder, { recursive: true });
  writeCase(path, current);
  process.stdout.write(`seed ${seed}, case ${current.number}: ${path}\n${message}\n`);
}

const { path: subject, remove } = await bundleSubject();
try {
  process.stdout.write(values.replay === undefined ? `seed ${seed}, for ${seconds} s\n` : `${values.replay}\n`);
  /** @type {import('./lib/worker.mjs').Task} */
  const task = { subject, seed, seconds, ...(values.replay !== undefined && { replay: readCase(resolve(process.env['INIT_CWD'] ?? '.', values.replay)) }) };
  const worker = new Worker(new URL('lib/worker.mjs', import.meta.url), { workerData: task, resourceLimits: { maxOldGenerationSizeMb: HEAP } });
  await new Promise((done) => {
    let watch = setTimeout(() => undefined, 0);
    worker.on('message', (/** @type {import('./lib/worker.mjs').Begun | import('./lib/worker.mjs').Failed | import('./lib/worker.mjs').Ended} */ message) => {
      clearTimeout(watch);
      if (message.kind === 'case') current = message;
      else if (message.kind === 'failure') fail(message.message);
      else {
        process.stdout.write(`${message.cases} cases, ${failures} failures\n`);
        for (const [outcome, count] of [...message.outcomes].sort((a, b) => b[1] - a[1])) process.stdout.write(`  ${count} ${outcome}\n`);
        return;
      }
      watch = setTimeout(() => {
        fail(`no end after ${PATIENCE} ms`);
        void worker.terminate();
      }, PATIENCE);
    });
    worker.on('error', (error) => fail(`the worker died: ${String(error)}`));
    worker.on('exit', (code) => {
      clearTimeout(watch);
      done(code);
    });
  });
} finally {
  remove();
}
process.exitCode = failures > 0 ? 1 : 0;

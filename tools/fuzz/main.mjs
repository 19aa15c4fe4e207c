// @ts-check
// `node tools/fuzz/main.mjs [--seconds N] [--seed N] [--out DIR] [--replay FILE]`: see README.md.
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundleSubject } from './lib/bundle.mjs';
import { readCase, writeCase } from './lib/case-file.mjs';

/** @typedef {import('./lib/worker.mjs').Task} Task */
/** @typedef {import('./lib/worker.mjs').Said} Said */

/** A case that takes longer than this, in milliseconds, has no end. (One that takes over a second fails by itself.) */
const PATIENCE = 20_000;

/** Memory, in MiB, that no case has reason to fill. */
const HEAP = 512;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    out: { type: 'string', default: join(tmpdir(), 'reftable-fuzz-failures') },
    replay: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
if (!(seconds > 0) || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('--seconds takes a number above 0, --seed a whole number\n');
  process.exit(2);
}

let failures = 0;
/** What was wrong, without numbers and names. @type {Set<string>} */
const kinds = new Set();
/** The case that is under way. @type {import('./lib/worker.mjs').Begun | undefined} */
let current;

/** @param {string} message */
function fail(message) {
  failures++;
  const kind = (message.split('\n')[0] ?? '').replace(/"(\\.|[^"\\])*"|\d+/g, '#');
  if (kinds.has(kind)) return;
  kinds.add(kind);
  if (values.replay === undefined && current !== undefined) {
    const path = join(values.out, `${seed}-${current.number}.ref`);
    mkdirSync(values.out, { recursive: true });
    writeCase(path, current);
    process.stdout.write(`seed ${seed}, case ${current.number}: ${path}\n`);
  }
  process.stdout.write(`${message}\n`);
}

/** @param {Said} said */
function hear(said) {
  if (said.kind === 'case') current = said;
  else if (said.kind === 'failure') fail(said.message);
  else {
    process.stdout.write(`${said.cases} cases, ${failures} failures\n`);
    for (const [outcome, count] of [...said.outcomes].sort((a, b) => b[1] - a[1])) process.stdout.write(`  ${count} ${outcome}\n`);
  }
}

/** Runs a task in a thread of its own: whatever it gets into, it can be stopped. @param {Task} task */
function run(task) {
  const worker = new Worker(new URL('lib/worker.mjs', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  const watch = setTimeout(() => {
    fail(`no end after ${PATIENCE} ms`);
    void worker.terminate();
  }, PATIENCE);
  worker.on('message', (/** @type {Said} */ said) => {
    watch.refresh();
    hear(said);
  });
  worker.on('error', (error) => fail(`the worker died: ${String(error)}`));
  return new Promise((done) => {
    worker.on('exit', () => {
      clearTimeout(watch);
      done(undefined);
    });
  });
}

const { path: subject, remove } = await bundleSubject();
try {
  if (values.replay === undefined) {
    process.stdout.write(`seed ${seed}, for ${seconds} s\n`);
    await run({ subject, seed, seconds });
  } else {
    await run({ subject, seed, seconds, replay: readCase(values.replay) });
  }
} finally {
  remove();
}
process.exitCode = failures > 0 ? 1 : 0;

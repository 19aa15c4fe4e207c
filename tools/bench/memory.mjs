// @ts-check
// What memory a compaction takes, beside a process that only opens the stack and reads a ref: node tools/bench/memory.mjs [TIMES …]
// For the bench's stack, and for one of so many times its refs; by default four.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutStack, stackPaths } from './lib/stack-folder.mjs';

/** Each is done that often. What is collected late differs from run to run: the least is what it takes. */
const RUNS = 5;

/**
 * Runs a program of ours. All that is large is done in one: by what the system says, a process has never been smaller than who started it.
 * @param {string} name
 * @param {string[]} args
 * @returns {Record<string, number>}
 */
const run = (name, ...args) => JSON.parse(execFileSync(process.execPath, [join(import.meta.dirname, 'memory', name), ...args], { encoding: 'utf8' }));

const megabytes = (/** @type {number} */ bytes = NaN) => (bytes / 1e6).toFixed(1);

console.log('| refs | table, MB | process | resident, MB | heap and buffers, MB |\n| ---: | ---: | --- | ---: | ---: |');
const times = process.argv.length > 2 ? process.argv.slice(2) : ['4'];
for (const factor of ['1', ...times]) {
  const folder = mkdtempSync(join(tmpdir(), 'reftable-bench-'));
  try {
    const { size, refs } = run('fixture.mjs', folder, factor);
    const [name = ''] = readFileSync(join(folder, 'names.txt'), 'utf8').split('\n', 1);
    for (const what of ['nothing', 'open', 'compact']) {
      const measured = Array.from({ length: RUNS }, () => {
        const copy = join(folder, 'stack');
        layOutStack(copy, stackPaths(folder));
        return run('measured.mjs', what, copy, name);
      });
      const least = (/** @type {string} */ figure) => megabytes(Math.min(...measured.map((memory) => memory[figure] ?? NaN)));
      console.log(`| ${refs} | ${megabytes(size)} | ${what} | ${least('resident')} | ${least('heap')} |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

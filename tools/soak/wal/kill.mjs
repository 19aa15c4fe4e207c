// @ts-check
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkLog } from './check.mjs';

/** A writer that does nothing at all is killed after this, in milliseconds, too. */
const PATIENCE = 20_000;

/**
 * Lets writers append to logs and kills each of them at some moment.
 * @param {object} what
 * @param {string} what.program the appender, as one file
 * @param {string} what.folder where the logs go; a log stays there if anything is wrong with it
 * @param {number} what.kills
 * @param {number} what.atOnce how many run at the same time
 * @param {() => number} what.random from 0 up to 1
 * @returns {Promise<{ wrong: string[], acknowledged: number, batches: number, torn: number, longest: number }>}
 */
export async function killWriters({ program, folder, kills, atOnce, random }) {
  const result = { wrong: /** @type {string[]} */ ([]), acknowledged: 0, batches: 0, torn: 0, longest: 0 };
  let next = 0;
  const work = async () => {
    while (next < kills) {
      const number = next++;
      const path = join(folder, `${number}.log`);
      const said = await runAndKill(program, path, random);
      const { wrong, batches, cut } = checkLog(path, said);
      result.wrong.push(...wrong.map((what) => `${path}: ${what}`));
      result.acknowledged += said.length - 1;
      result.batches += batches;
      result.longest = Math.max(result.longest, batches);
      if (cut > 0) result.torn++;
      if (wrong.length === 0) rmSync(path);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return result;
}

/**
 * @param {string} program
 * @param {string} path
 * @param {() => number} random
 * @returns {Promise<string[]>} the writer's whole lines
 */
function runAndKill(program, path, random) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    const kill = () => child.kill('SIGKILL');
    const patience = setTimeout(kill, PATIENCE);
    // Mostly soon after it has begun, and sometimes when blocks are full; and then at any moment until the next answer or two.
    let answers = random() ** 3 * 300;
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ more) => {
      text += more;
      if (answers < 0) return;
      answers -= more.split('\n').length - 1;
      if (answers < 0) setTimeout(kill, random() * 5);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(patience);
      const lines = text.split('\n').slice(0, -1);
      if (lines[0] === 'ready') resolve(lines);
      else reject(new Error(`the writer of ${path} did not begin`));
    });
  });
}

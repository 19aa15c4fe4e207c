// @ts-check
// Whole processes of Node, from start to end: what a small program takes that reads a little and is done.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../lib/workspace.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */

/** The least there is, by which the others are judged. */
const NOTHING = 'startup-nothing';

const command = join(root, 'packages/cli/dist/main.js');
const example = join(root, 'packages/cli/example.git');
const program = (/** @type {string} */ name) => join(import.meta.dirname, '../startup', name);

/**
 * @param {string} name
 * @param {(fixture: import('../lib/fixture.mjs').Fixture) => readonly string[]} makeArgs what Node is told
 * @param {Work['against']} against
 * @returns {Work}
 */
const startup = (name, makeArgs, against) => ({
  name,
  per: 'processes',
  against,
  prepare(fixture) {
    const args = makeArgs(fixture);
    const run = () => {
      const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      return 1;
    };
    return { run, check: (digest) => digest.line(String(run())) };
  },
});

const overNothing = { peer: 'Node', work: NOTHING, lesser: true, over: true };

export default [
  startup(NOTHING, () => ['-e', ''], []),
  startup('startup-stack', stackArgs('stack.mjs'), [{ ...overNothing, goal: 15 }]),
  startup('startup-stack-writable', stackArgs('stack-writable.mjs'), [overNothing]),
  startup('startup-head', () => [program('head.mjs'), example, 'main'], [overNothing]),
  startup('startup-ls', () => [command, 'ls', example], [overNothing]),
];

/** A program on the bench's table as the only one of a stack. @param {string} file @returns {(fixture: import('../lib/fixture.mjs').Fixture) => string[]} */
function stackArgs(file) {
  return ({ path, names: [name = ''] }) => {
    const folder = dirname(path);
    writeFileSync(join(folder, 'tables.list'), 'table.ref\n');
    return [program(file), folder, name];
  };
}

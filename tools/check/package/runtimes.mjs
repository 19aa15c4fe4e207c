// @ts-check
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, pnpm, run } from '../../lib/run.mjs';
import { root } from '../../lib/workspace.mjs';

/** @type {Record<string, { version: string, args: string[] }>} */
const runtimes = {
  deno: { version: '2.9.6', args: ['run', '--node-modules-dir=manual', '--allow-read', '--allow-env'] },
  bun: { version: '1.4.5', args: ['run'] },
};

/**
 * Other JavaScript runtimes, fetched from npm for this check alone.
 * @returns {{ name: string, run: (dir: string, script: string) => string }[]} those that could be had
 */
export function otherRuntimes() {
  return Object.entries(runtimes).flatMap(([name, { version, args }]) => {
    try {
      const program = provide(name, version);
      return [{ name: `${name} ${version}`, run: (/** @type {string} */ dir, /** @type {string} */ script) => run(program, [...args, script], { cwd: dir }) }];
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      console.log(`NOTICE: ${name} ${version} can't be had here, so nothing is checked in it: ${error.message.split('\n').slice(0, 3).join(' ')}`);
      return [];
    }
  });
}

/** @param {string} name @param {string} version @returns {string} the program's path */
function provide(name, version) {
  const dir = join(root, 'node_modules/.cache/runtimes', `${name}-${version}`);
  const program = join(dir, 'node_modules/.bin', name);
  if (!existsSync(program)) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
    writeFileSync(join(dir, 'pnpm-workspace.yaml'), JSON.stringify({ packages: ['.'], pmOnFail: 'ignore', allowBuilds: { [name]: true } }));
    pnpm(['install'], { cwd: dir });
  }
  run(program, ['--version']);
  return program;
}

// @ts-check
import { build } from 'esbuild';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';

/**
 * Bundles a program of ours, packages' sources included, into one file that Node runs as it is.
 * @param {string} program its path
 * @param {string} folder where the file goes
 * @returns {Promise<string>} the file's path
 */
export async function bundleProgram(program, folder) {
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [program],
    outfile,
    absWorkingDir: root,
    conditions: ['@reftable/source', 'node'],
    platform: 'node',
    format: 'esm',
    target: 'node20',
    bundle: true,
    logLevel: 'silent',
  });
  return outfile;
}

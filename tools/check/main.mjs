// @ts-check
// `pnpm check`: builds the packages, and runs every check there is besides tests, types and lint.
import { join } from 'node:path';
import { build } from '../lib/build.mjs';
import { runLoudly } from '../lib/run.mjs';

const checks = ['dag', 'size', 'changesets', 'package'];

const failed = (await build())
  ? checks.filter((check) => !runLoudly(process.execPath, [join(import.meta.dirname, check, 'main.mjs')]))
  : ['build'];
if (failed.length > 0) {
  console.error(`check: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

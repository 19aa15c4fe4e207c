// @ts-check
// `pnpm test [FILTER] [VITEST OPTIONS]`: builds the packages, runs the tests of the whole workspace, and ends stdout
// with one line, `N passed, N failed, N skipped`. The exit code is 1 if anything failed or no test ran.
import { parseCLI, startVitest } from 'vitest/node';
import { build } from '../lib/build.mjs';
import { count, isGood, summary } from './summary.mjs';

/** @returns {Promise<import('./summary.mjs').Counts>} */
async function test() {
  // The command's own tests run it as users do, built.
  if (!(await build())) return { passed: 0, failed: 1, skipped: 0 };
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  const vitest = await startVitest('test', filter, { ...options, watch: false });
  const counts = count(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
  await vitest.close();
  return counts;
}

const counts = await test();
if (!isGood(counts)) process.exitCode = 1;
process.stdout.write(`${summary(counts)}\n`);

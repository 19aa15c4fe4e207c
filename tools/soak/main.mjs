// @ts-check
// `pnpm soak PART [options]`: see README.md.
import { build, isFresh } from '../lib/build.mjs';

const parts = {
  stack: () => import('./stack/main.mjs'),
  wal: () => import('./wal/main.mjs'),
};

const [part = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(parts, part)) {
  process.stderr.write(`soak: a part is wanted: ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
// What checks the outcome runs here, on the packages as they are built.
if (!isFresh() && !(await build())) process.exit(1);
const { main } = await parts[/** @type {keyof typeof parts} */ (part)]();
process.exitCode = await main(args);

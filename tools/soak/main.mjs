// @ts-check
// `pnpm soak PART [options]`: see README.md.
const parts = {
  wal: () => import('./wal/main.mjs'),
};

const [part = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(parts, part)) {
  process.stderr.write(`soak: a part is wanted: ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
const { main } = await parts[/** @type {keyof typeof parts} */ (part)]();
process.exitCode = await main(args);

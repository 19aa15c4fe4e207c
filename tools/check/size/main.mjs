// @ts-check
// Checks the size of each plain door against its budget: all that it exports, minified, compressed with gzip -9, other
// packages left outside. 1 kB is 1000 bytes.
import { gzipSync } from 'node:zlib';
import { bundleForBrowser } from '../../lib/esbuild.mjs';
import { doors, readPackages } from '../../lib/workspace.mjs';

/** Bytes. @type {Record<string, number>} */
const budgets = { varint: 1500, io: 4000, block: 8000, table: 8000, merged: 3000, 'sst-v2': 8000, 'sst-log': 10000 };

let failed = false;
for (const pkg of readPackages()) {
  const budget = budgets[pkg.short];
  if (budget === undefined) continue;
  const door = doors(pkg).find(({ subpath }) => subpath === '.');
  if (!door) throw new Error(`${pkg.name} has no plain door`);
  const code = await bundleForBrowser({ contents: `export * from ${JSON.stringify(door.built)};`, resolveDir: pkg.dir, external: true });
  const size = gzipSync(code, { level: 9 }).length;
  const verdict = size <= budget ? 'ok' : 'TOO LARGE';
  console.log(`size: ${pkg.name.padEnd(18)} ${String(size).padStart(6)} of ${String(budget).padStart(5)} bytes  ${verdict}`);
  failed ||= size > budget;
}
if (failed) process.exitCode = 1;

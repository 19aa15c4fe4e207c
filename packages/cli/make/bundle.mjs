// @ts-check
// Puts the command and the packages that it needs into one file, `dist/main.js`, in place of what the compiler made of `main.ts` alone.
// Node takes about half a millisecond for each module that it finds, reads and links; this command has more than eighty.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  conditions: ['@reftable/source'],
  legalComments: 'inline',
  logLevel: 'warning',
});
// The compiler's map is of another text.
rmSync(join(root, 'dist/main.js.map'), { force: true });

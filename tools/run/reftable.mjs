// @ts-check
// `pnpm reftable [ARGS]`: the command as built from this work tree. Builds first if a source is newer than the last
// build, and says so on stderr alone: stdout belongs to the command.
import { pathToFileURL } from 'node:url';
import { build, isFresh } from '../lib/build.mjs';
import { root } from '../lib/workspace.mjs';
import { join } from 'node:path';

if (!isFresh() && !(await build())) process.exit(1);

const main = join(root, 'packages/cli/dist/main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);

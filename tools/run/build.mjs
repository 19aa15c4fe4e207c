// @ts-check
// The `build` script of each package, run in its folder.
import { realpathSync } from 'node:fs';
import { compile } from '../lib/build.mjs';
import { readPackages } from '../lib/workspace.mjs';

const here = realpathSync('.');
const pkg = readPackages().find(({ dir }) => realpathSync(dir) === here);
if (!pkg) throw new Error(`${here} is no package's folder`);
if (!(await compile([pkg]))) process.exitCode = 1;

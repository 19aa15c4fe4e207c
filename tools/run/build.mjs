// @ts-check
// The `build` script of each package, run in its folder.
import { compile } from '../lib/build.mjs';

if (!compile([process.cwd()])) process.exitCode = 1;

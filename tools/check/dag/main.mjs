// @ts-check
// Checks that no package imports what it must not: see CONTRIBUTING.md, "The arrows".
import { readPackages, root } from '../../lib/workspace.mjs';
import { checkWorkspace } from './check.mjs';
import * as rules from './rules.mjs';

const violations = checkWorkspace(root, rules);
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;
else console.log(`dag: ${readPackages().length} packages, every import is in order`);

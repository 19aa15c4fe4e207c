// @ts-check
// `pnpm release`: publishes every package whose version (set by `changeset version`) is not on the registry yet, after
// a build from nothing and every check. Meant for a CI job that may ask for an identity token: npm then attests which
// commit and which job a tarball came from (`publishConfig.provenance`).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runLoudly } from '../lib/run.mjs';
import { readPackages, root } from '../lib/workspace.mjs';

for (const { dir } of readPackages()) rmSync(join(dir, 'dist'), { recursive: true, force: true });

const node = process.execPath;
const steps = [
  [node, join(root, 'node_modules/typescript/bin/tsc'), '-b'],
  [node, join(root, 'node_modules/eslint/bin/eslint.js'), '.'],
  [node, join(root, 'tools/test/main.mjs')],
  [node, join(root, 'tools/check/main.mjs')],
  [node, join(root, 'node_modules/@changesets/cli/bin.js'), 'publish'],
];
for (const [command, ...args] of steps) {
  if (command === undefined || !runLoudly(command, args)) {
    console.error(`release: stopped at: ${args.join(' ')}`);
    process.exit(1);
  }
}

// @ts-check
// Shows what `changeset version` would do, on a copy of the manifests: it must work, and no version may reach 1.0.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/run.mjs';
import { readPackages, root } from '../../lib/workspace.mjs';

const temp = mkdtempSync(join(tmpdir(), 'changesets-check-'));
try {
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', 'tools/package.json']) {
    cpSync(join(root, path), join(temp, path), { recursive: true });
  }
  const before = readPackages();
  for (const { short, dir } of before) {
    const copy = join(temp, 'packages', short);
    mkdirSync(copy, { recursive: true });
    for (const name of ['package.json', 'CHANGELOG.md']) {
      if (existsSync(join(dir, name))) cpSync(join(dir, name), join(copy, name));
    }
  }
  symlinkSync(join(root, 'node_modules'), join(temp, 'node_modules'), 'junction');
  run('git', ['init', '-q'], { cwd: temp });
  run(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: temp });

  for (const [i, { name, manifest }] of readPackages(temp).entries()) {
    const good = /^0\./.test(manifest.version);
    console.log(`changesets: ${name}: ${before[i]?.manifest.version ?? '?'} -> ${manifest.version}${good ? '' : '  MUST STAY BELOW 1.0'}`);
    if (!good) process.exitCode = 1;
  }
} finally {
  rmSync(temp, { recursive: true });
}

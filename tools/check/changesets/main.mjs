// @ts-check
// Shows what `changeset version` would do, on a copy of the manifests: it must work, no version may reach 1.0, and what
// has a copy of another package in it must be released with that one.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/run.mjs';
import { carried, readPackages, root } from '../../lib/workspace.mjs';

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

  const versions = new Map(readPackages(temp).map(({ name, manifest }) => [name, manifest.version]));
  const released = before.filter(({ name, manifest }) => versions.get(name) !== manifest.version).map(({ name }) => name);
  for (const pkg of before) {
    const { name, manifest } = pkg;
    const version = versions.get(name) ?? '?';
    const stale = released.includes(name) ? [] : carried(pkg).filter((inside) => released.includes(inside));
    const wrong = !/^0\./.test(version) ? 'MUST STAY BELOW 1.0' : stale.length > 0 ? `A CHANGESET MUST NAME IT TOO: IT HOLDS ${stale.join(', ')}` : '';
    console.log(`changesets: ${name}: ${manifest.version} -> ${version}  ${wrong}`.trimEnd());
    if (wrong !== '') process.exitCode = 1;
  }
} finally {
  rmSync(temp, { recursive: true });
}

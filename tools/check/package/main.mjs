// @ts-check
// Checks each public package as it would be published: packs it, looks into the tarball, and uses it in a project of
// its own: in Node, with TypeScript, in a browser bundle, in Deno and Bun.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { cores } from '../dag/rules.mjs';
import { bundleForBrowser } from '../../lib/esbuild.mjs';
import { bin, run } from '../../lib/run.mjs';
import { doors, isForNode, readPackages } from '../../lib/workspace.mjs';
import { compile, loadInNode, makeBareProject } from './bare-project.mjs';
import { checkContents } from './contents.mjs';
import { pack } from './pack.mjs';
import { otherRuntimes } from './runtimes.mjs';

/** Bytes that the largest package, the conformance data, may have. */
const largestTarball = 5_000_000;

let failures = 0;
/**
 * @param {string} what
 * @param {() => string | void | Promise<string | void>} check throws what is wrong; may hand back what to say
 */
async function step(what, check) {
  try {
    const remark = await check();
    console.log(`package: ${what}${remark ? `: ${remark}` : ''}`);
  } catch (error) {
    failures++;
    console.error(`package: ${what}: FAILED\n${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param {readonly string[]} wrong */
function refuse(wrong) {
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

const temp = mkdtempSync(join(tmpdir(), 'package-check-'));
try {
  const packed = readPackages().filter(({ manifest }) => !manifest.private).map((pkg) => pack(pkg, temp));
  for (const { pkg, tarball, files } of packed) {
    const { size } = statSync(tarball);
    await step(`${pkg.name}: tarball`, () => {
      refuse(checkContents(files));
      if (size >= largestTarball) throw new Error(`${size} bytes, more than ${largestTarball}`);
      return `${files.size} files, ${size} bytes`;
    });
    await step(`${pkg.name}: publint`, async () => {
      const { messages, pkg: manifest } = await publint({ strict: true, pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } });
      refuse(messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code));
    });
    if (doors(pkg).length > 0) {
      await step(`${pkg.name}: types`, () => void run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']));
    }
  }

  const project = join(temp, 'project');
  makeBareProject(project, packed);
  const all = packed.flatMap(({ pkg }) => doors(pkg).map((door) => ({ ...door, anywhere: cores.includes(pkg.short) && !isForNode(door.subpath) })));
  for (const { specifier } of all) {
    await step(`${specifier}: import and require in Node ${process.versions.node}`, () => {
      const names = loadInNode(project, specifier);
      if (names.length === 0) throw new Error('exports nothing');
      return `${names.length} exports`;
    });
  }
  const anywhere = all.filter((door) => door.anywhere).map(({ specifier }) => specifier);
  await step('TypeScript with the plain doors, without any types of Node', () => { compile(project, 'plain', anywhere, []); });
  await step('TypeScript with all doors', () => { compile(project, 'all', all.map(({ specifier }) => specifier), ['node']); });
  for (const specifier of anywhere) {
    await step(`${specifier}: browser bundle without Node built-ins`, async () => {
      const code = await bundleForBrowser({ contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: project });
      return `${code.length} bytes`;
    });
  }
  copyFileSync(join(import.meta.dirname, 'use.mjs'), join(project, 'use.mjs'));
  writeFileSync(
    join(project, 'load.mjs'),
    anywhere.map((name) => `if (Object.keys(await import('${name}')).length === 0) throw new Error('${name} exports nothing');\n`).join(''),
  );
  const here = `Node ${process.versions.node}`;
  await step(`a table written and read in ${here}`, () => run(process.execPath, ['use.mjs'], { cwd: project }).trimEnd());
  await step(`the same through require in ${here}`, () => run(process.execPath, ['use.mjs', 'require'], { cwd: project }).trimEnd());
  for (const command of packed.flatMap(({ pkg }) => Object.keys(pkg.manifest.bin ?? {}))) {
    await step(`the command ${command}, installed`, () => {
      const lines = run(join(project, 'node_modules/.bin', command), [], { cwd: project }).split('\n').length - 1;
      if (lines === 0) throw new Error('prints nothing');
      return `${lines} lines`;
    });
  }
  for (const runtime of otherRuntimes()) {
    await step(`${anywhere.length} plain doors imported in ${runtime.name}`, () => void runtime.run(project, 'load.mjs'));
    await step(`a table written and read in ${runtime.name}`, () => runtime.run(project, 'use.mjs').trimEnd());
  }
} finally {
  rmSync(temp, { recursive: true });
}
if (failures > 0) process.exitCode = 1;

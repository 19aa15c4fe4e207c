// @ts-check
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../lib/workspace.mjs';

/** A module that looks for files beside itself must not see that it was bundled. @type {import('esbuild').Plugin} */
const keepPlaces = {
  name: 'keep places',
  setup(build) {
    build.onLoad({ filter: /[/\\]packages[/\\][^/\\]+[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

/**
 * Runs an example in a Node process of its own, in a copy of the example repository, on the packages' sources.
 * @param {import('./documents.mjs').Block} block
 * @returns {Promise<string>} what it printed on stdout
 * @throws Error if it ended with another exit code than 0, or took longer than 20 seconds
 */
export async function runBlock({ name, home, code }) {
  const folder = mkdtempSync(join(tmpdir(), 'reftable-docs-'));
  try {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: home, sourcefile: name, loader: 'ts' },
      absWorkingDir: root,
      conditions: ['@reftable/source', 'node'],
      platform: 'node',
      format: 'esm',
      target: 'node20',
      bundle: true,
      write: false,
      logLevel: 'silent',
      plugins: [keepPlaces],
    });
    // Where the examples run there is a repository to look at, as there mostly is where people try them.
    cpSync(join(root, 'packages/cli/example.git'), folder, { recursive: true });
    const script = join(folder, 'example.mjs');
    writeFileSync(script, String(outputFiles[0]?.text));
    return await node(script, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} script
 * @param {string} cwd
 * @returns {Promise<string>}
 */
function node(script, cwd) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script], { cwd, timeout: 20_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`the example fails\n${stdout}${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

/**
 * What an example says that it prints: the comments behind its calls of `console.log`, in their order. `…` stands for anything.
 * @param {string} code
 * @returns {string[]}
 */
export function promises(code) {
  return [...code.matchAll(/^\s*console\.log\(.*\); \/\/ (.+)$/gm)].map(([, promise]) => String(promise));
}

/**
 * The first promise that is not kept. Line breaks and indents do not count: Node breaks what it prints as it likes.
 * @param {string} printed
 * @param {readonly string[]} promised
 * @returns {string | undefined}
 */
export function brokenPromise(printed, promised) {
  let left = ` ${oneLine(printed)} `;
  return promised.find((promise) => {
    const pattern = oneLine(promise).split('…').map(escape).join('.*?');
    const found = new RegExp(`(?<= )${pattern}(?= )`).exec(left);
    // The space at its end may be the one before the next.
    if (found) left = left.slice(found.index + found[0].length);
    return found === null;
  });
}

/** @param {string} text */
function oneLine(text) {
  return text.trim().replaceAll(/\s+/g, ' ');
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

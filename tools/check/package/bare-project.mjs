// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, run } from '../../lib/run.mjs';
import { root } from '../../lib/workspace.mjs';

/** @typedef {import('./pack.mjs').Packed} Packed */

/**
 * Makes a project outside the monorepo that has the packed packages installed, and nothing else.
 * @param {string} dir
 * @param {readonly Packed[]} packed
 */
export function makeBareProject(dir, packed) {
  mkdirSync(dir);
  const dependencies = Object.fromEntries(packed.map(({ pkg, tarball }) => [pkg.name, `file:${tarball}`]));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'bare', private: true, type: 'module', dependencies }));
  // Packages of ours that need each other take the tarballs too: these versions are not published yet.
  writeFileSync(join(dir, 'pnpm-workspace.yaml'), JSON.stringify({ packages: ['.'], pmOnFail: 'ignore', overrides: dependencies }));
  pnpm(['install', '--prefer-offline', '--ignore-scripts'], { cwd: dir });
}

/**
 * Loads a door in Node both ways, and hands back what it exports.
 * @param {string} dir the project
 * @param {string} specifier
 * @returns {string[]}
 */
export function loadInNode(dir, specifier) {
  const name = JSON.stringify(specifier);
  // What the door exports must know its own name, which a bundler may have changed.
  const show =
    'for (const [name, value] of Object.entries(door)) if (typeof value === "function" && value.name !== name) throw new Error(name + " is called " + value.name);' +
    'console.log(Object.keys(door).sort().join("\\n"))';
  const imported = run(process.execPath, ['--input-type=module', '-e', `import * as door from ${name}; ${show}`], { cwd: dir });
  const required = run(process.execPath, ['--input-type=commonjs', '-e', `const door = require(${name}); ${show}`], { cwd: dir });
  if (imported !== required) throw new Error(`${specifier}: import gives\n${imported}but require gives\n${required}`);
  return imported.split('\n').filter((name) => name !== '');
}

/**
 * Compiles a module that imports some doors, with all declarations checked, as a user would who has a plain
 * TypeScript set-up.
 * @param {string} dir the project
 * @param {string} name of the module to make
 * @param {readonly string[]} specifiers
 * @param {readonly string[]} types packages of global types that are there: none, or Node's
 */
export function compile(dir, name, specifiers, types) {
  const imports = specifiers.map((specifier, i) => `export * as door${i} from ${JSON.stringify(specifier)};\n`);
  writeFileSync(join(dir, `${name}.ts`), imports.join(''));
  writeFileSync(
    join(dir, `${name}.tsconfig.json`),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'ES2023',
        lib: ['ES2023', 'DOM'],
        module: 'NodeNext',
        types,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: [`${name}.ts`],
    }),
  );
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `${name}.tsconfig.json`], { cwd: dir });
}

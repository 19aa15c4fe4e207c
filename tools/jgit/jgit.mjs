// @ts-check
import { join } from 'node:path';
import { run } from '../lib/run.mjs';

/**
 * How to run one of our Java programs on JGit: the arguments of `java`.
 * @param {string} classPath
 * @param {'Bench' | 'Interop'} program
 * @param {string[]} args
 */
export function javaArgs(classPath, program, ...args) {
  return ['-cp', classPath, join(import.meta.dirname, `${program}.java`), ...args];
}

/**
 * The class path of JGit: `REFTABLE_JGIT_CLASSPATH`, or else one that is fetched for the purpose.
 * @throws Error that says why there is none
 */
export function provideJGit() {
  const classPath = process.env['REFTABLE_JGIT_CLASSPATH'] ?? run(join(import.meta.dirname, '../ci/provide-jgit.sh'), []).trim();
  // A program is run from its source, so a Java without the compiler will not do.
  if (!run('java', ['--list-modules']).includes('jdk.compiler')) throw new Error('the Java on this machine has no compiler');
  return classPath;
}

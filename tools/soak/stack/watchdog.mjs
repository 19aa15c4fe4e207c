// @ts-check

/** Who says nothing for so long, in milliseconds, never will. */
const PATIENCE = 60_000;

/**
 * Kills a child that hangs, and says so.
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
 * @param {string} name
 * @param {import('./tally.mjs').Tally} tally
 */
export function watch(child, name, tally) {
  const timer = setTimeout(() => {
    tally.problems.push(`${name} has said nothing for ${PATIENCE} ms`);
    child.kill('SIGKILL');
  }, PATIENCE);
  child.stdout.on('data', () => timer.refresh());
  child.on('close', () => clearTimeout(timer));
}

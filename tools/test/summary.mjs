// @ts-check

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What of a vitest module or suite is looked at here.
 * @typedef {object} Task
 * @property {() => readonly unknown[]} errors
 * @property {{ allTests: () => Iterable<{ result: () => { state: string } }>, allSuites: () => Iterable<{ errors: () => readonly unknown[] }> }} children
 */

/**
 * Counts tests. What goes wrong outside any test (a file that does not load, a failing hook, a rejection that nobody
 * handled) counts as a failure, so that it can't hide behind passing tests; a test that never got to run counts as
 * skipped.
 * @param {readonly Task[]} modules
 * @param {readonly unknown[]} unhandled
 * @returns {Counts}
 */
export function count(modules, unhandled) {
  const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    for (const broken of [module, ...module.children.allSuites()]) counts.failed += broken.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed++;
      else if (state === 'failed') counts.failed++;
      else counts.skipped++;
    }
  }
  return counts;
}

/** A run is good if something passed and nothing failed. @param {Counts} counts */
export function isGood({ passed, failed }) {
  return passed > 0 && failed === 0;
}

/** @param {Counts} counts */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

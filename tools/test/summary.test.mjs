// @ts-check
import { describe, expect, it } from 'vitest';
import { count, isGood, summary } from './summary.mjs';

/**
 * @param {string[]} states
 * @param {{ own?: number, suite?: number }} [errors] how many errors the module and its one suite have
 */
function module(states, { own = 0, suite = 0 } = {}) {
  return {
    errors: () => Array.from({ length: own }),
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => [{ errors: () => Array.from({ length: suite }) }],
    },
  };
}

describe('count', () => {
  it('adds up the tests of all modules', () => {
    expect(count([module(['passed', 'failed']), module(['passed', 'skipped', 'pending'])], [])).toEqual({
      passed: 2,
      failed: 1,
      skipped: 2,
    });
  });

  it('counts as a failure what went wrong outside any test', () => {
    expect(count([module(['passed'], { own: 1 })], []).failed).toBe(1);
    expect(count([module(['passed'], { suite: 1 })], []).failed).toBe(1);
    expect(count([module(['passed'])], [new Error('nobody awaited this')]).failed).toBe(1);
  });
});

describe('isGood', () => {
  it('wants a test that passed, and none that failed', () => {
    expect(isGood({ passed: 1, failed: 0, skipped: 1 })).toBe(true);
    expect(isGood({ passed: 1, failed: 1, skipped: 0 })).toBe(false);
    expect(isGood({ passed: 0, failed: 0, skipped: 0 })).toBe(false);
    expect(isGood({ passed: 0, failed: 0, skipped: 3 })).toBe(false);
  });
});

it('speaks in one line', () => {
  expect(summary({ passed: 12, failed: 0, skipped: 3 })).toBe('12 passed, 0 failed, 3 skipped');
});

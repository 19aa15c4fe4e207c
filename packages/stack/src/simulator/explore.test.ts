import { expect, test } from 'vitest';
import { explore } from './explore.testing.js';
import { crowds } from './scenarios.testing.js';
import { Simulation } from './simulation.testing.js';

test('an exploration whose time is over ends soon', () => {
  let asked = 0;
  const found = explore(new Simulation(crowds['two writers and a reader']), {
    onProgress: () => ++asked < 3,
  });
  expect(found.isComplete).toBe(false);
  expect(found.states).toBeLessThan(300);
});

/* Each step of a process fails, in each way that it can. */
import { describe, expect, test } from 'vitest';
import { explore } from './explore.testing.js';
import { report } from './report.testing.js';
import { mishaps } from './scenarios.testing.js';
import type { Scenario } from './scenario.testing.js';
import { Simulation } from './simulation.testing.js';

/** Milliseconds, on a machine that has other things to do. */
const TIMEOUT = 120_000;

describe('whatever fails, nothing is lost and nothing is left behind by', () => {
  test.each(Object.entries<Scenario>(mishaps))('%s', (name, scenario) => {
    const simulation = new Simulation(scenario);
    const found = explore(simulation, { preemptions: 1 });
    report(name, simulation, found);
    expect(found.isComplete).toBe(true);
    if (scenario.failures !== undefined) expect(simulation.failures).toBeGreaterThan(20);
  }, TIMEOUT);
});

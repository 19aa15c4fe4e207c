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

/** Where one goes on alone: beside others, and where tables are large, `pnpm simulate` has the time. */
const alone = Object.entries<Scenario>(mishaps).filter(([name, { failures, programs }]) => failures === 1 && programs.length === 1 && !name.includes('a large table'));

describe('whatever fails, and then whatever else, nothing is lost and nothing is left behind by', () => {
  test.each(alone)('%s', (name, scenario) => {
    const simulation = new Simulation({ ...scenario, failures: 2 });
    const found = explore(simulation);
    report(`${name} twice`, simulation, found);
    expect(found.isComplete).toBe(true);
    expect(simulation.failures).toBeGreaterThan(40);
  }, TIMEOUT);
});

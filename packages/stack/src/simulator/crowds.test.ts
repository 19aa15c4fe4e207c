/* Processes at once: every order of their steps within bounds, and every crash. */
import { describe, expect, test } from 'vitest';
import { explore } from './explore.testing.js';
import { report } from './report.testing.js';
import { crowds } from './scenarios.testing.js';
import { Simulation } from './simulation.testing.js';

/** How often what could go on is interrupted, at most, so that it takes seconds. */
const PREEMPTIONS: Readonly<Record<keyof typeof crowds, number>> = {
  'two writers and a reader': Infinity,
  'two writers that compact': Infinity,
  'a writer that gives up where the list has changed': Infinity,
  'a writer and a compactor of all': 3,
  'a writer and a compactor of some': 3,
  'a writer and an expiry': 2,
  'a writer, a compactor and a reader': 2,
  'two compactors': Infinity,
  'a cleaner beside a writer': Infinity,
  'a cleaner beside a compactor': Infinity,
  'a cleaner beside a compactor of large tables': 2,
  'a lock that is broken': Infinity,
  'a lock that is broken under a compactor': 2,
  'a cleaner that breaks locks, beside a writer': Infinity,
  'a cleaner that breaks locks, beside a compactor': Infinity,
  'a cleaner that breaks locks, beside a compactor of large tables': 2,
  'a process that writes, compacts and reads at once': 1,
  'a process that compacts and reads at once, beside a compactor': 2,
  'two writers, a compactor and a reader': 1,
};

/** Milliseconds, on a machine that has other things to do. */
const TIMEOUT = 120_000;

describe('whatever the order of their steps and wherever they crash, nothing is lost by', () => {
  test.each(Object.entries(crowds))('%s', (name, scenario) => {
    const simulation = new Simulation(scenario);
    const found = explore(simulation, { preemptions: PREEMPTIONS[name as keyof typeof crowds] });
    report(name, simulation, found);
    expect(found.isComplete).toBe(true);
    expect(found.ends).toBeGreaterThan(0);
    expect(simulation.crashes.losses).toBeGreaterThan(10);
  }, TIMEOUT);
});

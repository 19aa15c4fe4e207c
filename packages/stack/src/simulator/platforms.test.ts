/* File systems that tell less of a file's identity, lose other things with the power, or are not synced at all; and ways at random. */
import { describe, expect, test } from 'vitest';
import type { Identities } from './disk.testing.js';
import { explore, wander } from './explore.testing.js';
import type { LossModel } from './loss.testing.js';
import type { Program } from './program.testing.js';
import { report } from './report.testing.js';
import { crowds, scenarios } from './scenarios.testing.js';
import { Simulation } from './simulation.testing.js';

const NAMES = ['two writers and a reader', 'two writers that compact', 'a writer, a compactor and a reader'] as const;

const platforms = (['none', 'reused', 'unique'] as const).flatMap((identities: Identities) =>
  (['ordered', 'any'] as const).flatMap((loss: LossModel) => NAMES.map((name) => ({ name, identities, loss }))),
);

describe('nothing is lost on a file system', () => {
  test.each(platforms)('of $identities identities and $loss losses, by $name', ({ name, identities, loss }) => {
    const simulation = new Simulation({ ...crowds[name], identities, loss });
    const found = explore(simulation, { preemptions: 1 });
    report(`${name}; ${identities} identities, ${loss} losses`, simulation, found);
    expect(found.isComplete).toBe(true);
  });

  test.each(NAMES)('that is not synced, when processes are killed, by %s', (name) => {
    const { story, before, last, programs } = crowds[name];
    const unsynced = programs.map((program: Program) => ({ ...program, options: { ...program.options, durability: 'none' as const } }));
    const simulation = new Simulation({ story, before, last, programs: unsynced });
    const found = explore(simulation, { preemptions: 2 });
    report(`${name}; nothing synced`, simulation, found);
    expect(found.isComplete).toBe(true);
    expect(simulation.crashes.losses).toBe(0);
  });
});

test('nothing is lost on ways at random', () => {
  let moves = 0;
  for (const scenario of Object.values(scenarios)) {
    const simulation = new Simulation(scenario);
    for (let seed = 1; seed <= 10; seed++) moves += wander(simulation, seed);
  }
  expect(moves).toBeGreaterThan(5000);
});

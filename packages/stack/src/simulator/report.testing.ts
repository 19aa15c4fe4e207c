import type { Found } from './explore.testing.js';
import type { Simulation } from './simulation.testing.js';

/** Prints how much was explored. */
export function report(name: string, { positions, crashes, failures, judge }: Simulation, { states, moves, ends }: Found): void {
  const { points, losses, recoveries } = crashes;
  const failed = failures > 0 ? `, ${failures} failing operations` : '';
  console.log(
    `${name}: ${states} states, ${moves} moves, ${ends} ends, ${positions} positions of processes, ` +
      `${points} crash points, ${losses} losses of power, ${recoveries} recoveries, ${judge.count} stacks${failed}`,
  );
}

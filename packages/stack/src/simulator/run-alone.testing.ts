import type { Disk } from './disk.testing.js';
import { Violation } from './judge.testing.js';
import { Process } from './process.testing.js';
import type { Program } from './program.testing.js';
import { performStep } from './step.testing.js';

/** Numbers of processes that come before and after the others. */
export const OLD_PROCESS = 30;
export const NEW_PROCESS = 31;

/** Runs a process from its start to its end, while no other does anything. @throws Violation if it does not do all that it is to do */
export function runAlone(disk: Disk, program: Program, number: number): void {
  const process = new Process(program, number, disk.platform, false);
  for (;;) {
    for (const note of process.takeNotes()) {
      if (note.kind === 'wrong' || note.kind === 'undone') throw new Violation(`${program.name}: ${JSON.stringify(note)}`);
    }
    const task = process.steps.findIndex((step) => step !== undefined);
    if (task < 0) return;
    process.answer(task, performStep(disk, process.steps[task]!, process.held));
  }
}

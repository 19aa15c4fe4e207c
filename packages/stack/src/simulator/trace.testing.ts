/* The moves that led somewhere: as text that can be read in again, and told step by step. */
import type { Failure } from './disk.testing.js';
import type { Simulation } from './simulation.testing.js';
import { describeStep } from './step.testing.js';
import type { Move, World } from './world.testing.js';

/** Moves as text: `PROCESS[.TASK][!FAILURE[+]]`, where `+` says that what fails is done all the same; `*N` behind one that is repeated. */
export function formatMoves(moves: readonly Move[]): string {
  const words = moves.map(({ process, task, failure, isDone }) => {
    const who = task === 0 ? String(process) : `${process}.${task}`;
    return failure === undefined ? who : `${who}!${failure}${isDone === true ? '+' : ''}`;
  });
  const runs: { word: string; times: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.word === word) last.times++;
    else runs.push({ word, times: 1 });
  }
  return runs.map(({ word, times }) => (times > 1 ? `${word}*${times}` : word)).join(' ');
}

/** Reads what {@link formatMoves} wrote. @throws SyntaxError */
export function parseMoves(text: string): Move[] {
  return text.split(' ').flatMap((word) => {
    const match = /^(\d+)(?:\.(\d+))?(?:!([A-Z_]+)(\+)?)?(?:\*(\d+))?$/.exec(word);
    if (match === null) throw new SyntaxError(`no move: ${word}`);
    const [, process, task = '0', failure, done, times = '1'] = match;
    const move = { process: Number(process), task: Number(task) };
    const whole: Move = failure === undefined ? move : { ...move, failure: failure as Failure, isDone: done !== undefined };
    return Array.from({ length: Number(times) }, () => whole);
  });
}

/** Tells what happens, a line for each move, as far as it goes. */
export function traceMoves(simulation: Simulation, moves: readonly Move[]): string {
  const { programs } = simulation.scenario;
  const lines: string[] = [];
  let world: World = simulation.start();
  for (const move of moves) {
    const { process, task, failure, isDone } = move;
    const program = programs[process]!;
    const step = world.nodes[process]!.steps[task]!;
    const who = program.tasks.length > 1 ? `${program.name}, task ${task}` : program.name;
    const node = world.nodes[process]!;
    const wait = node.hasPaused ? 'waits, then ' : '';
    let end = failure === undefined ? '' : isDone === true ? `: is done, but fails with ${failure}` : `: fails with ${failure}`;
    try {
      world = simulation.take(world, move);
      const after = world.nodes[process]!;
      if (failure === undefined && after.answer?.failure !== undefined) end = `: fails with ${after.answer.failure}`;
      const notes = after.notes.map((note) => `\n    [${JSON.stringify(note)}]`).join('');
      lines.push(`  ${who} ${wait}${describeStep(step, simulation.platform)}${end}${notes}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      lines.push(`  ${who} ${wait}${describeStep(step, simulation.platform)}${end}`, `  => ${reason}`);
      break;
    }
  }
  return lines.join('\n');
}

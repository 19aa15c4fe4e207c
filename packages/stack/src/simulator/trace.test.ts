import { expect, test } from 'vitest';
import { explore, SimulationFailure, wander } from './explore.testing.js';
import { mutations } from './mutations.testing.js';
import { crowds } from './scenarios.testing.js';
import { Simulation } from './simulation.testing.js';
import { formatMoves, parseMoves, traceMoves } from './trace.testing.js';

const { programs, ...rest } = crowds['two writers that compact'];
const broken = { ...rest, programs: programs.map((program) => ({ ...program, mutation: mutations['tables are not synced'] })) };

test('a failure is told in words, and its moves come to the same again', () => {
  let failure: unknown;
  try {
    explore(new Simulation(broken));
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(SimulationFailure);
  const { message, moves } = failure as SimulationFailure;
  expect(message).toMatch(/\n {2}writer A renames 0x\S+ to 0x\S+\.ref\n/);
  expect(traceMoves(new Simulation(broken), parseMoves(moves)).split('\n').at(-1)).toBe(`  => ${message.split('\n')[0]!}`);
});

test('a seed goes the same way again', () => {
  const ways = [7, 7, 8].map((seed) => {
    try {
      return String(wander(new Simulation(broken), seed));
    } catch (error) {
      return (error as SimulationFailure).moves;
    }
  });
  expect(ways[0]).toBe(ways[1]);
  expect(ways[0]).not.toBe(ways[2]);
});

test('moves are read as they were written', () => {
  const text = '0*3 1 0.2*2 1!EIO 1!EIO+ 0';
  expect(formatMoves(parseMoves(text))).toBe(text);
  expect(parseMoves('0*2 1.1!ENOSPC+')).toEqual([
    { process: 0, task: 0 },
    { process: 0, task: 0 },
    { process: 1, task: 1, failure: 'ENOSPC', isDone: true },
  ]);
  expect(() => parseMoves('0 x')).toThrow('no move: x');
});

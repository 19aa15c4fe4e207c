/* Ways through all that can happen in a simulation. */
import { Hasher, NumberSet } from './intern.testing.js';
import type { Simulation } from './simulation.testing.js';
import { formatMoves, traceMoves } from './trace.testing.js';
import { hashWorld, type Move, type World } from './world.testing.js';

/** After so many states it is asked whether to go on: a state may take milliseconds, and whoever asks looks at a clock. */
const STATES_BETWEEN = 64;

/** How far an exploration goes. */
export interface Bounds {
  /** How often a process that could go on is interrupted, at most. Default: no limit. */
  readonly preemptions?: number;
  /** How many states are looked at, at most. Default: no limit. */
  readonly states?: number;
  /** Told now and then how far it has come. If it says false, the exploration ends. */
  readonly onProgress?: (found: Found) => boolean;
}

/** How much was explored. */
export interface Found {
  /** Different states. */
  states: number;
  /** Moves from one to another. */
  moves: number;
  /** Ends of all processes that were reached in different states. */
  ends: number;
  /** Whether nothing is left within the bounds. */
  isComplete: boolean;
}

/** An invariant was broken. Its message tells by which moves. */
export class SimulationFailure extends Error {
  /** The moves, as they can be given to be done again. */
  readonly moves: string;

  constructor(simulation: Simulation, moves: readonly Move[], cause: unknown) {
    const schedule = formatMoves(moves);
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${reason}\n${traceMoves(simulation, moves)}\n  moves: ${schedule}`, { cause });
    this.moves = schedule;
  }
}

interface Frame {
  readonly world: World;
  readonly moves: readonly Move[];
  next: number;
}

/** Explores everything that can happen within bounds, each state once. @throws SimulationFailure */
export function explore(simulation: Simulation, { preemptions = Infinity, states = Infinity, onProgress }: Bounds = {}): Found {
  const found: Found = { states: 1, moves: 0, ends: 0, isComplete: true };
  const seen = new NumberSet();
  const start = simulation.start();
  const path: Frame[] = [{ world: start, moves: simulation.moves(start), next: 0 }];
  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    const move = frame.moves[frame.next++];
    if (move === undefined) {
      path.pop();
      continue;
    }
    const world = attempt(simulation, frame.world, move, () => path.map(({ moves, next }) => moves[next - 1]!));
    found.moves++;
    if (world.preemptions > preemptions) continue;
    const hasher = new Hasher();
    hashWorld(world, hasher, preemptions < Infinity);
    if (!seen.add(hasher.value)) continue;
    found.states++;
    const moves = simulation.moves(world);
    if (moves.length === 0) found.ends++;
    path.push({ world, moves, next: 0 });
    if (found.states >= states || (found.states % STATES_BETWEEN === 0 && onProgress?.(found) === false)) {
      found.isComplete = false;
      break;
    }
  }
  return found;
}

/** Goes one way at random, to its end. @throws SimulationFailure */
export function wander(simulation: Simulation, seed: number): number {
  const moves: Move[] = [];
  let world = simulation.start();
  for (let state = seed; ; ) {
    const choices = simulation.moves(world);
    if (choices.length === 0) return moves.length;
    state = (state + 0x9e37_79b9) | 0;
    // Mostly what was going on goes on: what goes wrong needs few changes at the right moments.
    const same = choices.filter(({ process, task, failure }) => process === world.last?.process && task === world.last.task && failure === undefined);
    const from = same.length > 0 && mixed(state) % 4 > 0 ? same : choices;
    const move = from[mixed(state ^ 0x5bd1_e995) % from.length]!;
    moves.push(move);
    world = attempt(simulation, world, move, () => moves);
  }
}

function attempt(simulation: Simulation, world: World, move: Move, path: () => readonly Move[]): World {
  try {
    return simulation.take(world, move);
  } catch (error) {
    throw new SimulationFailure(simulation, path(), error);
  }
}

/** MurmurHash's last mixing. */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/* The rules of what is simulated: what can happen next, what comes of it, and what must hold then. */
import { LIST_NAME, LOCK_SUFFIX } from '../table-name.js';
import { Crashes } from './crash.testing.js';
import { startsWith } from './deed.testing.js';
import { Disk, Platform } from './disk.testing.js';
import { Judge, Violation } from './judge.testing.js';
import { creatorOf } from './process.testing.js';
import { ProcessTree, type ProcessNode } from './process-tree.testing.js';
import type { Note } from './program.testing.js';
import { OLD_PROCESS, runAlone } from './run-alone.testing.js';
import type { Scenario } from './scenario.testing.js';
import { failed, failuresOf, isChange, isPrivate, performStep, type Step } from './step.testing.js';
import type { Move, World } from './world.testing.js';

/** A scenario, and what was found out about it. */
export class Simulation {
  readonly scenario: Scenario;
  readonly platform: Platform;
  readonly judge: Judge;
  readonly crashes: Crashes;
  /** Steps that were made to fail. */
  failures = 0;
  readonly #trees: readonly ProcessTree[];

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.platform = new Platform(scenario.identities ?? 'unique');
    this.judge = new Judge(this.platform, scenario.story);
    this.crashes = new Crashes(scenario, this.judge);
    const showsReads = (scenario.failures ?? 0) > 0;
    this.#trees = scenario.programs.map((program, number) => new ProcessTree(program, number, this.platform, showsReads));
  }

  /** How many places in their programs processes have come to. */
  get positions(): number {
    return this.#trees.reduce((sum, { size }) => sum + size, 0);
  }

  /** The state in which everything starts. */
  start(): World {
    const disk = new Disk(this.platform);
    const { before } = this.scenario;
    if (before !== undefined) runAlone(disk, before, OLD_PROCESS);
    disk.syncNames();
    const { taken, tables } = this.judge.judge('at the start', disk);
    const world: World = {
      disk,
      nodes: this.#trees.map((tree) => (tree.program.opensFirst === true ? this.#open(disk, tree) : tree.root)),
      taken,
      acknowledged: maskOf(taken),
      missed: 0,
      expected: this.#trees.map(() => 0),
      named: tables,
      failures: 0,
      stuck: [],
      last: undefined,
      preemptions: 0,
    };
    return world;
  }

  /** Where a process is once it has opened the stack, if nothing happens meanwhile. */
  #open(disk: Disk, tree: ProcessTree): ProcessNode {
    let node = tree.root;
    while (node.isOpening) node = tree.next(node, 0, performStep(disk, node.steps[0]!, []));
    return node;
  }

  /** What can happen next. A step that nobody else can tell of goes before all others. */
  moves(world: World): Move[] {
    const moves: Move[] = [];
    for (const [process, { steps }] of world.nodes.entries()) {
      for (const [task, step] of steps.entries()) {
        if (step === undefined) continue;
        const these = this.#movesOf(world, process, task, step);
        if (isPrivate(step)) return these;
        moves.push(...these);
      }
    }
    return moves;
  }

  #movesOf(world: World, process: number, task: number, step: Step): Move[] {
    const moves: Move[] = [{ process, task }];
    if (this.scenario.programs[process]!.isMadeToFail === true && world.failures < (this.scenario.failures ?? 0)) {
      for (const failure of failuresOf(step)) moves.push({ process, task, failure });
      if (step.operation === 'publish') moves.push({ process, task, failure: 'EIO', isDone: true });
    }
    return moves;
  }

  /** What comes of a move. @throws Violation */
  take(world: World, move: Move): World {
    const { process, task } = move;
    const before = world.nodes[process]!;
    const step = before.steps[task]!;
    const held = world.nodes.flatMap((node) => node.held);
    const hasChanged = isChange(step) && (move.failure === undefined || move.isDone === true || step.operation === 'write');
    if (hasChanged && move.failure === undefined) this.#checkStep(world, process, step);
    const disk = hasChanged ? world.disk.copy() : world.disk;
    const answer = move.failure === undefined || move.isDone === true ? performStep(disk, step, held) : failed(move.failure);
    if (move.failure !== undefined) {
      this.failures++;
      if (step.operation === 'write') disk.write(step.inode, this.#half(step.content));
    }
    const node = this.#trees[process]!.next(before, task, move.failure === undefined ? answer : failed(move.failure));
    const next: World = {
      disk,
      nodes: world.nodes.map((other, number) => (number === process ? node : other)),
      taken: world.taken,
      acknowledged: world.acknowledged,
      missed: world.missed,
      expected: world.expected,
      named: step.operation === 'rename' && answer.failure === undefined ? [...world.named, step.to] : world.named,
      failures: move.failure === undefined ? world.failures : world.failures + 1,
      stuck: this.#stuck(world, step, move),
      last: move,
      preemptions: isPreemption(world, move) ? world.preemptions + 1 : world.preemptions,
    };
    return this.#check(world, next, process, node, hasChanged);
  }

  /** What a step may not do, whatever comes of it. */
  #checkStep({ disk, named }: World, process: number, { operation, name, to }: Step): void {
    if (operation === 'rename' && named.includes(to) && !disk.names.has(to)) throw new Violation(`the name ${to} is used again`);
    if (operation !== 'remove' || !name.endsWith(LOCK_SUFFIX) || this.scenario.programs[process]!.breaksLocks === true) return;
    const lock = disk.names.get(name);
    if (lock !== undefined && creatorOf(lock) !== process) throw new Violation(`removes ${name}, which another process holds`);
  }

  #stuck({ stuck, failures }: World, { operation, name }: Step, { failure }: Move): readonly string[] {
    if (failure === undefined) return stuck;
    if (operation === 'remove' || operation === 'discard') return [...stuck, name];
    // Where it is not certain that the list is on the disk, what the old one names is not removed; and nothing where it is not certain which list there is.
    const isUncertain = operation === 'syncNames' || (operation === 'hold' && failures > 0);
    return isUncertain ? [...stuck, 'tables'] : stuck;
  }

  #half(content: number): number {
    const bytes = this.platform.contents.bytes(content);
    return this.platform.contents.number(bytes.subarray(0, bytes.length >> 1));
  }

  /** What must hold in a state. Returns it with what has become known. */
  #check(before: World, world: World, process: number, node: ProcessNode, hasChanged: boolean): World {
    let { taken, acknowledged, missed, expected } = world;
    if (hasChanged) {
      taken = this.judge.judge('now', world.disk).taken;
      if (!startsWith(taken, before.taken)) throw new Violation(`transactions ${taken.join()} are there; ${before.taken.join()} were`);
      if ((missed & maskOf(taken)) !== 0) throw new Violation(`transactions ${taken.join()} are there: one of them was given up, and was not`);
    }
    for (const note of node.notes) {
      if (note.kind === 'done') {
        if (!taken.includes(note.deed)) throw new Violation(`transaction ${note.deed} is acknowledged, and is not there`);
        acknowledged |= 1 << note.deed;
      } else if (note.kind === 'unknown') {
        if (world.failures < 2) throw new Violation(`nobody knows whether transaction ${note.deed} is there, though it could be seen`);
        if (!taken.includes(note.deed)) missed |= 1 << note.deed;
      } else if (note.kind === 'looks') {
        expected = expected.map((mask, index) => (index === process ? acknowledged : mask));
      } else {
        this.#heed(note, world, taken, expected[process]!);
      }
    }
    const next = { ...world, taken, acknowledged, missed, expected };
    if (node.isAtEnd) this.#checkEnd(next, process);
    this.crashes.check(next);
    return next;
  }

  #heed(note: Exclude<Note, { kind: 'done' | 'unknown' | 'looks' }>, { disk }: World, taken: readonly number[], expected: number): void {
    switch (note.kind) {
      case 'wrong':
        throw new Violation(note.message);
      case 'undone':
        if (taken.includes(note.deed)) throw new Violation(`transaction ${note.deed} has failed, and is there`);
        return;
      case 'locked': {
        const { tables } = this.judge.judge('under the lock', disk);
        if (!this.#hasBreaker && tables.join() !== note.names.join()) {
          throw new Violation(`the lock is held, and the list is taken for ${note.names.join(' ')}`);
        }
        return;
      }
      case 'sees':
        if (!startsWith(taken, note.taken)) throw new Violation(`sees transactions ${note.taken.join()}, while there are ${taken.join()}`);
        if ((expected & ~maskOf(note.taken)) !== 0) {
          throw new Violation(`sees transactions ${note.taken.join()}, and not all that were acknowledged before`);
        }
    }
  }

  get #hasBreaker(): boolean {
    return this.scenario.programs.some(({ breaksLocks }) => breaksLocks === true);
  }

  /** What must hold once a process has ended, and once all have. */
  #checkEnd({ disk, nodes, stuck }: World, process: number): void {
    const areTablesStuck = stuck.includes('tables');
    const { tables } = this.judge.judge('at the end', disk);
    const areAllAtEnd = nodes.every((node) => node.isAtEnd);
    for (const [name, inode] of disk.names) {
      if (name === LIST_NAME || tables.includes(name) || stuck.includes(name)) continue;
      const mustBeGone = name.endsWith('.ref') ? areAllAtEnd && !areTablesStuck : creatorOf(inode) === process;
      if (mustBeGone) throw new Violation(`${name} is left behind`);
    }
  }
}

/** Whether what went on last could have gone on, and does not. */
function isPreemption({ nodes, last }: World, { process, task }: Move): boolean {
  if (last === undefined || (last.process === process && last.task === task)) return false;
  const node = nodes[last.process]!;
  return node.steps[last.task] !== undefined && !node.hasPaused;
}

function maskOf(numbers: readonly number[]): number {
  return numbers.reduce((mask, number) => mask | (1 << number), 0);
}

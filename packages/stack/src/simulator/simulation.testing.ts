/* The rules of what is simulated: what can happen next, what comes of it, and what must hold then. */
import { LIST_NAME, LOCK_SUFFIX, rangeInName } from '../table-name.js';
import type { Story } from './deed.testing.js';
import { Disk, Platform, type Identities } from './disk.testing.js';
import { Hasher, NumberSet } from './intern.testing.js';
import { Judge, Unsound, type Sound } from './judge.testing.js';
import { losses, type LossModel } from './loss.testing.js';
import { creatorOf, Process, type Note, type Program } from './process.testing.js';
import { ProcessTree, type ProcessNode } from './process-tree.testing.js';
import { cleaner, compactor, inTurn, writer } from './programs.testing.js';
import { failed, failuresOf, isChange, isPrivate, performStep, type Answer, type Step } from './step.testing.js';
import type { Move, World } from './world.testing.js';

/** What is simulated. */
export interface Scenario {
  readonly story: Story;
  /** What has been done before, by one process; its tables are synced. */
  readonly before?: Program;
  readonly programs: readonly Program[];
  readonly identities?: Identities;
  /** What a loss of power may take; undefined: there is none. */
  readonly loss?: LossModel;
  /** How many steps are made to fail; default 0. */
  readonly failures?: number;
  /** The transaction that is written after a crash. */
  readonly last: number;
}

/** Something is as it must never be. */
export class Violation extends Error {}

/** A scenario, and what was found out about it. */
export class Simulation {
  readonly scenario: Scenario;
  readonly platform: Platform;
  readonly judge: Judge;
  /** Disks from which all losses of power were tried, and what was left by those. */
  readonly crashes = { points: 0, losses: 0, recoveries: 0 };
  /** Steps that were made to fail. */
  failures = 0;
  readonly #trees: readonly ProcessTree[];
  readonly #checked = new NumberSet();
  readonly #lost = new NumberSet();
  readonly #recovered = new Set<string>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.platform = new Platform(scenario.identities ?? 'unique');
    this.judge = new Judge(this.platform, scenario.story);
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
    if (before !== undefined) this.#runAlone(disk, before, OLD_PROCESS);
    disk.syncNames();
    const { taken, tables } = this.#soundly('at the start', disk);
    const world: World = {
      disk,
      nodes: this.#trees.map(({ root }) => root),
      taken,
      acknowledged: maskOf(taken),
      expected: this.#trees.map(() => 0),
      named: tables,
      failures: 0,
      stuck: [],
      last: undefined,
      preemptions: 0,
    };
    return world;
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

  #stuck({ stuck }: World, { operation, name }: Step, { failure }: Move): readonly string[] {
    if (failure === undefined) return stuck;
    if (operation === 'remove' || operation === 'discard') return [...stuck, name];
    // Where it is not certain that the list is on the disk, what the old one names is not removed.
    return operation === 'syncNames' ? [...stuck, 'tables'] : stuck;
  }

  #half(content: number): number {
    const bytes = this.platform.contents.bytes(content);
    return this.platform.contents.number(bytes.subarray(0, bytes.length >> 1));
  }

  /** What must hold in a state. Returns it with what has become known. */
  #check(before: World, world: World, process: number, node: ProcessNode, hasChanged: boolean): World {
    let { taken, acknowledged, expected } = world;
    if (hasChanged) {
      taken = this.#soundly('now', world.disk).taken;
      if (!startsWith(taken, before.taken)) throw new Violation(`transactions ${taken.join()} are there; ${before.taken.join()} were`);
    }
    for (const note of node.notes) {
      if (note.kind === 'done') {
        if (!taken.includes(note.deed)) throw new Violation(`transaction ${note.deed} is acknowledged, and is not there`);
        acknowledged |= 1 << note.deed;
      } else if (note.kind === 'looks') {
        expected = expected.map((mask, index) => (index === process ? acknowledged : mask));
      } else {
        this.#heed(note, world, taken, expected[process]!);
      }
    }
    const next = { ...world, taken, acknowledged, expected };
    if (node.isAtEnd) this.#checkEnd(next, process);
    this.#checkCrash(next);
    return next;
  }

  #heed(note: Exclude<Note, { kind: 'done' | 'looks' }>, { disk }: World, taken: readonly number[], expected: number): void {
    switch (note.kind) {
      case 'wrong':
        throw new Violation(note.message);
      case 'undone':
        if (taken.includes(note.deed)) throw new Violation(`transaction ${note.deed} has failed, and is there`);
        return;
      case 'locked': {
        const { tables } = this.#soundly('under the lock', disk);
        if (!this.#hasBreaker && tables.join() !== note.names.join()) throw new Violation(`the lock is held, and the list is taken for ${note.names.join(' ')}`);
        return;
      }
      case 'sees':
        if (!startsWith(taken, note.taken)) throw new Violation(`sees transactions ${note.taken.join()}, while there are ${taken.join()}`);
        if ((expected & ~maskOf(note.taken)) !== 0) throw new Violation(`sees transactions ${note.taken.join()}, and not all that were acknowledged before`);
    }
  }

  get #hasBreaker(): boolean {
    return this.scenario.programs.some(({ breaksLocks }) => breaksLocks === true);
  }

  /** What must hold once a process has ended, and once all have. */
  #checkEnd({ disk, nodes, stuck, failures }: World, process: number): void {
    // Where one failure comes upon another, nobody may be able to tell whether a table is listed.
    const areTablesStuck = failures > 1 || stuck.some((name) => !name.endsWith(LOCK_SUFFIX));
    const { tables } = this.#soundly('at the end', disk);
    const areAllAtEnd = nodes.every((node) => node.isAtEnd);
    for (const [name, inode] of disk.names) {
      if (name === LIST_NAME || tables.includes(name) || stuck.includes(name)) continue;
      const isTable = name.endsWith('.ref');
      if (isTable ? areAllAtEnd && !areTablesStuck : creatorOf(inode) === process && !stuck.includes(name)) throw new Violation(`${name} is left behind`);
    }
  }

  /** What must hold if all processes are killed now, or the power is lost. */
  #checkCrash(world: World): void {
    const { disk, taken, acknowledged } = world;
    const hasher = new Hasher();
    disk.hash(hasher);
    for (const number of taken) hasher.put(number);
    if (!this.#checked.add(hasher.put(acknowledged).value)) return;
    this.crashes.points++;
    this.#recover(disk, 'all processes are killed');
    if (this.scenario.loss === undefined) return;
    for (const left of losses(disk, this.scenario.loss)) {
      hasher.reset();
      left.hash(hasher);
      for (const number of taken) hasher.put(number);
      if (!this.#lost.add(hasher.put(acknowledged).value)) continue;
      this.crashes.losses++;
      const { taken: found } = this.#soundly(`after a loss of power that leaves ${namesOf(left)}`, left);
      const missing = taken.filter((number) => (acknowledged >> number) & 1 && !found.includes(number));
      if (missing.length > 0) throw new Violation(`after a loss of power that leaves ${namesOf(left)}, transactions ${missing.join()} are gone, which were acknowledged`);
      if (!startsWith(taken, found)) throw new Violation(`after a loss of power, transactions ${found.join()} are there, while there were ${taken.join()}`);
      this.#recover(left, 'the power was lost');
    }
  }

  /** A process finds a disk as a crash has left it, and goes on with it. */
  #recover(crashed: Disk, when: string): void {
    const { last } = this.scenario;
    const { taken, tables } = this.#soundly(when, crashed);
    const listed = new Set(tables);
    const others = [...crashed.names].filter(([name]) => !listed.has(name));
    const key = [...tables, ...new Set(others.map(([name, inode]) => describeStray(name, crashed.inode(inode).content)))].join();
    if (this.#recovered.has(key)) return;
    this.#recovered.add(key);
    this.crashes.recoveries++;
    const disk = crashed.copy();
    const { story } = this.scenario;
    const work = inTurn(cleaner({ breakLocks: 'all' }), writer(story, [last], { whenChanged: 'fail' }), compactor('all'), cleaner());
    this.#runAlone(disk, { name: 'recovery', tasks: [work] }, NEW_PROCESS);
    const after = this.#soundly('after the recovery', disk);
    if (after.taken.join() !== [...taken, last].join()) throw new Violation(`recovery from ${taken.join()} leads to ${after.taken.join()}`);
    // What is newer than all that is listed may be about to be listed, as far as anybody can tell.
    const isStray = (name: string): boolean => name !== LIST_NAME && !after.tables.includes(name) && (rangeInName(name)?.max ?? 0n) <= after.newest;
    const strays = [...disk.names.keys()].filter(isStray);
    if (strays.length > 0) throw new Violation(`recovery leaves ${strays.join()} behind`);
  }

  /** Runs a process from its start to its end. */
  #runAlone(disk: Disk, program: Program, number: number): void {
    const process = new Process(program, number, this.platform, false);
    for (;;) {
      for (const note of process.takeNotes()) if (note.kind === 'wrong' || note.kind === 'undone') throw new Violation(`${program.name}: ${JSON.stringify(note)}`);
      const task = process.steps.findIndex((step) => step !== undefined);
      if (task < 0) return;
      const answer: Answer = performStep(disk, process.steps[task]!, process.held);
      process.answer(task, answer);
    }
  }

  /** @throws Violation if the stack can't be read, or holds what it must not */
  #soundly(when: string, disk: Disk): Sound {
    try {
      return this.judge.judge(disk);
    } catch (error) {
      if (error instanceof Unsound) throw new Violation(`${when}: ${error.message}`);
      throw error;
    }
  }
}

/** Numbers of processes that come before and after the others. */
const OLD_PROCESS = 30;
const NEW_PROCESS = 31;

/** Whether what went on last could have gone on, and does not. */
function isPreemption({ nodes, last }: World, { process, task }: Move): boolean {
  if (last === undefined || (last.process === process && last.task === task)) return false;
  const node = nodes[last.process]!;
  return node.steps[last.task] !== undefined && !node.hasPaused;
}

function maskOf(numbers: readonly number[]): number {
  return numbers.reduce((mask, number) => mask | (1 << number), 0);
}

function startsWith(longer: readonly number[], shorter: readonly number[]): boolean {
  return shorter.every((number, index) => longer[index] === number);
}

function namesOf(disk: Disk): string {
  return [...disk.names.keys()].sort().join(' ');
}

/** As far as it matters to who finds it: a table's content does, and that there is a lock or an unfinished file. */
function describeStray(name: string, content: number): string {
  if (name.endsWith('.ref') || name === LIST_NAME) return `${name}:${content}`;
  return name.endsWith(LOCK_SUFFIX) ? name : 'unfinished';
}

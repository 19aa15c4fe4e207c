import type { Platform } from './disk.testing.js';
import { Process } from './process.testing.js';
import type { Note, Program } from './program.testing.js';
import type { Answer, Step } from './step.testing.js';

/** Where a process can be: what it asks for now, and what it has told on the way from the node before. */
export class ProcessNode {
  readonly number: number;
  readonly parent: ProcessNode | undefined;
  /** The task that went on, and the answer that it got. */
  readonly task: number;
  readonly answer: Answer | undefined;
  readonly steps: readonly (Step | undefined)[];
  readonly notes: readonly Note[];
  readonly held: readonly number[];
  readonly hasPaused: boolean;
  readonly isOpening: boolean;
  readonly children = new Map<string, ProcessNode>();

  constructor(number: number, process: Process, parent?: ProcessNode, task = 0, answer?: Answer) {
    this.number = number;
    this.parent = parent;
    this.task = task;
    this.answer = answer;
    this.steps = process.steps;
    this.notes = process.takeNotes();
    this.held = process.held;
    this.hasPaused = process.takePause();
    this.isOpening = process.isOpening;
  }

  /** Whether it has ended. */
  get isAtEnd(): boolean {
    return this.steps.every((step) => step === undefined);
  }
}

/**
 * All that a process can come to. A process can't be copied, but its steps depend on nothing but the answers it gets: so each is run only once
 * for each order of answers, by a new process that is told all of them, and whatever else happens meanwhile costs nothing.
 */
export class ProcessTree {
  readonly program: Program;
  readonly root: ProcessNode;
  /** How many nodes there are. */
  size = 1;
  readonly #number: number;
  readonly #platform: Platform;
  readonly #showsReads: boolean;
  #process: Process;
  /** Where the process is. */
  #at: ProcessNode;

  constructor(program: Program, number: number, platform: Platform, showsReads: boolean) {
    this.program = program;
    this.#number = number;
    this.#platform = platform;
    this.#showsReads = showsReads;
    this.#process = this.#start();
    this.root = this.#at = new ProcessNode(0, this.#process);
  }

  /** Where a process comes to from a node if a task gets this answer. */
  next(node: ProcessNode, task: number, answer: Answer): ProcessNode {
    const key = task === 0 ? answer.key : `${task} ${answer.key}`;
    let child = node.children.get(key);
    if (child === undefined) {
      if (this.#at !== node) this.#replay(node);
      this.#process.answer(task, answer);
      child = new ProcessNode(this.size++, this.#process, node, task, answer);
      this.#at = child;
      node.children.set(key, child);
    }
    return child;
  }

  #replay(node: ProcessNode): void {
    const path: ProcessNode[] = [];
    for (let at = node; at.parent !== undefined; at = at.parent) path.push(at);
    this.#process = this.#start();
    for (let index = path.length - 1; index >= 0; index--) this.#process.answer(path[index]!.task, path[index]!.answer!);
    this.#process.takeNotes();
    this.#process.takePause();
  }

  #start(): Process {
    return new Process(this.program, this.#number, this.#platform, this.#showsReads);
  }
}

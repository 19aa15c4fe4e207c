/* A process that is simulated: one or several tasks that share a stack, each stopped where it asks the disk for something. */
import { BytesSource, performReadSync, ReadRequest, type SourceInfo } from '@reftable/io';
import { isReftableError, ReftableError } from '@reftable/varint';
import { resolveStackOptions } from '../options.js';
import { CloseRequest, PauseRequest, RandomRequest, StorageRequest, type StackRequest, type Steps } from '../requests.js';
import { openStackCore, type StackCore } from '../stack-core.js';
import type { HeldFile, NewFile, ReadFile } from '../storage.js';
import { reftableFormat } from '../table-format.js';
import type { Platform } from './disk.testing.js';
import type { Actor, Mutation, Note, Program, Task } from './program.testing.js';
import { errorOf, SimFile, type Answer, type Step } from './step.testing.js';

/** Inodes that a task may create, and tasks that a process may have. */
const INODES = 1 << 7;
const TASKS = 1 << 3;

/** The process that has created an inode. */
export function creatorOf(inode: number): number {
  return Math.floor(inode / (TASKS * INODES)) - 1;
}

interface Strand {
  readonly number: number;
  created: number;
  readonly steps: Steps<void>;
  request: StackRequest | undefined;
  step: Step | undefined;
}

/** A process under way. What it does depends on nothing but the answers that it gets, in their order. */
export class Process implements Actor {
  readonly isMadeToFail: boolean;
  readonly isAlone: boolean;
  readonly #program: Program;
  readonly #platform: Platform;
  readonly #number: number;
  readonly #showsReads: boolean;
  readonly #mutation: Mutation;
  /** What is open, and its inode. */
  readonly #open = new Map<object, number>();
  #strands: Strand[] = [];
  #notes: Note[] = [];
  #stack: StackCore | undefined;
  #hasBegun = false;
  /** How many random numbers it has drawn, and how many of them not to wait. */
  #drawn = 0;
  #used = 0;
  #hasPaused = false;

  /** @param showsReads whether each read from a table is a step of its own */
  constructor(program: Program, number: number, platform: Platform, showsReads: boolean) {
    this.isMadeToFail = program.isMadeToFail ?? false;
    this.isAlone = program.tasks.length === 1;
    this.#program = program;
    this.#number = number;
    this.#platform = platform;
    this.#showsReads = showsReads;
    this.#mutation = program.mutation?.(number) ?? {};
    this.#begin([() => this.#openStack()]);
  }

  /** What each task asks for; undefined where it has ended. */
  get steps(): readonly (Step | undefined)[] {
    return this.#strands.map(({ step }) => step);
  }

  /** Whether it is still opening the stack. */
  get isOpening(): boolean {
    return !this.#hasBegun;
  }

  /** Inodes that it has open. */
  get held(): readonly number[] {
    return [...this.#open.values()];
  }

  /** What it has told since this was asked last. */
  takeNotes(): Note[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** Whether it has waited before what it asks now. */
  takePause(): boolean {
    const hasPaused = this.#hasPaused;
    this.#hasPaused = false;
    return hasPaused;
  }

  get stack(): StackCore {
    return this.#stack!;
  }

  readonly note = (note: Note): void => {
    this.#notes.push(note);
  };

  /** Tells a task what came of its step; it goes on to the next. */
  answer(task: number, answer: Answer): void {
    const strand = this.#strands[task]!;
    const step = strand.step!;
    if (answer.failure !== undefined) {
      // A file that can't be closed is closed; one that can't be removed as well.
      if (step.operation === 'discard' || step.operation === 'close') this.#open.delete(argument(strand.request!));
      const error = errorOf(answer.failure, step);
      this.#advance(strand, () => strand.steps.throw(error));
    } else {
      this.#fill(strand, step, answer);
      this.#advance(strand, () => strand.steps.next());
    }
    if (this.#strands.every((other) => other.step === undefined)) this.#end();
  }

  *#openStack(): Steps<void> {
    const { options = {} } = this.#program;
    const format = this.#mutation.format ?? reftableFormat;
    const place = {
      folder: 'sim',
      format,
      hash: undefined,
      disposal: {
        close: (source: SourceInfo) => {
          this.#open.delete(source);
        },
        letGo: (file: HeldFile) => {
          this.#open.delete(file);
        },
      },
    };
    try {
      this.#stack = yield* openStackCore(place, resolveStackOptions({ ...options, format }));
    } catch (error) {
      if (!this.isMadeToFail || !isReftableError(error, 'io')) throw error;
    }
  }

  #begin(tasks: readonly Task[]): void {
    this.#strands = tasks.map((task, number) => {
      const steps = task(this);
      return { number, created: 0, steps: this.#mutation.wrap?.(steps) ?? steps, request: undefined, step: undefined };
    });
    for (const strand of this.#strands) this.#advance(strand, () => strand.steps.next());
  }

  /** All tasks have ended: after the opening come the others, after those the end. */
  #end(): void {
    if (this.#stack !== undefined && !this.#hasBegun) {
      this.#hasBegun = true;
      this.#begin(this.#program.tasks);
      return;
    }
    this.#stack?.close();
    if (this.#open.size > 0) this.note({ kind: 'wrong', message: `files are left open: ${[...this.#open.keys()].map(nameOf).join()}` });
  }

  /** Lets a task go on until it asks for something that is not its own affair. */
  #advance(strand: Strand, go: () => IteratorResult<StackRequest, void>): void {
    strand.request = strand.step = undefined;
    try {
      for (let result = go(); result.done !== true; result = strand.steps.next()) {
        const request = result.value;
        const step = this.#ask(request, strand);
        if (step !== undefined) {
          strand.request = request;
          strand.step = step;
          return;
        }
      }
    } catch (error) {
      const reason = error instanceof ReftableError ? `${error.code}: ${error.message}` : String((error as Error).stack);
      this.note({ kind: 'wrong', message: `ended by ${reason}` });
    }
  }

  /** What a request asks of the disk; undefined if it asks nothing of it, and is answered. */
  #ask(request: StackRequest, strand: Strand): Step | undefined {
    if (request instanceof StorageRequest) {
      this.#used = this.#drawn;
      return this.#describe(request, strand);
    }
    if (request instanceof RandomRequest) request.number = this.#random();
    else if (request instanceof PauseRequest) {
      // How often it waits makes no difference to what it does then.
      this.#drawn = this.#used;
      this.#hasPaused = true;
    } else if (request instanceof CloseRequest) this.#open.delete(request.source);
    else {
      const { source } = request;
      if (source instanceof SimSource && !this.#open.has(source)) {
        this.note({ kind: 'wrong', message: `reads from ${source.name}, which it has closed` });
      }
      if (this.#showsReads && source instanceof SimSource) return { operation: 'read', name: source.name, to: '', inode: source.inode, content: 0 };
      performReadSync(request);
    }
    return undefined;
  }

  #describe({ operation, args }: StorageRequest, { number, created }: Strand): Step {
    const [first, second] = args;
    const name = first instanceof SimFile ? first.name : typeof first === 'string' ? first : '';
    let inode = first instanceof SimFile ? first.inode : 0;
    if (operation === 'create') inode = ((this.#number + 1) * TASKS + number) * INODES + created;
    const to = typeof second === 'string' ? second : '';
    const content = second instanceof Uint8Array ? this.#platform.contents.number(second) : 0;
    return { operation: operation as Step['operation'], name, to, inode, content };
  }

  #fill(strand: Strand, step: Step, answer: Answer): void {
    const { request } = strand;
    if (request instanceof ReadRequest) performReadSync(request);
    else if (request instanceof StorageRequest) request.answer = this.#result(request, strand, step, answer);
  }

  #result(request: StorageRequest, strand: Strand, { operation, name, inode, to }: Step, answer: Answer): unknown {
    const { contents } = this.#platform;
    switch (operation) {
      case 'create':
        strand.created++;
        return this.#hold(new SimFile(name, inode), inode);
      case 'close':
      case 'discard':
        this.#open.delete(argument(request));
        return undefined;
      case 'publish':
        this.#open.delete(argument(request));
        return this.#hold<HeldFile & Named>({ name: to, identity: answer.identity }, inode);
      case 'hold':
        return this.#hold<ReadFile & Named>({ name, identity: answer.identity, bytes: contents.bytes(answer.content!) }, answer.inode!);
      case 'open':
        return this.#hold(new SimSource(contents.bytes(answer.content!), name, answer.inode!), answer.inode!);
      case 'identify':
        return answer.identity;
      case 'exists':
        return answer.exists;
      case 'list':
        return answer.names!.map((file) => ({ name: file, size: 0, age: 0 }));
      default:
        return undefined;
    }
  }

  #hold<T extends object>(file: T, inode: number): T {
    this.#open.set(file, inode);
    return file;
  }

  #random(): number {
    if (this.#program.isMonotonous === true) return 7;
    return (this.#number + 1) * 0x100_0000 + this.#drawn++;
  }
}

interface Named {
  readonly name: string;
}

/** A table that is open. Its content is what it was when it was opened: nobody writes to a table that has its name. */
class SimSource extends BytesSource {
  declare readonly name: string;
  readonly inode: number;

  constructor(bytes: Uint8Array, name: string, inode: number) {
    super(bytes, name);
    this.inode = inode;
  }
}

function argument(request: StackRequest): NewFile {
  return (request as StorageRequest).args[0] as NewFile;
}

function nameOf(file: object): string {
  return (file as Named).name;
}

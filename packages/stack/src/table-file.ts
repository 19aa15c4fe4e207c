/* A new table on its way into the stack: written, at first perhaps only in memory, under a temporary name, then named, then listed. */
import { BytesSource, type Pausing, type SourceInfo } from '@reftable/io';
import type { TableOptions } from '@reftable/table';
import { isReftableError, ReftableError } from '@reftable/varint';
import { PieceSink } from './piece-sink.js';
import { ask, CloseRequest, random, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import { ListedTable } from './stack-state.js';
import type { NewFile } from './storage.js';
import type { AnyTableWriter, OpenTableCore } from './table-format.js';
import { tableName, temporaryName } from './table-name.js';

/** A table that small stays in memory: it is written to its file in one piece, and never read from there. */
const SMALL_SIZE = 64 << 10;

/** A table that is being written, and then waits to be named. */
export class TableFile {
  readonly writer: AnyTableWriter;
  readonly #stack: StackCore;
  readonly #min: bigint;
  readonly #max: bigint;
  readonly #sink = new PieceSink();
  #file: NewFile | undefined;
  /** Under what name the file is to be found; undefined if there is none. */
  #name: string | undefined;
  /** Bytes that are in the file. */
  #written = 0;
  /** All of a small table that is finished. */
  #content: BytesSource | undefined;

  /** @throws `NUMBER_RANGE`, `BLOCK_SIZE`, `LIMITS` (misuse) */
  constructor(stack: StackCore, options: TableOptions) {
    this.#stack = stack;
    this.#min = BigInt(options.minUpdateIndex);
    this.#max = BigInt(options.maxUpdateIndex);
    this.writer = stack.settings.format.createWriter(this.#sink, options);
  }

  /** Bytes of the table so far. */
  get size(): number {
    return this.#content?.size ?? this.#written + this.#sink.size;
  }

  /** Whether so much waits to be passed on that it is worth it. */
  get isFull(): boolean {
    return this.#sink.size >= SMALL_SIZE;
  }

  /** Passes on what was written. */
  *flush(): Steps<void> {
    this.#file ??= yield* this.#create();
    yield* ask('write', this.#file, this.#sink.bytes);
    this.#written += this.#sink.size;
    this.#sink.clear();
  }

  /** Ends the refs, where log entries follow. True: as `AnyTableWriter.endRefs` has it. @param onFlush told whenever something was passed on */
  *endRefs(onFlush?: () => void): Steps<boolean> {
    return yield* this.#passOn(this.writer.endRefs(), onFlush);
  }

  /** Ends the table. If it is small, it is not in a file yet. */
  *finish(): Steps<void> {
    yield* this.#passOn(this.writer.end());
    if (this.#written + this.#sink.size > SMALL_SIZE) {
      yield* this.flush();
      yield* this.#close();
    } else {
      this.#content = new BytesSource(this.#sink.bytes.slice());
      this.#sink.clear();
    }
  }

  /** The finished table, if it is in memory. */
  *core(): Steps<OpenTableCore | undefined> {
    return this.#content && (yield* this.#stack.place.format.open(this.#content));
  }

  /** Gives the finished table its file and its name. @throws `LOCK_LOST` (locked: the file is gone), what the storage throws */
  *settle(): Steps<ListedTable> {
    const { place, settings } = this.#stack;
    const content = this.#content;
    if (content !== undefined) {
      this.#file = yield* this.#create();
      yield* ask('write', this.#file, content.readSync(0, content.size));
      yield* this.#close();
    }
    const name = tableName(this.#min, this.#max, yield* random(), settings.format.ending);
    yield* ask('rename', this.#name!, name);
    this.#name = name;
    const source = content === undefined ? yield* this.#reopen(name) : new BytesSource(content.readSync(0, content.size), `${place.folder}/${name}`);
    try {
      return new ListedTable(name, yield* place.format.open(source));
    } catch (error) {
      yield new CloseRequest(source);
      throw error;
    }
  }

  *#reopen(name: string): Steps<SourceInfo> {
    try {
      return yield* ask('open', name);
    } catch (error) {
      if (!isReftableError(error, 'FILE_NOT_FOUND')) throw error;
      throw new ReftableError('locked', 'LOCK_LOST', 'was removed by another process', { file: error.file, cause: error });
    }
  }

  /** Removes the file, whatever its name is by now. */
  *discard(): Steps<void> {
    const [file, name] = [this.#file, this.#name];
    this.#file = this.#name = undefined;
    if (file !== undefined) yield* ask('discard', file);
    else if (name !== undefined) yield* ask('remove', name);
  }

  *#create(): Steps<NewFile> {
    const name = temporaryName(this.#min, this.#max, yield* random(), yield* random());
    const file = yield* ask('create', name);
    this.#name = name;
    return file;
  }

  /** Passes on what is written as it comes. */
  *#passOn<T>(writing: Pausing<T>, onFlush?: () => void): Steps<T> {
    for (;;) {
      const step = writing.next();
      if (step.done === true) return step.value;
      if (!this.isFull) continue;
      yield* this.flush();
      onFlush?.();
    }
  }

  *#close(): Steps<void> {
    const file = this.#file!;
    if (this.#stack.settings.durability === 'full') yield* ask('sync', file);
    this.#file = undefined;
    yield* ask('close', file);
  }
}

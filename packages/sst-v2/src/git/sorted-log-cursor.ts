import { decodeLog, decodeString, logNameLength, logUpdateIndex, saturate, type Block, type LogRecord, type RecordPlace } from '@reftable/block';
import type { Core, CursorCore } from '@reftable/io';
import type { LogView } from '@reftable/table';
import { compareBytes } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import { INDEX_SIZE, lastRunNotAfter } from './log-runs.js';
import type { GitLogCursor } from './log-cursor.js';

const NO_KEY: Uint8Array = new Uint8Array(0);

/** A cursor over the log records of a table of GitStorage 2, run by run in the order of names, with the keys that logs have elsewhere. */
export class SortedLogCursor implements CursorCore<LogView>, LogView, RecordPlace {
  key: Uint8Array = new Uint8Array(64);
  keyLength = 0;
  shared = 0;
  readonly #stored: GitLogCursor;
  readonly #readRuns: () => Core<readonly Uint8Array[]>;
  readonly #idSize: number;
  #runs: readonly Uint8Array[] = [];
  #run = -1;
  /** The first key of the run that it is in; undefined: it is in none. */
  #first: Uint8Array | undefined;
  #target = NO_KEY;
  #targetLength = 0;
  #isFresh = true;

  /** @param readRuns as `readLogRuns`, but it may know the answer already */
  constructor(stored: GitLogCursor, idSize: number, readRuns: () => Core<readonly Uint8Array[]>) {
    this.#stored = stored;
    this.#idSize = idSize;
    this.#readRuns = readRuns;
  }

  get record(): LogView {
    return this;
  }
  get block(): Block | undefined {
    return this.#stored.block;
  }
  get bytes(): Uint8Array {
    return this.#stored.bytes;
  }
  get valueType(): number {
    return this.#stored.valueType;
  }
  get valueStart(): number {
    return this.#stored.valueStart;
  }
  get contentStart(): number {
    return this.#stored.contentStart;
  }
  get valueEnd(): number {
    return this.#stored.valueEnd;
  }
  get contentEnd(): number {
    return this.#stored.contentEnd;
  }
  get isDeletion(): boolean {
    return this.#stored.isDeletion;
  }
  get name(): string {
    return decodeString(this.key, 0, logNameLength(this));
  }
  get updateIndex(): number {
    return saturate(this.updateIndexExact);
  }
  get updateIndexExact(): bigint {
    return logUpdateIndex(this);
  }
  log(): LogRecord {
    return decodeLog(this, this.#idSize);
  }

  next(): boolean {
    return this.#first !== undefined && this.#stored.next() && this.#isInRun();
  }

  *load(): Core<boolean> {
    if (this.#isFresh) {
      this.seek(NO_KEY, 0);
      yield* this.settle();
    }
    for (;;) {
      if (this.next()) return true;
      if (this.#first !== undefined && (yield* this.#stored.load()) && this.#isInRun()) return true;
      if (++this.#run >= this.#runs.length) return false;
      const run = this.#runs[this.#run]!;
      yield* this.#enter(run, run, run.length);
    }
  }

  seek(target: Uint8Array, length: number): boolean {
    this.#isFresh = false;
    this.#target = target;
    this.#targetLength = length;
    return false;
  }

  *settle(): Core<void> {
    this.#runs = yield* this.#readRuns();
    this.keyLength = 0;
    this.#first = undefined;
    this.#run = -1;
    if (this.#runs.length === 0) return;
    const index = lastRunNotAfter(this.#runs, this.#target, this.#targetLength);
    const run = this.#runs[index]!;
    const nameEnd = run.length - INDEX_SIZE;
    // Behind the target is the first run at most: the others were looked at.
    const isBehind = compareBytes(this.#target.subarray(0, this.#targetLength), run) < 0;
    this.#run = isBehind ? index - 1 : index;
    if (!isBehind && hasBytesAt(this.#target, 0, run, nameEnd)) yield* this.#enter(run, this.#target, this.#targetLength);
  }

  /** Goes into a run, before its first record at or past the target, which has its name. */
  *#enter(run: Uint8Array, target: Uint8Array, length: number): Core<void> {
    this.#first = run;
    const nameLength = run.length - INDEX_SIZE - 1;
    const stored = new Uint8Array(length - 1);
    stored.set(target.subarray(0, nameLength));
    stored.set(target.subarray(nameLength + 1, length), nameLength);
    if (!this.#stored.seek(stored, stored.length)) yield* this.#stored.settle();
  }

  /** Whether the record is of the run's name. If it is, it is shown; else the run is over. */
  #isInRun(): boolean {
    const stored = this.#stored;
    const run = this.#first!;
    const nameLength = run.length - INDEX_SIZE - 1;
    if (stored.keyLength === nameLength + INDEX_SIZE && hasBytesAt(stored.key, 0, run, nameLength)) {
      this.#show(stored.key, nameLength);
      // A seek may pass the rest of a run, and come into another of the same name.
      while (this.#run + 1 < this.#runs.length && compareBytes(this.#runs[this.#run + 1]!, this.key.subarray(0, this.keyLength)) <= 0) this.#run++;
      return true;
    }
    this.#first = undefined;
    return false;
  }

  /** Puts the key together, with a zero byte behind the name, and counts what it shares with the one before. */
  #show(stored: Uint8Array, nameLength: number): void {
    const length = nameLength + 1 + INDEX_SIZE;
    if (length > this.key.length) {
      const grown = new Uint8Array(2 * length);
      grown.set(this.key.subarray(0, this.keyLength));
      this.key = grown;
    }
    const { key, keyLength: oldLength } = this;
    let shared = 0;
    for (let at = 0; at < length; at++) {
      const byte = at < nameLength ? stored[at]! : at === nameLength ? 0 : stored[at - 1]!;
      if (shared === at && at < oldLength && key[at] === byte) shared++;
      else key[at] = byte;
    }
    this.shared = shared;
    this.keyLength = length;
  }
}

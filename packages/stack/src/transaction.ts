import { saturate, textBytes, type LogInput, type RefInput } from '@reftable/block';
import { checkU64, ReftableError } from '@reftable/varint';

/** A record whose update index, if it has none, is that of the transaction. */
type Undated<R> = R extends unknown ? Omit<R, 'updateIndex'> & { readonly updateIndex?: number | bigint } : never;

/** A ref as a transaction takes it. */
export type RefChange = Undated<RefInput>;

/** A log entry as a transaction takes it; one that deletes an entry needs that entry's update index. */
export type LogChange = Undated<LogInput>;

/** A record in its place. */
interface Placed<R> {
  /** The name's bytes as characters up to U+00FF. */
  readonly name: string;
  readonly record: R;
  readonly updateIndex: number | bigint;
}

/** What a transaction is to write, in the order of a table. */
export interface SortedChanges {
  /** By name. */
  readonly refs: readonly Placed<RefInput>[];
  /** By name, and then newest first. */
  readonly logs: readonly Placed<LogInput>[];
  /** The transaction's update index. */
  readonly minUpdateIndex: bigint;
  /** The greatest update index of its records. */
  readonly maxUpdateIndex: bigint;
}

/** What a transaction is to write, in any order. Nothing is in the stack before the function that fills it has ended. */
export class Transaction {
  /** The transaction's update index, which all its records get that don't say otherwise. */
  readonly updateIndexExact: bigint;
  /** The same; 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  readonly #index: number | bigint;
  #max: number | bigint;
  readonly #refs: Placed<RefChange>[] = [];
  readonly #logs: Placed<LogChange>[] = [];
  #isOpen = true;

  /** Use `Addition.addTable` or `Stack.transaction`. */
  constructor(updateIndex: bigint) {
    this.updateIndexExact = updateIndex;
    this.updateIndex = saturate(updateIndex);
    this.#index = this.#max = this.updateIndex < Number.MAX_SAFE_INTEGER ? this.updateIndex : updateIndex;
  }

  /** Sets a ref, or deletes it (of kind `deletion`). Only one record of a name is possible. @throws `NUMBER_RANGE`, `TRANSACTION_ENDED` (misuse) */
  addRef(ref: RefChange): void {
    this.#refs.push(this.#place(ref, ref.nameBytes ?? ref.name));
  }

  /** Adds an entry to a ref's log, or deletes one. @throws `NUMBER_RANGE`, `TRANSACTION_ENDED` (misuse) */
  addLog(log: LogChange): void {
    this.#logs.push(this.#place(log, log.refBytes ?? log.ref));
  }

  /** Takes no more records: what fills it has ended. */
  end(): void {
    this.#isOpen = false;
  }

  /** The greatest update index of its records. */
  get maxUpdateIndex(): bigint {
    return BigInt(this.#max);
  }

  /** The refs, by name. */
  get refs(): readonly Placed<RefInput>[] {
    return this.#refs.sort(byName) as Placed<RefInput>[];
  }

  /** The log entries, by name and then newest first. */
  get logs(): readonly Placed<LogInput>[] {
    return this.#logs.sort((a, b) => byName(a, b) || compare(b.updateIndex, a.updateIndex)) as Placed<LogInput>[];
  }

  #place<R extends RefChange | LogChange>(record: R, name: string | Uint8Array): Placed<R> {
    if (!this.#isOpen) throw new ReftableError('misuse', 'TRANSACTION_ENDED', 'transaction has ended: what fills it must be awaited');
    const updateIndex = record.updateIndexExact ?? record.updateIndex ?? this.#index;
    checkU64(updateIndex);
    if (updateIndex > this.#max) this.#max = updateIndex;
    return { name: sortable(name), record, updateIndex };
  }
}

const ASCII = /^[\0-\x7f]*$/;

/** A text's bytes as characters up to U+00FF: so strings are in the order of bytes, which JavaScript's own order is not. */
function sortable(text: string | Uint8Array): string {
  if (typeof text === 'string' && ASCII.test(text)) return text;
  let characters = '';
  for (const byte of textBytes(text)) characters += String.fromCharCode(byte);
  return characters;
}

function byName(a: Placed<unknown>, b: Placed<unknown>): number {
  return compare(a.name, b.name);
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

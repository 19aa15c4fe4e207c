import { saturate, textBytes, type LogInput, type RefInput } from '@reftable/block';
import { checkU64, ReftableError } from '@reftable/varint';

/** A record whose update index, if it has none, is that of the transaction. */
type Undated<R> = R extends unknown ? Omit<R, 'updateIndex'> & { readonly updateIndex?: number | bigint } : never;

/** A ref as a transaction takes it. */
export type RefChange = Undated<RefInput>;

/** A log entry as a transaction takes it; one that deletes an entry needs that entry's update index. */
export type LogChange = Undated<LogInput>;

/** What a transaction has for a name: a ref, a log entry, or one of each, since most refs come with an entry, and then one place is to be found for both. */
interface Change {
  /** The name's bytes as characters up to U+00FF: so strings are in the order of bytes, which JavaScript's own order is not. */
  readonly name: string;
  ref: RefChange | undefined;
  refIndex: number | bigint;
  log: LogChange | undefined;
  logIndex: number | bigint;
}

/** A ref in its place. */
interface PlacedRef {
  readonly name: string;
  readonly ref: RefInput;
  readonly refIndex: number | bigint;
}

/** A log entry in its place. */
interface PlacedLog {
  readonly name: string;
  readonly log: LogInput;
  readonly logIndex: number | bigint;
}

/** What a transaction is to write, in the order of a table. */
export interface SortedChanges {
  /** By name. */
  readonly refs: readonly PlacedRef[];
  /** By name, and then newest first. */
  readonly logs: readonly PlacedLog[];
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
  readonly #changes: Change[] = [];
  #isOpen = true;

  /** Use `Addition.addTable` or `Stack.transaction`. */
  constructor(updateIndex: bigint) {
    this.updateIndexExact = updateIndex;
    this.updateIndex = saturate(updateIndex);
    this.#index = this.#max = this.updateIndex < Number.MAX_SAFE_INTEGER ? this.updateIndex : updateIndex;
  }

  /** Sets a ref, or deletes it (of kind `deletion`). Only one record of a name is possible. @throws `NUMBER_RANGE`, `TRANSACTION_ENDED` (misuse) */
  addRef(ref: RefChange): void {
    const refIndex = this.#indexOf(ref);
    const change = this.#changeOf(ref.nameBytes ?? ref.name, 'ref');
    change.ref = ref;
    change.refIndex = refIndex;
  }

  /** Adds an entry to a ref's log, or deletes one. @throws `NUMBER_RANGE`, `TRANSACTION_ENDED` (misuse) */
  addLog(log: LogChange): void {
    const logIndex = this.#indexOf(log);
    const change = this.#changeOf(log.refBytes ?? log.ref, 'log');
    change.log = log;
    change.logIndex = logIndex;
  }

  /** Takes no more records: what fills it has ended. */
  end(): void {
    this.#isOpen = false;
  }

  /** What is to be written. */
  sorted(): SortedChanges {
    const changes = this.#changes.sort(inOrder);
    return {
      refs: changes.filter(({ ref }) => ref !== undefined) as PlacedRef[],
      logs: changes.filter(({ log }) => log !== undefined) as PlacedLog[],
      minUpdateIndex: this.updateIndexExact,
      maxUpdateIndex: BigInt(this.#max),
    };
  }

  /** The change that a record of this name goes into: the last one, if it is of that name and has none of that kind, or else another. */
  #changeOf(text: string | Uint8Array, kind: 'ref' | 'log'): Change {
    const name = sortable(text);
    const last = this.#changes.at(-1);
    if (last?.name === name && last[kind] === undefined) return last;
    const change: Change = { name, ref: undefined, refIndex: 0, log: undefined, logIndex: 0 };
    this.#changes.push(change);
    return change;
  }

  /** The update index that a record is written with. */
  #indexOf(record: RefChange | LogChange): number | bigint {
    if (!this.#isOpen) throw new ReftableError('misuse', 'TRANSACTION_ENDED', 'transaction has ended: what fills it must be awaited');
    const updateIndex = record.updateIndexExact ?? record.updateIndex ?? this.#index;
    checkU64(updateIndex);
    if (updateIndex > this.#max) this.#max = updateIndex;
    return updateIndex;
  }
}

const ASCII = /^[\0-\x7f]*$/;

/** A text's bytes as characters up to U+00FF. */
function sortable(text: string | Uint8Array): string {
  if (typeof text === 'string' && ASCII.test(text)) return text;
  let characters = '';
  for (const byte of textBytes(text)) characters += String.fromCharCode(byte);
  return characters;
}

/** By name, and then from the newest log entry on. */
function inOrder(a: Change, b: Change): number {
  if (a.name < b.name) return -1;
  // To find strings equal takes less than to order them.
  if (a.name !== b.name) return 1;
  return a.logIndex > b.logIndex ? -1 : a.logIndex < b.logIndex ? 1 : 0;
}

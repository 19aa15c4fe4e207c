import { saturate, type Hash } from '@reftable/block';
import { run, runSync } from '@reftable/io';
import { MergedCore } from '@reftable/merged';
import { Reader, ReaderSync } from '@reftable/table';
import { loadTables, type ListedTable } from './load-tables.js';
import { answerFrom, answerFromSync, CloseRequest, type StackStorage, type StackStorageSync } from './storage.js';

/** One table of a stack. */
export interface StackTable {
  /** As the list has it. */
  readonly name: string;
  /** Bytes of its file. */
  readonly size: number;
  /** 2^53-1 where it is beyond that. */
  readonly minUpdateIndex: number;
  readonly minUpdateIndexExact: bigint;
  readonly maxUpdateIndex: number;
  readonly maxUpdateIndexExact: bigint;
}

/** A folder of tables, as it was when it was opened: newer tables hide what they say again, and tombstones hide what is deleted. */
export class Stack extends Reader {
  readonly #storage: StackStorage;
  readonly #listed: readonly ListedTable[];

  /** Use {@link openStack}. */
  constructor(storage: StackStorage, listed: readonly ListedTable[]) {
    super(mergedCore(listed));
    this.#storage = storage;
    this.#listed = listed;
  }

  /** The stack's hash; undefined if there is no table to tell. */
  get hash(): Hash | undefined {
    return this.#listed[0]?.core.hash;
  }

  /** Its tables, oldest first. */
  get tables(): StackTable[] {
    return this.#listed.map(tableInfo);
  }

  /** Closes its tables. What reads it then fails. */
  async close(): Promise<void> {
    const perform = answerFrom(this.#storage);
    for (const { core } of this.#listed) await perform(new CloseRequest(core.source));
  }
}

/** The sync face of {@link Stack}. */
export class StackSync extends ReaderSync {
  readonly #storage: StackStorageSync;
  readonly #listed: readonly ListedTable[];

  /** Use {@link openStackSync}. */
  constructor(storage: StackStorageSync, listed: readonly ListedTable[]) {
    super(mergedCore(listed));
    this.#storage = storage;
    this.#listed = listed;
  }

  /** As {@link Stack.hash}. */
  get hash(): Hash | undefined {
    return this.#listed[0]?.core.hash;
  }

  /** As {@link Stack.tables}. */
  get tables(): StackTable[] {
    return this.#listed.map(tableInfo);
  }

  /** As {@link Stack.close}. */
  close(): void {
    const perform = answerFromSync(this.#storage);
    for (const { core } of this.#listed) perform(new CloseRequest(core.source));
  }
}

/**
 * Opens a stack to read it. A stack without a list is empty.
 * @throws `LIST_UNFINISHED`, `LIST_NAME`, `LIST_DUPLICATE`, `TABLE_HASH`, a table's format error, `TABLE_MISSING`, `STACK_UNSETTLED`, whatever the storage throws
 */
export async function openStack(storage: StackStorage): Promise<Stack> {
  return new Stack(storage, await run(loadTables(storage.name, []), answerFrom(storage)));
}

/** The sync face of {@link openStack}. */
export function openStackSync(storage: StackStorageSync): StackSync {
  return new StackSync(storage, runSync(loadTables(storage.name, []), answerFromSync(storage)));
}

function mergedCore(listed: readonly ListedTable[]): MergedCore {
  return new MergedCore(listed.map((table) => table.core));
}

function tableInfo({ name, core }: ListedTable): StackTable {
  const { minUpdateIndex, maxUpdateIndex } = core;
  return {
    name,
    size: core.source.size,
    minUpdateIndex: saturate(minUpdateIndex),
    minUpdateIndexExact: minUpdateIndex,
    maxUpdateIndex: saturate(maxUpdateIndex),
    maxUpdateIndexExact: maxUpdateIndex,
  };
}

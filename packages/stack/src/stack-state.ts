import type { Hash } from '@reftable/block';
import type { SourceInfo } from '@reftable/io';
import { MergedCore } from '@reftable/merged';
import type { HeldFile } from './storage.js';
import type { OpenTableCore } from './table-format.js';

/** How files are let go of that nobody reads any more. It happens in passing and tells of no errors. */
export interface Disposal {
  close(source: SourceInfo): void;
  letGo(file: HeldFile): void;
}

/** A table under the name that the list gives it. */
export class ListedTable {
  readonly name: string;
  readonly core: OpenTableCore;
  /** States that it is part of. */
  users = 0;

  constructor(name: string, core: OpenTableCore) {
    this.name = name;
    this.core = core;
  }
}

/** The list as it was read; `file` is undefined if there was none. */
export interface TableList {
  readonly names: readonly string[];
  readonly file: HeldFile | undefined;
}

/** The list and its tables, at one time. It stays readable as long as anybody uses it: the stack, a snapshot, a cursor. */
export class StackState {
  readonly tables: readonly ListedTable[];
  readonly merged: MergedCore;
  readonly #disposal: Disposal;
  #list: TableList;
  #users = 1;

  /** @param hash the hash, if there is no table to tell */
  constructor(list: TableList, tables: readonly ListedTable[], hash: Hash | undefined, disposal: Disposal) {
    this.#list = list;
    this.tables = tables;
    this.merged = new MergedCore(tables.map(({ core }) => core), hash);
    this.#disposal = disposal;
    for (const table of tables) table.users++;
  }

  get list(): TableList {
    return this.#list;
  }

  /** The same list was read again, from another file. */
  renew(list: TableList): void {
    if (this.#list.file !== undefined) this.#disposal.letGo(this.#list.file);
    this.#list = list;
  }

  /**
   * The stack releases it. Others may go on reading it, but nobody compares its list with the present one any more: that file, at least, need
   * not stay open until they end.
   */
  retire(): void {
    this.renew({ names: this.#list.names, file: undefined });
    this.release();
  }

  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users > 0) return;
    for (const table of this.tables) if (--table.users === 0) this.#disposal.close(table.core.source);
  }
}

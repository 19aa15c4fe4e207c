import { idSize, textBytes, type Hash, type Ref } from '@reftable/block';
import type { Core, ReadRequest } from '@reftable/io';
import { isFound, type AnyTableCore, type FoundRef, type LogView, type RefView } from '@reftable/table';
import { compareBytes, ReftableError } from '@reftable/varint';
import { MergeCursor } from './merge-cursor.js';
import { hashOf, NameFilter } from './name-filter.js';

/** A table's filter stays with it, in whatever it is merged. */
const filters = new WeakMap<AnyTableCore, NameFilter>();

/**
 * Several tables as one, below its sync and async faces.
 *
 * A newer table's record hides those of the same key in older ones, whatever their update indexes say: as in Git, and as it must be where
 * a log entry is written again at its old update index. (JGit lets the higher update index win; as long as the ranges of
 * a stack's tables ascend, which both see to, that is the same.)
 */
export class MergedCore implements AnyTableCore {
  readonly hash: Hash;
  readonly idSize: number;
  readonly #tables: readonly AnyTableCore[];
  readonly #filters: readonly NameFilter[];

  /**
   * @param tables oldest first
   * @param hash the hash, if there is no table to tell
   * @throws `MIXED_HASHES` (misuse)
   */
  constructor(tables: readonly AnyTableCore[], hash: Hash = 'sha1') {
    this.#tables = tables;
    this.#filters = tables.map(filterOf);
    this.hash = tables[0]?.hash ?? hash;
    this.idSize = idSize(this.hash);
    const other = tables.find((table) => table.hash !== this.hash);
    if (other !== undefined) {
      throw new ReftableError('misuse', 'MIXED_HASHES', `a table of ${other.hash} among tables of ${this.hash}`);
    }
  }

  /** The least of all tables; 0 where there is none. */
  get minUpdateIndex(): bigint {
    return this.#tables.map((table) => table.minUpdateIndex).reduce((a, b) => (b < a ? b : a), this.#tables[0]?.minUpdateIndex ?? 0n);
  }

  /** The greatest of all tables; 0 where there is none. */
  get maxUpdateIndex(): bigint {
    return this.#tables.map((table) => table.maxUpdateIndex).reduce((a, b) => (b > a ? b : a), 0n);
  }

  refCursor(): MergeCursor<RefView, ReadRequest> {
    return new MergeCursor(this.#tables.map((table) => table.refCursor()));
  }

  logCursor(): MergeCursor<LogView, ReadRequest> {
    return new MergeCursor(this.#tables.map((table) => table.logCursor()));
  }

  findRef(name: Uint8Array, length: number, text?: string): FoundRef {
    const [only] = this.#tables;
    return only !== undefined && this.#tables.length === 1 ? only.findRef(name, length, text) : this.#newestSince(0, name, length, text);
  }

  *refsByObject(id: Uint8Array): Core<Ref[]> {
    const found: { readonly ref: Ref; readonly name: Uint8Array }[] = [];
    for (const [age, table] of this.#tables.entries()) {
      for (const ref of yield* table.refsByObject(id)) {
        const name = textBytes(ref.nameBytes ?? ref.name);
        // A newer record, be it a tombstone, says where the ref points now; if there too, that table has found it.
        const newer = this.#newestSince(age + 1, name, name.length, undefined);
        if ((isFound(newer) ? newer : yield* newer) === undefined) found.push({ ref, name });
      }
    }
    return found.sort((a, b) => compareBytes(a.name, b.name)).map(({ ref }) => ref);
  }

  /** The newest record of a name in table number `oldest` and those that are newer. */
  #newestSince(oldest: number, name: Uint8Array, length: number, text: string | undefined): FoundRef {
    const hash = hashOf(name, length);
    for (let age = this.#tables.length - 1; age >= oldest; age--) {
      const filter = this.#filters[age]!;
      if (!filter.mayHave(hash)) continue;
      const found = this.#tables[age]!.findRef(name, length, text);
      if (!isFound(found)) return this.#readSince(oldest, age, found, name, length);
      if (found !== undefined) return found;
      if (filter.missed()) return this.#readSince(oldest, age, undefined, name, length);
    }
    return undefined;
  }

  /** The same from table number `newest` on, which does not have it in memory, or does not have it and is to read its filter. */
  *#readSince(oldest: number, newest: number, reading: Core<Ref | undefined> | undefined, name: Uint8Array, length: number): Core<Ref | undefined> {
    const hash = hashOf(name, length);
    const ref = reading && (yield* reading);
    if (ref !== undefined) return ref;
    const filter = this.#filters[newest]!;
    if (reading === undefined || filter.missed()) yield* filter.read();
    for (let age = newest - 1; age >= oldest; age--) {
      const filter = this.#filters[age]!;
      if (!filter.mayHave(hash)) continue;
      const found = this.#tables[age]!.findRef(name, length);
      const ref = isFound(found) ? found : yield* found;
      if (ref !== undefined) return ref;
      if (filter.missed()) yield* filter.read();
    }
    return undefined;
  }
}

function filterOf(table: AnyTableCore): NameFilter {
  let filter = filters.get(table);
  if (filter === undefined) filters.set(table, (filter = new NameFilter(table)));
  return filter;
}

import type { Ref } from '@reftable/block';
import type { Core, CursorCore } from '@reftable/io';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { FoundRef, RefView } from './reader-core.js';

/** Whether a lookup is at its end. */
export function isFound(found: FoundRef): found is Ref | undefined {
  return found === undefined || 'kind' in found;
}

/** Finds the refs of one table by their names. */
export class RefLookup {
  readonly #open: () => CursorCore<RefView>;
  /** One cursor serves all lookups that do not overlap. */
  #idle: CursorCore<RefView> | undefined;

  /** @param open makes a cursor over all refs of the table */
  constructor(open: () => CursorCore<RefView>) {
    this.#open = open;
  }

  /** As `ReaderCore.findRef`. */
  find(name: Uint8Array, length: number, text: string | undefined): FoundRef {
    const cursor = this.#idle ?? this.#open();
    this.#idle = undefined;
    const isThere = cursor.seek(name, length);
    if (!isThere || !cursor.next()) return this.#goOn(cursor, isThere, name, length);
    const ref = refAt(cursor.record, name, length, text);
    this.#idle = cursor;
    return ref;
  }

  *#goOn(cursor: CursorCore<RefView>, isThere: boolean, name: Uint8Array, length: number): Core<Ref | undefined> {
    if (!isThere) yield* cursor.settle();
    const ref = cursor.next() || (yield* cursor.load()) ? refAt(cursor.record, name, length, undefined) : undefined;
    this.#idle = cursor;
    return ref;
  }
}

function refAt(record: RefView, name: Uint8Array, length: number, text: string | undefined): Ref | undefined {
  return record.keyLength === length && hasBytesAt(record.key, 0, name, length) ? record.ref(text) : undefined;
}

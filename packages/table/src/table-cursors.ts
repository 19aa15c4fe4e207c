import {
  decodeLog,
  decodeRef,
  decodeString,
  LOG_DELETION,
  logNameLength,
  logUpdateIndex,
  REF_DELETION,
  REF_DIRECT,
  REF_PEELED,
  refUpdateIndex,
  saturate,
  type BlockCursor,
  type LogRecord,
  type Ref,
} from '@reftable/block';
import type { Core } from '@reftable/io';
import type { CursorCore, KeyView, LogView, RefView } from './cursor-core.js';
import type { SectionCursor } from './section-cursor.js';

/** What is alike in the views of a table's records. */
abstract class TableView implements KeyView {
  protected readonly cursor: BlockCursor;
  protected readonly idSize: number;

  constructor(cursor: BlockCursor, idSize: number) {
    this.cursor = cursor;
    this.idSize = idSize;
  }

  abstract get isDeletion(): boolean;

  get key(): Uint8Array {
    return this.cursor.key;
  }
  get keyLength(): number {
    return this.cursor.keyLength;
  }
  get shared(): number {
    return this.cursor.shared;
  }
}

/** The ref record that a table's cursor is at. */
class TableRefView extends TableView implements RefView {
  readonly #base: bigint;

  constructor(cursor: BlockCursor, idSize: number, base: bigint) {
    super(cursor, idSize);
    this.#base = base;
  }

  get isDeletion(): boolean {
    return this.cursor.valueType === REF_DELETION;
  }
  get name(): string {
    return decodeString(this.cursor.key, 0, this.cursor.keyLength);
  }
  get updateIndex(): number {
    return saturate(this.updateIndexExact);
  }
  get updateIndexExact(): bigint {
    return refUpdateIndex(this.cursor, this.#base);
  }
  mentions(id: Uint8Array): boolean {
    const { bytes, contentStart, valueType } = this.cursor;
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return false;
    return startsWith(bytes, contentStart, id) || (valueType === REF_PEELED && startsWith(bytes, contentStart + id.length, id));
  }
  ref(): Ref {
    return decodeRef(this.cursor, this.#base, this.idSize);
  }
}

/** The log record that a table's cursor is at. */
class TableLogView extends TableView implements LogView {
  get isDeletion(): boolean {
    return this.cursor.valueType === LOG_DELETION;
  }
  get name(): string {
    return decodeString(this.cursor.key, 0, logNameLength(this.cursor));
  }
  get updateIndex(): number {
    return saturate(this.updateIndexExact);
  }
  get updateIndexExact(): bigint {
    return logUpdateIndex(this.cursor);
  }
  log(): LogRecord {
    return decodeLog(this.cursor, this.idSize);
  }
}

/** A cursor over one section of a table. */
class TableCursor<V extends KeyView> implements CursorCore<V> {
  readonly record: V;
  readonly #section: SectionCursor;
  readonly #block: BlockCursor;

  constructor(section: SectionCursor, record: V) {
    this.#section = section;
    this.#block = section.record;
    this.record = record;
  }

  next(): boolean {
    return this.#block.next();
  }
  load(): Core<boolean> {
    return this.#section.load();
  }
  seek(target: Uint8Array, length: number): Core<void> {
    return this.#section.seek(target, length);
  }
}

/** A cursor over a table's refs. `base` is the table's minimum update index. */
export function tableRefCursor(section: SectionCursor, idSize: number, base: bigint): CursorCore<RefView> {
  return new TableCursor(section, new TableRefView(section.record, idSize, base));
}

/** A cursor over a table's log entries. */
export function tableLogCursor(section: SectionCursor, idSize: number): CursorCore<LogView> {
  return new TableCursor(section, new TableLogView(section.record, idSize));
}

function startsWith(bytes: Uint8Array, start: number, id: Uint8Array): boolean {
  for (let index = 0; index < id.length; index++) if (bytes[start + index] !== id[index]) return false;
  return true;
}

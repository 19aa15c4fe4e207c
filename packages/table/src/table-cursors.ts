import {
  cheapest,
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
import type { Core, CursorCore, KeyView } from '@reftable/io';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { LogView, RefView, StoredRecord } from './reader-core.js';
import type { SectionCursor } from './section-cursor.js';

/** A cursor over one section of a table, which itself shows the record that it is at. */
abstract class TableCursor implements KeyView, Omit<StoredRecord, 'contentStart'> {
  protected readonly section: SectionCursor;
  protected readonly block: BlockCursor;
  protected readonly idSize: number;

  constructor(section: SectionCursor, idSize: number) {
    this.section = section;
    this.block = section.record;
    this.idSize = idSize;
  }

  get key(): Uint8Array {
    return this.block.key;
  }
  get keyLength(): number {
    return this.block.keyLength;
  }
  get shared(): number {
    return this.block.shared;
  }
  get valueType(): number {
    return this.block.valueType;
  }
  get bytes(): Uint8Array {
    return this.block.bytes;
  }
  get contentEnd(): number {
    return this.block.valueEnd;
  }
  abstract get isDeletion(): boolean;

  next(): boolean {
    return this.block.next();
  }
  load(): Core<boolean> {
    return this.section.load();
  }
  seek(target: Uint8Array, length: number): boolean {
    return this.section.seek(target, length);
  }
  settle(): Core<void> {
    return this.section.settle();
  }
}

/** A cursor over a table's refs. */
export class TableRefCursor extends TableCursor implements CursorCore<RefView>, RefView {
  readonly #base: number | bigint;

  /** @param base the table's minimum update index */
  constructor(section: SectionCursor, idSize: number, base: bigint) {
    super(section, idSize);
    this.#base = cheapest(base);
  }

  get record(): RefView {
    return this;
  }
  get isDeletion(): boolean {
    return this.block.valueType === REF_DELETION;
  }
  get name(): string {
    return decodeString(this.block.key, 0, this.block.keyLength);
  }
  get contentStart(): number {
    return this.block.contentStart;
  }
  get updateIndex(): number {
    const index = refUpdateIndex(this.block, this.#base);
    return typeof index === 'number' ? index : Number.MAX_SAFE_INTEGER;
  }
  get updateIndexExact(): bigint {
    return BigInt(refUpdateIndex(this.block, this.#base));
  }
  mentions(id: Uint8Array): boolean {
    const { bytes, contentStart, valueType } = this.block;
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return false;
    return hasBytesAt(bytes, contentStart, id) || (valueType === REF_PEELED && hasBytesAt(bytes, contentStart + id.length, id));
  }
  ref(name?: string): Ref {
    return decodeRef(this.block, this.#base, this.idSize, name);
  }

  /** Goes on to the first record of the block at `position`, an offset in the file behind the block that it is in. */
  seekBlock(position: number): Core<void> {
    return this.section.seekBlock(position);
  }
}

/** A cursor over a table's log entries. */
export class TableLogCursor extends TableCursor implements CursorCore<LogView>, LogView {
  get record(): LogView {
    return this;
  }
  get isDeletion(): boolean {
    return this.block.valueType === LOG_DELETION;
  }
  get name(): string {
    return decodeString(this.block.key, 0, logNameLength(this.block));
  }
  get contentStart(): number {
    return this.block.valueStart;
  }
  get updateIndex(): number {
    return saturate(this.updateIndexExact);
  }
  get updateIndexExact(): bigint {
    return logUpdateIndex(this.block);
  }
  log(): LogRecord {
    return decodeLog(this.block, this.idSize);
  }
}

/* What the tests of this package share. */
import { crc32 } from '@reftable/block/crc32';
import type { DirectRef, LogDeletion, LogRecord, LogUpdate, PeeledRef, Ref, RefDeletion, SymbolicRef } from '@reftable/block';
import { BytesSink, BytesSource, type BlockSource, type BlockSourceSync } from '@reftable/io';
import { isReftableError, putU32 } from '@reftable/varint';
import type { TableOptions } from './options.js';
import type { ReadOptions } from './table-core.js';
import { TableWriter, type TableStatistics } from './table-writer.js';
import { openTableSync, type TableSync } from './table.js';
import { writeTable, type TableContent } from './write-table.js';

/** An object id that says its number. */
export function oid(number: number, size = 20): string {
  return number.toString(16).padStart(size * 2, '0');
}

/** The same, spread as ids are: they differ from the first byte on. */
export function spreadOid(number: number, size = 20): string {
  let state = Math.imul(number + 1, 0x9e37_79b1) >>> 0;
  let hex = '';
  for (let at = 0; at < size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    hex += (state ^ (state >>> 15)).toString(16).replace('-', '').padStart(8, '0').slice(-8);
  }
  return hex;
}

export function direct(name: string, id = oid(1), updateIndex = 1): DirectRef {
  return { name, updateIndex, kind: 'direct', oid: id };
}

export function deletion(name: string, updateIndex = 1): RefDeletion {
  return { name, updateIndex, kind: 'deletion' };
}

export function symbolic(name: string, target: string, updateIndex = 1): SymbolicRef {
  return { name, updateIndex, kind: 'symbolic', target };
}

export function peeled(name: string, id: string, to: string, updateIndex = 1): PeeledRef {
  return { name, updateIndex, kind: 'peeled', oid: id, peeled: to };
}

export function update(ref: string, updateIndex = 1, fields: Partial<LogUpdate> = {}): LogUpdate {
  return {
    ref,
    updateIndex,
    kind: 'update',
    oldOid: oid(updateIndex - 1),
    newOid: oid(updateIndex),
    name: 'A U Thor',
    email: 'author@example.invalid',
    time: 1_500_000_000 + updateIndex,
    timeZone: -330,
    message: `change ${updateIndex}\n`,
    ...fields,
  };
}

export function logDeletion(ref: string, updateIndex = 1): LogDeletion {
  return { ref, updateIndex, kind: 'deletion' };
}

/** `count` branches, in order. */
export function branches(count: number, idOf: (index: number) => string = spreadOid): DirectRef[] {
  return Array.from({ length: count }, (_, i) => direct(`refs/heads/branch-${String(i).padStart(6, '0')}`, idOf(i)));
}

/** Limits that hold for what these helpers make. */
export const LIMITS = { minUpdateIndex: 1, maxUpdateIndex: 1 };

export function write(content: TableContent, options: Partial<TableOptions> = {}): Uint8Array {
  return writeTable(content, { ...LIMITS, ...options });
}

/** Records as they are given, without sorting: the file and what the writer says of it. */
export function writeRaw(content: TableContent, options: Partial<TableOptions> = {}): TableStatistics & { readonly bytes: Uint8Array } {
  const sink = new BytesSink();
  const writer = new TableWriter(sink, { ...LIMITS, ...options });
  for (const ref of content.refs ?? []) writer.addRef(ref);
  for (const log of content.logs ?? []) writer.addLog(log);
  return { ...writer.finish(), bytes: sink.bytes() };
}

export function open(bytes: Uint8Array, options?: ReadOptions): TableSync {
  return openTableSync(new BytesSource(bytes), options);
}

/** Everything in a table, tombstones too. */
export function contentOf(table: TableSync): { readonly refs: Ref[]; readonly logs: LogRecord[] } {
  return { refs: [...table.refs({ tombstones: true })], logs: [...table.logs({ tombstones: true })] };
}

/** Letter, place and size of each block. */
export function blocksOf(table: TableSync): { readonly type: string; readonly position: number; readonly size: number }[] {
  return Array.from(table.blocks(), ({ type, position, sizeOnDisk }) => ({ type: String.fromCharCode(type), position, size: sizeOnDisk }));
}

/** The code of the error that `act` throws, or what it returns: no other error is caught. */
export function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (isReftableError(error)) return error.code;
    throw error;
  }
}

/** Bytes of a table's footer. */
export function footerSizeOf(table: Uint8Array): number {
  return table[4] === 1 ? 68 : 72;
}

/** A copy with other bytes from `offset` on, counted from the end where it is negative. */
export function patched(bytes: Uint8Array, offset: number, ...values: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, offset < 0 ? copy.length + offset : offset);
  return copy;
}

/** A copy whose footer has the checksum that its content wants. */
export function resealed(table: Uint8Array): Uint8Array {
  const copy = table.slice();
  const end = copy.length - 4;
  putU32(copy, end, crc32(copy.subarray(copy.length - footerSizeOf(table), end)));
  return copy;
}

/** Where the fields of the footer are, from the end of the file; 8 bytes each. */
export const FOOTER = { refIndex: -44, objects: -36, objectIndex: -28, logs: -20, logIndex: -12 } as const;

/** A copy whose footer says something else, with the right checksum. */
export function withFooter(table: Uint8Array, fields: Partial<Record<keyof typeof FOOTER, number | bigint>>): Uint8Array {
  const copy = table.slice();
  const view = new DataView(copy.buffer);
  for (const [field, value] of Object.entries(fields)) view.setBigUint64(copy.length + FOOTER[field as keyof typeof FOOTER], BigInt(value));
  return resealed(copy);
}

/** Bytes in memory that count how they are read. */
export class CountingSource implements BlockSource, BlockSourceSync {
  readonly size: number;
  readonly name = 'counting';
  readonly reads: { readonly offset: number; readonly length: number }[] = [];
  closed = false;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  readSync(offset: number, length: number): Uint8Array {
    this.reads.push({ offset, length });
    return this.#bytes.slice(offset, offset + length);
  }

  /** Later than at once, as a file is. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.resolve().then(() => this.readSync(offset, length));
  }

  closeSync(): void {
    this.closed = true;
  }

  close(): Promise<void> {
    this.closeSync();
    return Promise.resolve();
  }
}

/** All that an async iterable gives. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of iterable) out.push(item);
  return out;
}

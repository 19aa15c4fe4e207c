/* The same records in both formats, under several options: what they take, and how long. */
import { objectIdBytes, textBytes } from '@reftable/block';
import { BytesSink, BytesSource, performReadSync, runSync, type BlockSourceSync, type CursorCore } from '@reftable/io';
import { isFound, openTableCore, type AnyTableCore, type TableOptions } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { convertToV1Core, convertToV2Core, type ConversionOptions } from './convert.js';
import { layoutOf, type FileLayout } from './file-layout.js';
import { openGitTableCore } from './git-table-core.js';
import type { GitTableOptions } from './options.js';

/** A way to store the records. */
export type FormatVariant =
  | { readonly name: string; readonly format: 'v1'; readonly options: ConversionOptions }
  | { readonly name: string; readonly format: 'v2'; readonly options: GitTableOptions };

/** How one way to store the records does. Times are the best of several rounds. */
export interface FormatReport extends FileLayout {
  readonly name: string;
  readonly format: 'v1' | 'v2';
  /** Bytes in the file. */
  readonly size: number;
  /** Milliseconds to copy all records into a new table, in memory. */
  readonly write: number;
  /** Milliseconds for a cursor over all refs. */
  readonly scanRefs: number;
  /** Milliseconds for a cursor over all log entries. */
  readonly scanLogs: number;
  /** Microseconds to find a ref by its name, on average. */
  readonly seek: number | undefined;
  /** Microseconds to find the refs with an object id, on average. */
  readonly findByObject: number | undefined;
  /** Of a table that was just opened and nothing of which is in memory: reads and bytes to find a ref by its name, the opening included, on average. */
  readonly coldReads: number | undefined;
  readonly coldBytes: number | undefined;
}

/** The ways that are compared if no others are given: the defaults of both formats, and what changes one thing. */
export const VARIANTS: readonly FormatVariant[] = [
  { name: 'v1', format: 'v1', options: {} },
  { name: 'v1, not aligned', format: 'v1', options: { aligned: false } },
  { name: 'v1, blocks of 64 KiB', format: 'v1', options: { blockSize: 1 << 16 } },
  { name: 'v2', format: 'v2', options: {} },
  { name: 'v2, not aligned', format: 'v2', options: { aligned: false } },
  { name: 'v2, blocks of 64 KiB', format: 'v2', options: { blockSize: 1 << 16 } },
  { name: 'v2, restart every 64', format: 'v2', options: { restartInterval: 64 } },
  { name: 'v2, all compressed', format: 'v2', options: { codec: 'zlib' } },
  { name: 'v2, nothing compressed', format: 'v2', options: { codec: 'stored' } },
  { name: 'v2, GitStorage 2', format: 'v2', options: { gitStorage: 2 } },
];

/** How often a time is taken. */
const ROUNDS = 3;

/** How many names, ids and cold lookups are tried, at most. */
const NAMES = 2000;
const IDS = 300;
const COLD = 50;

/**
 * Stores the records of a table, or of several merged, in each of these ways in turn, in memory, and measures. GitStorage 2 is left out for SHA-256.
 * @param from must read from sync sources
 * @throws as the table's reader does
 */
export function* compareFormats(from: AnyTableCore, variants: readonly FormatVariant[] = VARIANTS): Generator<FormatReport, void, undefined> {
  // What is copied into each is in memory and in one format, wherever it comes from.
  const base = runSync(openTableCore(new BytesSource(encodeV1(from, {}))), performReadSync);
  const { names, ids } = samples(base);
  for (const variant of variants) {
    if (variant.format === 'v2' && variant.options.gitStorage === 2 && base.hash !== 'sha1') continue;
    yield measure(variant, base, names, ids);
  }
}

function findRef(core: AnyTableCore, name: Uint8Array): void {
  const found = core.findRef(name, name.length);
  if (!isFound(found)) runSync(found, performReadSync);
}

function measure(variant: FormatVariant, base: AnyTableCore, names: readonly Uint8Array[], ids: readonly Uint8Array[]): FormatReport {
  const { name, format } = variant;
  let bytes!: Uint8Array;
  const write = best(() => (bytes = format === 'v1' ? encodeV1(base, variant.options) : encodeV2(base, variant.options)));
  const core = openCore(format, new BytesSource(bytes));
  const cold = coldLookups(format, bytes, names);
  const seek = best(() => {
    for (const wanted of names) findRef(core, wanted);
  });
  const findByObject = best(() => {
    for (const id of ids) runSync(core.refsByObject(id), performReadSync);
  });
  return {
    name,
    format,
    size: bytes.length,
    ...layoutOf(format, bytes),
    write,
    scanRefs: best(() => pass(core.refCursor())),
    scanLogs: best(() => pass(core.logCursor())),
    seek: names.length === 0 ? undefined : (seek * 1000) / names.length,
    findByObject: ids.length === 0 ? undefined : (findByObject * 1000) / ids.length,
    coldReads: cold?.reads,
    coldBytes: cold?.bytes,
  };
}

/** A table in Git's format; if a record needs larger blocks than are wanted, with those. */
function encodeV1(from: AnyTableCore, options: Partial<TableOptions>): Uint8Array {
  for (let blockSize = options.blockSize ?? 4096; ; ) {
    try {
      const sink = new BytesSink();
      runSync(convertToV1Core(from, sink, { ...options, blockSize }), performReadSync);
      return sink.bytes();
    } catch (error) {
      if (!isReftableError(error, 'RECORD_TOO_LARGE') || !('minimumBlockSize' in error)) throw error;
      blockSize = Number(error.minimumBlockSize);
    }
  }
}

function encodeV2(from: AnyTableCore, options: GitTableOptions): Uint8Array {
  const sink = new BytesSink();
  runSync(convertToV2Core(from, sink, options), performReadSync);
  return sink.bytes();
}

function openCore(format: 'v1' | 'v2', source: BlockSourceSync): AnyTableCore {
  return format === 'v1' ? runSync(openTableCore(source), performReadSync) : runSync(openGitTableCore(source), performReadSync);
}

/** Names and object ids, evenly out of all. */
function samples(base: AnyTableCore): { readonly names: readonly Uint8Array[]; readonly ids: readonly Uint8Array[] } {
  let count = 0;
  for (const cursor = base.refCursor(); moves(cursor); ) count++;
  const step = Math.max(1, Math.floor(count / NAMES));
  const names: Uint8Array[] = [];
  const ids: Uint8Array[] = [];
  let index = 0;
  for (const cursor = base.refCursor(); moves(cursor); index++) {
    if (index % step !== 0) continue;
    const ref = cursor.record.ref();
    names.push(textBytes(ref.nameBytes ?? ref.name));
    if (ids.length < IDS && (ref.kind === 'direct' || ref.kind === 'peeled')) ids.push(objectIdBytes(ref.oid, base.idSize));
  }
  return { names, ids };
}

function moves(cursor: CursorCore<unknown>): boolean {
  return cursor.next() || runSync(cursor.load(), performReadSync);
}

function pass(cursor: CursorCore<unknown>): number {
  let count = 0;
  while (moves(cursor)) count++;
  return count;
}

/** The least time of several rounds, in milliseconds. */
function best(act: () => unknown): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    act();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Counts what is read of a table in memory. */
class CountingSource implements BlockSourceSync {
  readonly size: number;
  readonly name = undefined;
  reads = 0;
  read = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  readSync(offset: number, length: number): Uint8Array {
    this.reads++;
    this.read += length;
    return this.#bytes.subarray(offset, offset + length);
  }

  closeSync(): void {
    // Nothing is held.
  }
}

function coldLookups(format: 'v1' | 'v2', bytes: Uint8Array, names: readonly Uint8Array[]): { readonly reads: number; readonly bytes: number } | undefined {
  if (names.length === 0) return undefined;
  const step = Math.max(1, Math.floor(names.length / COLD));
  const wanted = names.filter((_, index) => index % step === 0);
  let reads = 0;
  let read = 0;
  for (const name of wanted) {
    const source = new CountingSource(bytes);
    findRef(openCore(format, source), name);
    reads += source.reads;
    read += source.read;
  }
  return { reads: reads / wanted.length, bytes: read / wanted.length };
}

/* Tables for the tests of this package. */
import { BytesSink, BytesSource, performReadSync, runSync } from '@reftable/io';
import { compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import type { SstOptions } from './options.js';
import { openSstCore, type SstCore } from './sst-core.js';
import { openSstSync, type SstSync } from './sst.js';
import { SstWriter } from './sst-writer.js';
import type { SstStatistics } from './statistics.js';

/** A record to write. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly extra: number;
}

const encoder = new TextEncoder();

/** Bytes of text and numbers. */
export function bytes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : typeof part === 'string' ? encoder.encode(part) : part));
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}

/** A record of text. */
export function entry(key: string | Uint8Array, value: string | Uint8Array = '', extra = 0): Entry {
  return { key: bytes(key), value: bytes(value), extra };
}

/** A table, and what its writer says of it. */
export function writeWith(entries: readonly Entry[], options: SstOptions = {}, metadata = bytes()): { bytes: Uint8Array; statistics: SstStatistics } {
  const sink = new BytesSink();
  const writer = new SstWriter(sink, options);
  for (const { key, value, extra } of entries) writer.put(key, value, extra);
  const statistics = writer.finish(metadata);
  return { bytes: sink.bytes(), statistics };
}

/** A table. */
export function write(entries: readonly Entry[], options: SstOptions = {}, metadata = bytes()): Uint8Array {
  return writeWith(entries, options, metadata).bytes;
}

/** Opens a table in memory. */
export function open(table: Uint8Array, cacheSize?: number): SstSync {
  return openSstSync(new BytesSource(table, 'test.sst'), cacheSize === undefined ? {} : { cacheSize });
}

/** Opens a table in memory, below its faces. */
export function openCore(table: Uint8Array): SstCore {
  return runSync(openSstCore(new BytesSource(table, 'test.sst')), performReadSync);
}

/** Records with keys that are much alike, as names of refs are, `key-0000` and on. */
export function many(count: number, valueSize = 20): Entry[] {
  return Array.from({ length: count }, (_, index) =>
    entry(`key-${String(index).padStart(5, '0')}`, new Uint8Array(valueSize).fill(index & 255), index & 7),
  );
}

/** The code of the error that `act` throws; undefined if it throws none. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Keys of few letters, so that they share much, and now and then a long one. */
const anyKey = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6, max: 3 }) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(200), fc.nat(255)).map(([length, byte]) => new Uint8Array(length + 1).fill(byte)) },
);

/** Records of any kind, in order. */
export const anyEntries: fc.Arbitrary<Entry[]> = fc
  .array(fc.record({ key: anyKey, value: fc.uint8Array({ maxLength: 40 }), extra: fc.nat(7) }), { maxLength: 120 })
  .map((entries) => {
    const sorted = entries.sort((a, b) => compareBytes(a.key, b.key));
    return sorted.filter(({ key }, index) => index === 0 || compareBytes(key, sorted[index - 1]!.key) > 0);
  });

/** Options of any kind. */
export const anyOptions: fc.Arbitrary<SstOptions> = fc.record({
  blockSize: fc.constantFrom(64, 80, 128, 300, 4096),
  aligned: fc.boolean(),
  restartInterval: fc.constantFrom(1, 2, 3, 16, 1000),
  codec: fc.constantFrom('stored' as const, 'zlib' as const, (firstKey: Uint8Array) => (firstKey[0]! & 1 ? 'zlib' : 'stored')),
  checksums: fc.boolean(),
});

/* Log, table, and both read as one: as in a log-structured store. */
import { BytesSink, BytesSource, CursorSync, performReadSync, runSync } from '@reftable/io';
import { MergeCursor } from '@reftable/merged/keys';
import { openSstCore, SstWriter, type SstCore } from '@reftable/sst-v2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  entryOfRecord,
  LogReaderSync,
  logToBuilderSync,
  logToSetsumSync,
  LogWriterSync,
  MemoryLog,
  recoverSync,
  Setsum,
  setsumOfEntries,
  SortedEntries,
  TableBuilder,
  versionPrefix,
  type LogEntry,
} from './index.js';

function logOf(entries: readonly LogEntry[]): MemoryLog {
  const log = new MemoryLog();
  const writer = new LogWriterSync(log);
  for (const entry of entries) {
    const timestamp = entry.timestampExact ?? entry.timestamp;
    if (entry.kind === 'put') writer.put(entry.key, timestamp, entry.value);
    else writer.del(entry.key, timestamp);
  }
  writer.seal();
  return log;
}

function tableOf(log: MemoryLog): SstCore | undefined {
  const sink = new BytesSink();
  const setsum = logToBuilderSync(new LogReaderSync(log), new TableBuilder(new SstWriter(sink, { blockSize: 128 })));
  if (setsum === undefined) return undefined;
  const table = runSync(openSstCore(new BytesSource(sink.bytes())), performReadSync);
  expect(Setsum.fromDigest(table.footer.metadata).hex()).toBe(logToSetsumSync(new LogReaderSync(log)).hex());
  return table;
}

function* entriesOf(cursor: CursorSync<{ key: Uint8Array; keyLength: number; extra: number; value: Uint8Array }>): Generator<LogEntry> {
  while (cursor.next() || cursor.load()) {
    const { key, keyLength, extra, value } = cursor.record;
    yield entryOfRecord({ key: key.subarray(0, keyLength), extra, value });
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const idOf = (entry: LogEntry) => `${hex(entry.key)} ${entry.timestampExact ?? entry.timestamp}`;

const entry: fc.Arbitrary<LogEntry> = fc
  .tuple(
    fc.array(fc.constantFrom(0, 1, 97, 255), { maxLength: 3 }).map((bytes) => Uint8Array.from(bytes)),
    fc.nat(6),
    fc.option(fc.uint8Array({ maxLength: 12 })),
  )
  .map(([key, timestamp, value]) => (value === null ? { kind: 'del', key, timestamp } : { kind: 'put', key, timestamp, value }));
const logs = fc.array(fc.uniqueArray(entry, { selector: idOf, maxLength: 20 }), { minLength: 1, maxLength: 4 });

describe('tables of older logs and what is in the newest log, merged', () => {
  test('have every version of every key once, the newer source counting, and the setsum of a log stays with its table', () => {
    fc.assert(
      fc.property(logs, (list) => {
        const tables = list.slice(0, -1).flatMap((entries) => tableOf(logOf(entries)) ?? []);
        const newest = new SortedEntries(new LogReaderSync(logOf(list.at(-1)!)).entries());
        const cursor = () => new CursorSync(new MergeCursor([...tables.map((table) => table.cursor()), newest.cursor()]));
        const found = [...entriesOf(cursor())];

        const expected = new Map(list.flat().map((one) => [idOf(one), one]));
        expect(new Map(found.map((one) => [idOf(one), one]))).toEqual(expected);
        expect(found.length).toBe(expected.size);
        expect(setsumOfEntries(found).hex()).toBe(setsumOfEntries(expected.values()).hex());

        // The first record at or past a key's prefix is its newest version.
        for (const { key } of list.flat()) {
          const at = cursor();
          at.seek(versionPrefix(key));
          const [first] = entriesOf(at);
          const versions = [...expected.values()].filter((one) => hex(one.key) === hex(key)).map(({ timestamp }) => timestamp);
          expect([hex(first!.key), first!.timestamp]).toEqual([hex(key), Math.max(...versions)]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a table made after a crash has what recovery left', () => {
    const entries = Array.from({ length: 50 }, (_, index): LogEntry => ({ kind: 'put', key: Uint8Array.of(index), timestamp: index, value: new Uint8Array(index) }));
    const log = logOf(entries);
    log.truncate(log.size - 5);
    expect(recoverSync(log)).toMatchObject({ entries: 49, tail: 'incomplete' });
    const table = tableOf(log)!;
    expect([...entriesOf(new CursorSync(table.cursor()))]).toEqual(entries.slice(0, 49));
  });

  test('a log of equal keys and timestamps makes no table', () => {
    const twice: LogEntry = { kind: 'put', key: Uint8Array.of(1), timestamp: 1, value: Uint8Array.of(1) };
    expect(() => tableOf(logOf([twice, twice]))).toThrow(expect.objectContaining({ code: 'ENTRY_DUPLICATE' }));
  });
});

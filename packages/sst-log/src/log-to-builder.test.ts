import { sstLogs } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import {
  entryOfRecord,
  LogReader,
  LogReaderSync,
  logToBuilder,
  logToBuilderSync,
  LogWriter,
  LogWriterSync,
  MemoryLog,
  setsumOfEntries,
  TableBuilder,
  type LogBuilderSync,
  type TableWriter,
} from './index.js';
import { batchOf, plain, texts } from './sst-log.testing.js';

const golden = (name: string) => sstLogs().find((log) => log.name === name)!;
const reader = (name: string) => new LogReaderSync(new BytesSource(golden(name).bytes));

/** Must not be touched. */
const untouched: LogBuilderSync<number> = {
  put() {
    expect.unreachable();
  },
  del() {
    expect.unreachable();
  },
  seal: () => expect.unreachable(),
};

/** A table in memory that knows nothing of order. */
class ListWriter implements TableWriter {
  readonly records: { key: Uint8Array; value: Uint8Array; extra: number }[] = [];
  metadata: Uint8Array | undefined;

  put(key: Uint8Array, value: Uint8Array, extra: number): void {
    this.records.push({ key, value, extra });
  }
  finish(metadata: Uint8Array): void {
    this.metadata = metadata;
  }
}

describe('a log into a log, sorted: the bytes that the crate writes', () => {
  test.each([
    ['dups', 'dups-sorted'],
    ['many-small', 'many-small-sorted'],
  ])('%s', async (from, to) => {
    const [log, logSync] = [new MemoryLog(), new MemoryLog()];
    expect((await logToBuilder(new LogReader(new BytesSource(golden(from).bytes)), new LogWriter(log)))?.hex()).toBe(golden(to).setsum);
    expect(logToBuilderSync(reader(from), new LogWriterSync(logSync))?.hex()).toBe(golden(from).setsum);
    for (const one of [log, logSync]) expect(Buffer.compare(one.bytes(), golden(to).bytes)).toBe(0);
  });
});

describe('a log into a table', () => {
  test('keys ascend, for each key newest first; the same entries and setsum', () => {
    // Some of its entries have equal key and timestamp: the first of them is enough.
    const unique = new Map(golden('many-small').entries.toReversed().map((entry) => [`${Buffer.from(entry.key).toString('hex')} ${entry.timestamp}`, entry]));
    const log = new MemoryLog();
    const writer = new LogWriterSync(log);
    writer.append(batchOf([...unique.values()].slice(0, 100)));
    for (const entry of [...unique.values()].slice(100)) writer.append(batchOf([entry]));
    const expected = writer.seal();

    const table = new ListWriter();
    const setsum = logToBuilderSync(new LogReaderSync(log), new TableBuilder(table));
    const keys = table.records.map(({ key }) => Buffer.from(key));
    for (const [index, key] of keys.entries()) if (index > 0) expect(Buffer.compare(keys[index - 1]!, key)).toBe(-1);
    const entries = table.records.map(entryOfRecord);
    expect(texts(entries.map(plain))).toEqual(texts(golden('many-small-sorted').entries.filter((entry) => [...unique.values()].includes(entry))));
    expect(setsum?.hex()).toBe(expected.hex());
    expect(setsumOfEntries(entries).hex()).toBe(expected.hex());
    expect(table.metadata).toEqual(expected.digest());
  });

  test('two entries of equal key and timestamp are an error, put or delete alike', () => {
    expect(() => logToBuilderSync(reader('dups'), new TableBuilder(new ListWriter()))).toThrow(expect.objectContaining({ code: 'ENTRY_DUPLICATE', kind: 'misuse' }));
  });

  test('a log without entries leaves the builder as it is', async () => {
    expect(logToBuilderSync(reader('empty'), untouched)).toBeUndefined();
    expect(await logToBuilder(new LogReader(new BytesSource(golden('empty').bytes)), untouched)).toBeUndefined();
  });

  test('of a damaged log nothing is built', async () => {
    const bytes = golden('small').bytes.slice();
    bytes[47]! ^= 1;
    expect(() => logToBuilderSync(new LogReaderSync(new BytesSource(bytes)), untouched)).toThrow(expect.objectContaining({ code: 'FRAME_CRC' }));
    await expect(logToBuilder(new LogReader(new BytesSource(bytes)), untouched)).rejects.toMatchObject({ code: 'FRAME_CRC' });
  });
});

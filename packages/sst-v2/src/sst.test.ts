/* What a table answers, against what was put into it. */
import { BytesSource, performReadSync, runSync, type BlockSourceSync } from '@reftable/io';
import { MergeCursor } from '@reftable/merged/keys';
import { compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SstRange } from './bounded-cursor.js';
import type { SstRecord } from './record.js';
import { openSst, openSstSync, type SstSync } from './sst.js';
import { anyEntries, anyOptions, bytes, codeOf, entry, many, open, openCore, write, writeWith, type Entry } from './sst.testing.js';

const plain = (records: Iterable<SstRecord>): SstRecord[] => Array.from(records);

/** What a range should give. */
function wanted(entries: readonly Entry[], { prefix, from, before, reverse = false }: SstRange): SstRecord[] {
  const found = entries.filter(
    ({ key }) =>
      (prefix === undefined || compareBytes(key.subarray(0, prefix.length), bytes(prefix)) === 0) &&
      (from === undefined || compareBytes(key, bytes(from)) >= 0) &&
      (before === undefined || compareBytes(key, bytes(before)) < 0),
  );
  return (reverse ? found.reverse() : found).map(({ key, value, extra }) => ({ key, value, extra }));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A key that is in the table, near one, or anything. */
const anyBound = (entries: readonly Entry[]): fc.Arbitrary<Uint8Array | undefined> =>
  fc.oneof(
    fc.constant(undefined),
    fc.uint8Array({ maxLength: 4, max: 4 }),
    fc.tuple(fc.nat(Math.max(entries.length - 1, 0)), fc.constantFrom('whole', 'longer', 'shorter')).map(([index, how]) => {
      const key = entries[index]?.key ?? bytes('x');
      return how === 'whole' ? key : how === 'longer' ? bytes(key, 0) : key.subarray(0, -1);
    }),
  );

describe('whatever is written', () => {
  test('comes back, forwards and in reverse, on both faces, and the statistics are the writer\'s', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, anyOptions, fc.uint8Array({ maxLength: 30 }), async (entries, options, metadata) => {
        const { bytes: table, statistics } = writeWith(entries, options, metadata);
        const sst = open(table);
        expect(sst.info.metadata).toEqual(metadata);
        expect(plain(sst.records())).toEqual(wanted(entries, {}));
        expect(plain(sst.records({ reverse: true }))).toEqual(wanted(entries, { reverse: true }));
        expect(sst.verify()).toEqual(statistics);
        expect(statistics.size).toBe(table.length);
        const later = await openSst(new BytesSource(table));
        expect(await collect(later.records())).toEqual(wanted(entries, {}));
        expect(await collect(later.records({ reverse: true }))).toEqual(wanted(entries, { reverse: true }));
        expect(await later.verify()).toEqual(statistics);
        expect(await collect(later.blocks())).toEqual([...sst.blocks()]);
      }),
    );
  });

  test('is found by its key, and what was not is not', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, anyOptions, fc.array(fc.uint8Array({ maxLength: 8, max: 4 })), async (entries, options, strangers) => {
        const sst = open(write(entries, options), 0);
        for (const record of wanted(entries, {})) expect(sst.get(record.key)).toEqual(record);
        const keys = new Set(entries.map(({ key }) => key.join()));
        for (const key of strangers) expect(sst.get(key) === undefined).toBe(!keys.has(key.join()));
        const later = await openSst(new BytesSource(write(entries, options)));
        for (const record of wanted(entries, {}).slice(0, 10)) expect(await later.get(record.key)).toEqual(record);
      }),
    );
  });

  test('is given by range, in both directions', () => {
    const anyQuestion = anyEntries.chain((entries) => {
      const bound = anyBound(entries);
      return fc.record({ entries: fc.constant(entries), prefix: bound, from: bound, before: bound, reverse: fc.boolean() });
    });
    fc.assert(
      fc.property(anyQuestion, anyOptions, ({ entries, prefix, from, before, reverse }, options) => {
        const range = { ...(prefix && { prefix }), ...(from && { from }), ...(before && { before }), reverse };
        expect(plain(open(write(entries, options)).records(range))).toEqual(wanted(entries, range));
      }),
      { numRuns: 500 },
    );
  });

  test('is met by a cursor that seeks to and fro, within its bounds', () => {
    const anyWalk = anyEntries.chain((entries) =>
      fc.record({
        entries: fc.constant(entries),
        from: anyBound(entries),
        before: anyBound(entries),
        reverse: fc.boolean(),
        steps: fc.array(fc.oneof(fc.constant('next' as const), anyBound(entries)), { maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(anyWalk, anyOptions, ({ entries, from, before, reverse, steps }, options) => {
        const range = { ...(from && { from }), ...(before && { before }), reverse };
        const inRange = wanted(entries, range);
        const cursor = open(write(entries, options), 100).cursor(range);
        let at = 0;
        for (const step of steps) {
          if (step === 'next') {
            const isThere = cursor.next() || cursor.load();
            expect(isThere).toBe(at < inRange.length);
            if (isThere) expect(cursor.record.toRecord()).toEqual(inRange[at++]);
          } else if (step !== undefined) {
            cursor.seek(step);
            const found = inRange.findIndex(({ key }) => (reverse ? compareBytes(key, step) <= 0 : compareBytes(key, step) >= 0));
            at = found < 0 ? inRange.length : found;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is told how much each key shares with the one before', () => {
    fc.assert(
      fc.property(anyEntries, anyOptions, fc.boolean(), (entries, options, reverse) => {
        const cursor = open(write(entries, options)).cursor({ reverse });
        let last = bytes();
        while (cursor.next() || cursor.load()) {
          const { key, keyLength, shared } = cursor.record;
          let same = 0;
          while (same < Math.min(last.length, keyLength) && last[same] === key[same]) same++;
          expect(shared).toBe(same);
          last = key.slice(0, keyLength);
        }
      }),
    );
  });

  test('is merged with other tables, the newer first', () => {
    fc.assert(
      fc.property(fc.array(anyEntries, { maxLength: 4 }), anyOptions, (tables, options) => {
        const expected = new Map<string, SstRecord>();
        for (const { key, value, extra } of tables.flat()) expected.set(key.join(), { key, value, extra });
        const merged = new MergeCursor(tables.map((entries) => openCore(write(entries, options)).cursor()));
        const found: SstRecord[] = [];
        while (merged.next() || runSync(merged.load(), performReadSync)) found.push(merged.record.toRecord());
        expect(found).toEqual([...expected.values()].sort((a, b) => compareBytes(a.key, b.key)));
      }),
    );
  });
});

describe('a large table', () => {
  const entries = many(5000);
  const { bytes: table, statistics } = writeWith(entries, { blockSize: 256 });

  test('has several levels of index, each block of which is as its options say', () => {
    expect(statistics.indexLevels).toBe(3);
    const blocks = [...open(table).blocks()];
    expect(blocks.map(({ level }) => level)).toEqual(blocks.map(({ level }) => level).sort((a, b) => a - b));
    expect(blocks.filter(({ level }) => level === 0).length).toBe(statistics.dataBlocks);
    expect(blocks.every(({ position, size }) => position % 256 === 0 && size <= 256)).toBe(true);
    expect(blocks.at(-1)).toMatchObject({ level: 3, end: table.length - 26 });
  });

  test('every key is found', () => {
    const sst = open(table);
    for (const { key, value } of entries) expect(sst.get(key)?.value).toEqual(value);
  });

  test('is one of compressed blocks, one after another', () => {
    const { bytes: packed, statistics: small } = writeWith(entries, { codec: 'zlib' });
    expect(small.compressedBlocks).toBe(small.dataBlocks);
    expect(small.paddingSize).toBe(0);
    expect(packed.length).toBeLessThan(table.length / 3);
    expect([...open(packed).records()].length).toBe(5000);
  });

  /** Counts what is read. */
  function counted(bytesOfTable: Uint8Array): { sst: SstSync; reads: number[] } {
    const reads: number[] = [];
    const source: BlockSourceSync = {
      size: bytesOfTable.length,
      name: 'counted',
      readSync(offset, length) {
        reads.push(length);
        return bytesOfTable.subarray(offset, offset + length);
      },
      closeSync: () => undefined,
    };
    const sst = openSstSync(source);
    return { sst, reads };
  }

  test('is opened with one read, and a cold lookup costs one more for each level but those at the end, of just the block', () => {
    const { sst, reads } = counted(table);
    expect(reads).toEqual([4096]);
    sst.get('key-02500');
    // The root and the level below it are in the tail.
    expect(reads.length).toBe(3);
    expect(Math.max(...reads.slice(1))).toBeLessThanOrEqual(256);
    sst.get('key-02501');
    expect(reads.length).toBe(3);
  });

  test('is scanned with few reads, and each byte once', () => {
    const { sst, reads } = counted(table);
    expect([...sst.records()].length).toBe(5000);
    expect(reads.length).toBeLessThan(12);
    expect(reads.reduce((a, b) => a + b)).toBeLessThan(table.length * 1.1);
  });
});

describe('records too large for a block of the block size', () => {
  const long = (letter: string, length: number): Entry => entry(letter.repeat(length), letter);

  test('get a larger one, and the next block is of the block size again', () => {
    const entries = [entry('a'), entry('b', new Uint8Array(5000)), entry('c'), ...many(100)];
    const { bytes: table, statistics } = writeWith(entries, { blockSize: 256 });
    const blocks = [...open(table).blocks()];
    expect(blocks.filter(({ size }) => size > 256).map(({ position, size }) => [position, size])).toEqual([[256, 5014]]);
    expect(blocks.every(({ position }) => position % 256 === 0)).toBe(true);
    expect(plain(open(table).records())).toEqual(wanted(entries, {}));
    expect(open(table).verify()).toEqual(statistics);
  });

  test('keys longer than blocks have an index that comes to a root', () => {
    const entries = Array.from('abcdefghijklmnop', (letter) => long(letter, 300));
    const { bytes: table, statistics } = writeWith(entries, { blockSize: 64 });
    // Two to a block: 16, 8, 4, 2, 1.
    expect(statistics).toMatchObject({ dataBlocks: 16, indexLevels: 4, indexBlocks: 15 });
    expect(plain(open(table).records({ reverse: true }))).toEqual(wanted(entries, { reverse: true }));
    for (const { key } of entries) expect(open(table).get(key)).toBeDefined();
  });

  test('of any length up to the limits, and none beyond', () => {
    const longest = long('k', 1 << 22);
    const table = write([longest, long('l', 1 << 22), entry('m', new Uint8Array(16_000_000))]);
    expect(open(table).get(longest.key)?.value).toEqual(bytes('k'));
    expect(open(table).get('m')?.value.length).toBe(16_000_000);
    expect(codeOf(() => write([long('k', (1 << 22) + 1)]))).toBe('RECORD_TOO_LARGE');
    expect(codeOf(() => write([entry('k', new Uint8Array(2 ** 24))]))).toBe('RECORD_TOO_LARGE');
  });
});

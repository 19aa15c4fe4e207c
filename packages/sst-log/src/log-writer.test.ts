import { sstLogs, type SstEntry } from '@reftable/conformance';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_SIZE,
  ConcurrentLogWriter,
  LOG_FULL_SIZE,
  LogReaderSync,
  LogWriter,
  LogWriterSync,
  logToSetsumSync,
  MAX_BATCH_SIZE,
  MAX_KEY_SIZE,
  MAX_VALUE_SIZE,
  MemoryLog,
  WriteBatch,
  type LogStorageSync,
} from './index.js';
import { varintSize } from './protobuf.js';
import { batchOf, readAll, texts } from './sst-log.testing.js';

const failing = (code: string) => expect.objectContaining({ code }) as Error;

describe('the same calls give the same bytes as the crate', () => {
  test.each(sstLogs())('$name', ({ batches, bytes, setsum }) => {
    const log = new MemoryLog();
    const writer = new LogWriterSync(log);
    for (const batch of batches) writer.append(batchOf(batch));
    expect(writer.size).toBe(bytes.length);
    expect(writer.seal().hex()).toBe(setsum);
    expect(Buffer.compare(log.bytes(), bytes)).toBe(0);
  });

  test('asynchronously, too, with calls that nobody waits for', async () => {
    const { batches, bytes, setsum } = sstLogs().find(({ name }) => name === 'many-small')!;
    const log = new MemoryLog();
    const writer = new LogWriter(log);
    void Promise.all(batches.map((batch) => writer.append(batchOf(batch))));
    expect((await writer.seal()).hex()).toBe(setsum);
    expect(Buffer.compare(log.bytes(), bytes)).toBe(0);
  });

  test('put and del are batches of one entry', async () => {
    const { entries, bytes } = sstLogs().find(({ name }) => name === 'dups-sorted')!;
    const log = new MemoryLog();
    const logSync = new MemoryLog();
    const writer = new LogWriter(log);
    const writerSync = new LogWriterSync(logSync);
    for (const { key, timestamp, value } of entries) {
      if (value === undefined) writerSync.del(key, timestamp);
      else writerSync.put(key, timestamp, value);
      await (value === undefined ? writer.del(key, timestamp) : writer.put(key, timestamp, value));
    }
    await writer.seal();
    writerSync.seal();
    expect([log.bytes(), logSync.bytes()]).toEqual([bytes, bytes]);
  });
});

/** Takes all and keeps nothing. */
class NullStorage implements LogStorageSync {
  readonly name = undefined;
  written = 0;

  writeSync(bytes: Uint8Array): void {
    this.written += bytes.length;
  }
  syncSync(): void {
    // There is nothing to sync.
  }
  closeSync(): void {
    // There is nothing to close.
  }
}

/** A batch whose entries, encoded, take just so many bytes. */
function batchOfSize(size: number): WriteBatch {
  const batch = new WriteBatch();
  while (size - batch.size > 40_000) batch.put('', 0, new Uint8Array(MAX_VALUE_SIZE));
  if (size - batch.size > 32_000) batch.put('', 0, new Uint8Array(16_000));
  for (let rest = size - batch.size; rest > 0; rest = size - batch.size) {
    const length = [14, 13, 12, 11, 10, 9].map((overhead) => rest - overhead).find((value) => value >= 0 && putSize(value) === rest);
    // Some sizes no put has: where the length of its value grows by a byte, so may that of the whole.
    if (length === undefined) batch.del('', 0);
    else batch.put('', 0, new Uint8Array(length));
  }
  expect(batch.size).toBe(size);
  return batch;
}

/** Bytes of a put with an empty key and a value of `length` bytes. */
function putSize(length: number): number {
  const message = 2 + 2 + 2 + 1 + varintSize(length) + length;
  return 1 + varintSize(message) + message;
}

describe('limits', () => {
  test.each([
    ['key', (batch: WriteBatch, over: number) => batch.put(new Uint8Array(MAX_KEY_SIZE + over), 0, ''), 'KEY_SIZE'],
    ["a delete's key", (batch: WriteBatch, over: number) => batch.del(new Uint8Array(MAX_KEY_SIZE + over), 0), 'KEY_SIZE'],
    ['value', (batch: WriteBatch, over: number) => batch.put('', 0, new Uint8Array(MAX_VALUE_SIZE + over)), 'VALUE_SIZE'],
    ['batch', (batch: WriteBatch, over: number) => batch.merge(batchOfSize(MAX_BATCH_SIZE - batch.size + over)), 'BATCH_SIZE'],
  ] as const)('%s: what is as large as can be is taken, one byte more is refused and changes nothing', (_, add, code) => {
    const batch = new WriteBatch();
    batch.put('before', 1, 'x');
    const before = { body: batch.body.slice(), setsum: batch.setsum.hex(), count: batch.count };
    if (code === 'BATCH_SIZE') {
      // No batch of more than the limit can be made: it takes two.
      const large = batchOfSize(MAX_BATCH_SIZE);
      expect(() => batch.merge(large)).toThrow(failing(code));
      expect(() => large.del('', 0)).toThrow(failing(code));
      expect(() => large.put('', 0, '')).toThrow(failing(code));
      expect(large.size).toBe(MAX_BATCH_SIZE);
    } else {
      expect(() => add(batch, 1)).toThrow(failing(code));
    }
    expect({ body: batch.body.slice(), setsum: batch.setsum.hex(), count: batch.count }).toEqual(before);
    add(batch, 0);
    expect(batch.size).toBeGreaterThan(before.body.length);
  });

  test('timestamps are whole numbers of 64 bits', () => {
    const batch = new WriteBatch();
    for (const timestamp of [-1, 0.5, 2 ** 53, NaN, -1n, 2n ** 64n]) {
      expect(() => batch.put('', timestamp, '')).toThrow(failing('NUMBER_RANGE'));
      expect(() => batch.del('', timestamp)).toThrow(failing('NUMBER_RANGE'));
    }
    for (const timestamp of [0, 2 ** 53 - 1, 2n ** 64n - 1n, 0xffff_ffff, 2 ** 32]) batch.put('', timestamp, '');
    const log = new MemoryLog();
    new LogWriterSync(log).append(batch);
    expect(batch.count).toBe(5);
  });

  test('an empty batch is refused, without effect', () => {
    const log = new MemoryLog();
    const writer = new LogWriterSync(log);
    expect(() => writer.append(new WriteBatch())).toThrow(failing('BATCH_EMPTY'));
    writer.put('a', 1, 'b');
    writer.seal();
    expect(readAll(log.bytes()).entries).toHaveLength(1);
  });

  test('rollover: as many frames as fit, to the byte; then a smaller one may still go in', () => {
    const log = new MemoryLog();
    const writer = new LogWriterSync(log, { rolloverSize: 222 });
    const batch = batchOfSize(74 - 10);
    for (let count = 0; count < 3; count++) writer.append(batch);
    expect(writer.size).toBe(222);
    expect(() => writer.append(batch)).toThrow(failing('LOG_FULL'));
    expect(writer.seal().hex()).toBe(logToSetsumSync(new LogReaderSync(log)).hex());

    const small = new LogWriterSync(new MemoryLog(), { rolloverSize: 99 });
    expect(() => small.append(batchOfSize(138))).toThrow(failing('LOG_FULL'));
    small.append(batch);
    expect(small.size).toBe(74);
  });

  test('rollover: what is counted is the batch unparted, so a parted one may go beyond by 19 bytes', () => {
    const limit = 1_049_404;
    const writer = new LogWriterSync(new NullStorage(), { rolloverSize: limit });
    writer.append(batchOfSize(1_000_000));
    writer.append(batchOfSize(limit - writer.size - 11 - 1));
    expect([writer.size > limit, writer.size - limit < 20]).toEqual([true, true]);
  });

  test('rollover: the padding before an append that is then refused stays, as with the crate', () => {
    const storage = new NullStorage();
    const writer = new LogWriterSync(storage, { rolloverSize: BLOCK_SIZE + 15 });
    writer.append(batchOfSize(BLOCK_SIZE - 19 - 12));
    expect(() => writer.append(batchOfSize(20))).toThrow(failing('LOG_FULL'));
    expect(writer.size).toBe(BLOCK_SIZE);
    writer.seal();
    expect(storage.written).toBe(BLOCK_SIZE);
  });

  test('no log reaches 2^30 - 2^26 bytes: as many batches go in as with the crate', () => {
    const storage = new NullStorage();
    const writer = new LogWriterSync(storage);
    const batch = batchOfSize(1_048_538);
    let accepted = 0;
    for (;;) {
      try {
        writer.append(batch);
      } catch (error) {
        expect(error).toMatchObject({ code: 'LOG_FULL', message: expect.stringContaining(`${LOG_FULL_SIZE} is the limit`) as string });
        break;
      }
      accepted++;
    }
    expect(accepted).toBe(960);
  });

  test('no log reaches 2^30 - 2^26 bytes: one less is taken', () => {
    const writer = new LogWriterSync(new NullStorage());
    const room = () => LOG_FULL_SIZE - writer.size;
    const batch = batchOfSize(500_000);
    while (room() > 900_000) writer.append(batch);
    expect(() => writer.append(batchOfSize(room() - 12))).toThrow(failing('LOG_FULL'));
    writer.append(batchOfSize(room() - 13));
    expect(room()).toBeLessThanOrEqual(1);
  });
});

describe('a storage that fails', () => {
  /** Fails from the nth call on. */
  class FailingStorage extends MemoryLog {
    calls = 0;
    readonly #failAt: number;
    readonly #what: 'write' | 'sync';

    constructor(what: 'write' | 'sync', failAt: number) {
      super(new Uint8Array(0), 'x.log');
      this.#what = what;
      this.#failAt = failAt;
    }

    override write(bytes: Uint8Array): void {
      if (this.#what === 'write' && ++this.calls === this.#failAt) {
        // A full disk takes what it can.
        super.write(bytes.subarray(0, bytes.length >> 1));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      }
      super.write(bytes);
    }

    override sync(): void {
      if (this.#what === 'sync' && ++this.calls === this.#failAt) throw Object.assign(new Error('i/o error'), { code: 'EIO' });
      super.sync();
    }
  }

  test.each(['write', 'sync'] as const)('a failed %s poisons the log: nothing is taken or claimed any more, though the storage would', async (what) => {
    const log = new FailingStorage(what, 2);
    const writer = new LogWriter(log);
    await writer.put('a', 1, 'safe');
    await writer.sync();
    await writer.put('b', 2, 'lost');
    const code = what === 'write' ? 'ENOSPC' : 'EIO';
    await expect(writer.sync()).rejects.toMatchObject({ code: 'LOG_WRITE', kind: 'io', file: 'x.log', cause: { code } });
    for (const call of [() => writer.put('c', 3, ''), () => writer.flush(), () => writer.sync(), () => writer.seal()]) {
      await expect(call()).rejects.toMatchObject({ code: 'LOG_POISONED', kind: 'io', cause: { code: 'LOG_WRITE' } });
    }
    await writer.close();
    expect(log.calls).toBe(2);
    const { entries } = readAll(log.bytes());
    expect(texts(entries)[0]).toBe(texts([{ key: new TextEncoder().encode('a'), timestamp: 1n, value: new TextEncoder().encode('safe') } satisfies SstEntry])[0]);
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['no room', 'no room'],
    [{ code: 28 }, '\\[object Object\\]'],
    [new Error('no room'), 'no room'],
  ])('poisons the log whatever it throws: %o', (thrown, reason) => {
    class Throwing extends MemoryLog {
      override writeSync(): void {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is what it is about
        throw thrown;
      }
    }
    const writer = new LogWriterSync(new Throwing());
    writer.put('a', 1, '');
    expect(() => {
      writer.flush();
    }).toThrow(new RegExp(`^the log can not be written \\(${reason}\\)$`));
    expect(() => {
      writer.flush();
    }).toThrow(failing('LOG_POISONED'));
  });
});

test.each([undefined, null, 42, true, [1, 2], { length: 3 }, new ArrayBuffer(3), new Uint16Array(2), new DataView(new ArrayBuffer(3))])('what is neither text nor bytes is refused: %o', (other) => {
  const batch = new WriteBatch();
  batch.put('a', 1, 'b');
  const before = [batch.count, batch.size, batch.setsum.hex()];
  expect(() => {
    batch.put('key', 1, other as never);
  }).toThrow(failing('NOT_BYTES'));
  expect(() => {
    batch.put(other as never, 1, 'value');
  }).toThrow(failing('NOT_BYTES'));
  expect(() => {
    batch.del(other as never, 1);
  }).toThrow(failing('NOT_BYTES'));
  expect([batch.count, batch.size, batch.setsum.hex()]).toEqual(before);
});

test('a log is not gone on with: a storage that is not empty is refused', () => {
  const log = new MemoryLog(sstLogs().find(({ name }) => name === 'small')!.bytes);
  for (const Writer of [LogWriter, LogWriterSync, ConcurrentLogWriter]) expect(() => new Writer(log)).toThrow(failing('LOG_EXISTS'));
  log.truncate(0);
  expect(new LogWriterSync(log).size).toBe(0);
});

test('a sealed or closed log takes nothing', async () => {
  const writer = new LogWriterSync(new MemoryLog());
  writer.seal();
  expect(() => writer.put('a', 1, '')).toThrow(failing('LOG_SEALED'));
  expect(() => writer.seal()).toThrow(failing('LOG_SEALED'));
  const closed = new LogWriter(new MemoryLog());
  await closed.close();
  await expect(closed.sync()).rejects.toThrow(failing('LOG_SEALED'));
});

test('what is appended is in the storage after a flush', async () => {
  const log = new MemoryLog();
  const writer = new LogWriter(log);
  await writer.put('a', 1, 'b');
  expect(log.size).toBe(0);
  await writer.flush();
  expect(log.size).toBe(writer.size);
});

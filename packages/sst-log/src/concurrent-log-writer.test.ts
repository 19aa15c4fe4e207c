import { sstLogs } from '@reftable/conformance';
import { describe, expect, test } from 'vitest';
import { ConcurrentLogWriter, LogReader, LogReaderSync, logToSetsumSync, MAX_BATCH_SIZE, MAX_VALUE_SIZE, MemoryLog, WriteBatch, type LogEntry, type LogStorage } from './index.js';
import { batchOf, readAll, texts } from './sst-log.testing.js';

const failing = (code: string) => expect.objectContaining({ code }) as Error;

/** Notes what is asked of it, and is as slow as a disk: what is written is safe only once a sync that came after it is over. */
class SlowStorage implements LogStorage {
  readonly name = undefined;
  readonly calls: string[] = [];
  readonly log = new MemoryLog();
  /** Bytes that are safe. */
  safe = 0;
  failAt = Infinity;

  async write(bytes: Uint8Array): Promise<void> {
    this.#note('write');
    await pause();
    this.log.write(bytes);
  }

  async sync(): Promise<void> {
    this.#note('sync');
    const { size } = this.log;
    await pause();
    this.safe = size;
  }

  close(): void {
    this.calls.push('close');
  }

  /** What is safe. */
  safeBytes(): Uint8Array {
    return this.log.bytes().subarray(0, this.safe);
  }

  count(call: string): number {
    return this.calls.filter((one) => one === call).length;
  }

  #note(call: string): void {
    this.calls.push(call);
    if (this.calls.length === this.failAt) throw Object.assign(new Error('i/o error'), { code: 'EIO' });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

describe('group commit', () => {
  test('a thousand callers in one turn share one frame and one sync', async () => {
    const log = new SlowStorage();
    const writer = new ConcurrentLogWriter(log);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => writer.put(`key ${index}`, index, 'value')));
    expect(log.calls).toEqual(['write', 'sync']);
    expect(writer.statistics).toEqual({ batches: 1000, entries: 1000, groups: 1, syncs: 1, largestGroup: 1000, groupSizes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] });
    const setsum = await writer.seal();
    expect(setsum.hex()).toBe(logToSetsumSync(new LogReaderSync(log.log)).hex());
    const { entries } = readAll(log.safeBytes());
    expect(entries.map(({ timestamp }) => Number(timestamp))).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test('those that come while others are written wait together for the next sync', async () => {
    const log = new SlowStorage();
    const writer = new ConcurrentLogWriter(log);
    const first = writer.put('first', 0, '');
    await pause();
    const others = Array.from({ length: 20 }, (_, index) => writer.put('other', index, ''));
    await Promise.all([first, ...others]);
    expect(log.count('sync')).toBe(2);
    expect(writer.statistics).toMatchObject({ batches: 21, groups: 2, syncs: 2, largestGroup: 20, groupSizes: [1, 0, 0, 0, 1] });
  });

  test('each is answered only when what it appended is synced', async () => {
    const log = new SlowStorage();
    const writer = new ConcurrentLogWriter(log);
    let answered = 0;
    const callers = Array.from({ length: 50 }, async (_, index) => {
      for (let round = 0; round < 5; round++) {
        await writer.put(`${index}`, round, new Uint8Array(index));
        answered++;
        const { entries } = readAll(log.safeBytes());
        expect(entries.filter(({ key }) => new TextDecoder().decode(key) === `${index}`)).toHaveLength(round + 1);
        if (index % 7 === 0) await pause();
      }
    });
    await Promise.all(callers);
    expect([answered, writer.statistics.batches]).toEqual([250, 250]);
    expect(log.count('sync')).toBeLessThan(100);
  });

  test('one caller alone gets the bytes that a plain writer writes', async () => {
    const { batches, bytes, setsum } = sstLogs().find(({ name }) => name === 'small')!;
    const log = new MemoryLog();
    const writer = new ConcurrentLogWriter(log);
    for (const batch of batches) await writer.append(batchOf(batch));
    expect((await writer.seal()).hex()).toBe(setsum);
    expect(log.bytes()).toEqual(bytes);
  });

  test('no group is larger than a batch may be, and batches stay whole', async () => {
    const log = new SlowStorage();
    const writer = new ConcurrentLogWriter(log);
    const batch = new WriteBatch();
    for (let index = 0; index < 13; index++) batch.put('key', index, new Uint8Array(MAX_VALUE_SIZE));
    const appends = Array.from({ length: 5 }, () => writer.append(batch));
    // What is appended is the batch as it was.
    batch.del('later', 1);
    await Promise.all(appends);
    await writer.seal();
    expect(writer.statistics).toMatchObject({ batches: 5, entries: 65, groups: 3, largestGroup: 2 });
    const sizes: number[] = [];
    for await (const entries of new LogReader(log.log).batches()) sizes.push(entries.length);
    expect(sizes).toEqual([26, 26, 13]);
    expect(batch.size * 3).toBeGreaterThan(MAX_BATCH_SIZE);
  });
});

describe('what is refused is refused alone', () => {
  test('an empty batch', async () => {
    const writer = new ConcurrentLogWriter(new SlowStorage());
    const answers = await Promise.allSettled([writer.put('a', 1, ''), writer.append(new WriteBatch()), writer.put('b', 2, '')]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'BATCH_EMPTY' } });
    expect(writer.statistics.batches).toBe(2);
  });

  test('a batch beyond the limit of the log: as many go in as there is room for, the smaller ones behind it too', async () => {
    const log = new SlowStorage();
    const writer = new ConcurrentLogWriter(log, { rolloverSize: 222 });
    const answers = await Promise.allSettled([...Array.from({ length: 9 }, (_, index) => writer.put('key', index, new Uint8Array(50)), writer.del('', 0)), writer.fsync()]);
    const kept = answers.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(kept).toEqual([0, 1, 2, 9]);
    expect(answers[5]).toMatchObject({ reason: { code: 'LOG_FULL' } });
    const { entries, error } = readAll(log.safeBytes());
    expect([entries.length, error, log.safe <= 222]).toEqual([4, undefined, true]);
    expect((await writer.seal()).hex()).toBe(logToSetsumSync(new LogReaderSync(log.log)).hex());
  });
});

describe.each([
  ['write', 3],
  ['sync', 4],
] as const)('a failed %s', (what, failAt) => {
  test('poisons the log: all that wait fail, all that come later too, and nothing more is asked of the storage', async () => {
    const log = new SlowStorage();
    log.failAt = failAt;
    const writer = new ConcurrentLogWriter(log);
    await writer.put('safe', 1, '');
    const large = new WriteBatch();
    for (let index = 0; index < 20; index++) large.put('key', index, new Uint8Array(MAX_VALUE_SIZE));
    const waiting = [writer.append(large), writer.append(large), writer.put('small', 2, ''), writer.fsync()];
    const answers = await Promise.allSettled(waiting);
    expect(answers.map((answer) => answer.status === 'rejected' && (answer.reason as { code: string }).code)).toEqual(['LOG_WRITE', 'LOG_POISONED', 'LOG_POISONED', 'LOG_POISONED']);
    expect(log.calls.at(-1)).toBe(what);
    for (const call of [() => writer.put('a', 1, ''), () => writer.fsync(), () => writer.seal()]) {
      await expect(call()).rejects.toMatchObject({ code: 'LOG_POISONED', kind: 'io', cause: { code: 'LOG_WRITE', cause: { code: 'EIO' } } });
    }
    expect(log.calls).toHaveLength(failAt);
    expect(writer.statistics).toMatchObject({ batches: 1, syncs: 1 });
    await writer.close();
    expect(log.calls.at(-1)).toBe('close');
    expect(texts(readAll(log.safeBytes()).entries)).toHaveLength(1);
  });
});

test('fsync on demand really syncs, also where there is nothing new', async () => {
  const log = new SlowStorage();
  const writer = new ConcurrentLogWriter(log);
  await writer.fsync();
  await writer.put('a', 1, '');
  await writer.fsync();
  expect(log.count('sync')).toBe(3);
  await Promise.all([writer.fsync(), writer.fsync(), writer.put('b', 1, '')]);
  expect(log.count('sync')).toBe(4);
});

test('a seal waits for those before it, and refuses those behind it', async () => {
  const log = new SlowStorage();
  const writer = new ConcurrentLogWriter(log);
  const answers = await Promise.allSettled([writer.put('a', 1, ''), writer.seal(), writer.put('b', 2, ''), writer.fsync(), writer.seal()]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
  expect(answers[2]).toMatchObject({ reason: failing('LOG_SEALED') });
  expect(log.calls).toEqual(['write', 'sync', 'sync', 'close']);
});

describe('reading while another writes', () => {
  test('stops at the last whole batch that is there, and goes on later', async () => {
    const { bytes, batches } = sstLogs().find(({ name }) => name === 'many-small')!;
    const log = new MemoryLog();
    const reader = new LogReader(log, { live: true });
    const readerSync = new LogReaderSync(log, { live: true });
    const entries: LogEntry[] = [];
    const entriesSync: LogEntry[] = [];
    let random = 1;
    for (let at = 0; at < bytes.length; ) {
      random = (random * 48271) % 2147483647;
      const size = Math.min(1 + (random % (at > 1_045_000 && at < 1_052_000 ? 40 : 9000)), bytes.length - at);
      log.write(bytes.subarray(at, at + size));
      at += size;
      for await (const entry of reader.entries()) entries.push(entry);
      for (const entry of readerSync.entries()) entriesSync.push(entry);
      expect(reader.end).toBeLessThanOrEqual(at);
    }
    expect(reader.end).toBe(bytes.length);
    expect(readerSync.batchCount).toBe(batches.length);
    const expected = texts(batches.flat());
    const found = (list: readonly LogEntry[]) => texts(list.map((one) => ({ key: one.key, timestamp: one.timestampExact ?? BigInt(one.timestamp), value: one.kind === 'put' ? one.value : undefined })));
    expect(found(entries)).toEqual(expected);
    expect(found(entriesSync)).toEqual(expected);
  });

  test('is not misled by damage: a live log, too, fails its checksum', () => {
    const log = new MemoryLog();
    const { bytes } = sstLogs().find(({ name }) => name === 'small')!;
    const damaged = bytes.slice();
    damaged[47]! ^= 1;
    log.write(damaged);
    const reader = new LogReaderSync(log, { live: true });
    expect(() => [...reader.entries()]).toThrow(failing('FRAME_CRC'));
    expect(reader.end).toBe(24);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sstLogs } from '@reftable/conformance';
import { afterAll, describe, expect, test } from 'vitest';
import { LogReader, LogReaderSync, LogWriter, LogWriterSync, recover, recoverSync } from './index.js';
import { LogFile, LogFileSync } from './node.js';
import { batchOf, plain, texts } from './sst-log.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'reftable-sst-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let counter = 0;
const newPath = () => join(folder, `${counter++}.log`);
const golden = (name: string) => sstLogs().find((log) => log.name === name)!;

describe('a file', () => {
  test.each(['many-small', 'room-19', 'empty'])('%s: written and read, both ways', async (name) => {
    const { batches, bytes, entries, setsum } = golden(name);
    const [path, pathSync] = [newPath(), newPath()];
    const writer = new LogWriter(await LogFile.create(path));
    const writerSync = new LogWriterSync(LogFileSync.create(pathSync));
    for (const batch of batches) {
      await writer.append(batchOf(batch));
      writerSync.append(batchOf(batch));
    }
    expect([(await writer.seal()).hex(), writerSync.seal().hex()]).toEqual([setsum, setsum]);
    for (const one of [path, pathSync]) expect(Buffer.compare(readFileSync(one), bytes)).toBe(0);

    const reader = new LogReader(await LogFile.open(path));
    const found = [];
    for await (const entry of reader.entries()) found.push(plain(entry));
    expect(texts(found)).toEqual(texts(entries));
    await reader.close();
    const readerSync = new LogReaderSync(LogFileSync.open(path));
    expect(texts(Array.from(readerSync.entries(), plain))).toEqual(texts(entries));
    readerSync.close();
  });

  test('has one writer in its life: a second one is refused, and the file is as it was', async () => {
    const path = newPath();
    const writer = new LogWriter(await LogFile.create(path));
    await writer.put('a', 1, 'b');
    await writer.seal();
    const before = readFileSync(path);
    await expect(LogFile.create(path)).rejects.toMatchObject({ code: 'LOG_EXISTS', kind: 'misuse', file: path });
    expect(() => LogFileSync.create(path)).toThrow(expect.objectContaining({ code: 'LOG_EXISTS' }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    ['missing', 'FILE_NOT_FOUND', () => join(folder, 'no', 'such.log')],
    ['a folder', 'NOT_A_FILE', () => folder],
  ])('%s: %s', async (_, code, path) => {
    await expect(LogFile.open(path())).rejects.toMatchObject({ code });
    expect(() => LogFileSync.open(path())).toThrow(expect.objectContaining({ code }));
    await expect(LogFile.openToRepair(path())).rejects.toMatchObject({ code });
    expect(() => LogFileSync.openToRepair(path())).toThrow(expect.objectContaining({ code }));
  });

  test('in a folder that is not there can not be made', async () => {
    const path = join(folder, 'no', 'such.log');
    await expect(LogFile.create(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', file: path });
    expect(() => LogFileSync.create(path)).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  });

  test('says so when it became shorter, or is read after its close', async () => {
    const path = newPath();
    writeFileSync(path, golden('small').bytes);
    const [log, logSync] = [await LogFile.open(path), LogFileSync.open(path)];
    writeFileSync(path, '');
    await expect(log.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_READ' });
    expect(() => logSync.readSync(0, 10)).toThrow(expect.objectContaining({ code: 'SOURCE_READ' }));
    await log.close();
    logSync.closeSync();
    logSync.closeSync();
    await expect(log.read(0, 1)).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
    expect(() => logSync.readSync(0, 1)).toThrow(expect.objectContaining({ code: 'SOURCE_CLOSED' }));
  });

  test('is used no more after its close', async () => {
    const log = await LogFile.create(newPath());
    const logSync = LogFileSync.create(newPath());
    await log.close();
    await log.close();
    logSync.closeSync();
    for (const call of [() => log.write(Uint8Array.of(1)), () => log.sync(), () => log.truncate(0), () => log.refresh()]) await expect(call()).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
    const calls = [() => logSync.writeSync(Uint8Array.of(1)), () => logSync.syncSync(), () => logSync.truncateSync(0), () => logSync.refreshSync()];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'SOURCE_CLOSED' }));
  });

  test('that can not be cut is as it was, and the error says of which file', async () => {
    const path = newPath();
    const torn = golden('small').bytes.subarray(0, 100);
    writeFileSync(path, torn);
    const [log, logSync] = [await LogFile.open(path), LogFileSync.open(path)];
    const error = { code: 'LOG_WRITE', kind: 'io', file: path };
    await expect(recover(log)).rejects.toMatchObject(error);
    expect(() => recoverSync(logSync)).toThrow(expect.objectContaining(error));
    await log.close();
    logSync.closeSync();
    expect(readFileSync(path).equals(torn)).toBe(true);
  });

  test('that another still writes to is not cut', async () => {
    const path = newPath();
    const { bytes } = golden('small');
    writeFileSync(path, bytes.subarray(0, 100));
    const [log, logSync] = [await LogFile.openToRepair(path), LogFileSync.openToRepair(path)];
    appendFileSync(path, bytes.subarray(100));
    const error = { code: 'LOG_CHANGED', kind: 'outdated', file: path };
    await expect(recover(log)).rejects.toMatchObject(error);
    expect(() => recoverSync(logSync)).toThrow(expect.objectContaining(error));
    expect(readFileSync(path).equals(bytes)).toBe(true);
    // Now it is as it was looked at.
    expect([await recover(log), recoverSync(logSync)]).toMatchObject([{ tail: 'none' }, { tail: 'none' }]);
    await log.close();
    logSync.closeSync();
  });

  test('that another writes to is read as far as it goes, and later further', async () => {
    const { bytes, batches } = golden('small');
    const path = newPath();
    writeFileSync(path, bytes.subarray(0, 30));
    const reader = new LogReader(await LogFile.open(path), { live: true });
    const readerSync = new LogReaderSync(LogFileSync.open(path), { live: true });
    const sizes: number[][] = [];
    for (const end of [30, 31, 60, 101, 126]) {
      appendFileSync(path, bytes.subarray(statSync(path).size, end));
      const [found, foundSync]: [unknown[], unknown[]] = [[], []];
      for await (const entry of reader.entries()) found.push(entry);
      for (const entry of readerSync.entries()) foundSync.push(entry);
      expect(foundSync).toEqual(found);
      sizes.push([found.length, reader.end]);
    }
    expect(sizes.map(([count]) => count)).toEqual([1, 0, 1, 3, 1]);
    expect(readerSync.batchCount).toBe(batches.length);
    await reader.close();
    readerSync.close();
  });

  test.each(['sync', 'async'])('is cut where it ends early (%s)', async (face) => {
    const { bytes } = golden('across-boundary');
    const path = newPath();
    writeFileSync(path, bytes.subarray(0, 1_050_030));
    if (face === 'sync') {
      const log = LogFileSync.openToRepair(path);
      expect(recoverSync(log)).toMatchObject({ batches: 31, keep: 1_018_598, size: 1_050_030, tail: 'incomplete' });
      log.closeSync();
    } else {
      const log = await LogFile.openToRepair(path);
      expect(await recover(log)).toMatchObject({ batches: 31, keep: 1_018_598, size: 1_050_030, tail: 'incomplete' });
      await log.close();
    }
    expect(Buffer.compare(readFileSync(path), bytes.subarray(0, 1_018_598))).toBe(0);
  });
});

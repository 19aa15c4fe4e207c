// @ts-check
// A thousand callers append to a write-ahead log in a file, each of whom must know that its batch is safe: all at once, so that they share
// frames and syncs, or one after another, with a sync for each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConcurrentLogWriter, LogReaderSync } from '@reftable/sst-log';
import { LogFile, LogFileSync } from '@reftable/sst-log/node';

/** @typedef {import('../lib/work.mjs').Work} Work */

/**
 * @param {string} name
 * @param {Work['against']} against
 * @param {(put: (index: number) => Promise<void>, count: number) => Promise<unknown>} appendAll
 * @returns {Work}
 */
const append = (name, against, appendAll) => ({
  name,
  per: 'appends',
  against,
  prepare({ scale }) {
    const value = new Uint8Array(100).fill(1);
    const folder = mkdtempSync(join(tmpdir(), 'reftable-bench-wal-'));
    const path = join(folder, 'wal.log');
    const run = async () => {
      const writer = new ConcurrentLogWriter(await LogFile.create(path));
      await appendAll((index) => writer.put(`key ${index}`, index, value), scale.appends);
      await writer.close();
      return writer.statistics.batches;
    };
    const reset = () => rmSync(path, { force: true });
    return {
      reset,
      run,
      async check(digest) {
        reset();
        await run();
        const reader = new LogReaderSync(LogFileSync.open(path));
        for (const { key, timestamp } of reader.entries()) digest.line(new TextDecoder().decode(key), String(timestamp));
        reader.close();
      },
      close: () => rmSync(folder, { recursive: true }),
    };
  },
});

export default [
  append('wal-group', [{ peer: 'ours', work: 'wal-alone', goal: 0.1 }], (put, count) => Promise.all(Array.from({ length: count }, (_, index) => put(index)))),
  append('wal-alone', [], async (put, count) => {
    for (let index = 0; index < count; index++) await put(index);
  }),
];

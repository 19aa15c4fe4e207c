/* A write-ahead log made into a sorted table. */
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { LogReaderSync, logToBuilderSync, TableBuilder } from '@reftable/sst-log';
import type { LogFileSync } from '@reftable/sst-log/node';
import { SstWriter } from '@reftable/sst-v2';
import { EXIT, Failure } from './failure.js';
import { count, printable } from './text.js';

/**
 * Writes all entries of a log into a new table, sorted, and syncs it. Of a log without entries no table is made.
 * @throws a `Failure` if there is something at `out`; what reading the log throws, and `ENTRY_DUPLICATE`: nothing is left at `out` then
 */
export function toTable(log: LogFileSync, out: string, isJson: boolean): Iterable<string> {
  const fd = create(out);
  const reader = new LogReaderSync(log);
  let size = 0;
  let setsum: string | undefined;
  try {
    const sink = {
      write(bytes: Uint8Array): void {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
        size += bytes.length;
      },
    };
    setsum = logToBuilderSync(reader, new TableBuilder(new SstWriter(sink)))?.hex();
    fsyncSync(fd);
  } finally {
    closeSync(fd);
    if (setsum === undefined) unlinkSync(out);
  }
  const { entryCount: entries } = reader;
  if (isJson) return [`${JSON.stringify(setsum === undefined ? { entries } : { entries, size, setsum })}\n`];
  if (setsum === undefined) return ['no entries, and so no table\n'];
  return [`${printable(out)}: ${count(entries, 'entry', 'entries')}, ${count(size, 'byte')}\nsetsum ${setsum}\n`];
}

function create(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(EXIT.unreadable, `${path}: ${code === 'EEXIST' ? 'exists, and is not written over' : `can not be made (${code ?? message})`}`);
  }
}

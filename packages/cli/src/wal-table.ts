/* A write-ahead log made into a sorted table. */
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolderSync } from '@reftable/io/node';
import { LogReaderSync, logToBuilderSync, TableBuilder } from '@reftable/sst-log';
import type { LogFileSync } from '@reftable/sst-log/node';
import { SstWriter } from '@reftable/sst-v2';
import { EXIT, Failure } from './failure.js';
import { count, printable } from './text.js';

/**
 * Writes all entries of a log into a new table, sorted, and makes it last, its name too: the log may be thrown away next. Of a log without
 * entries no table is made.
 * @throws a `Failure` if there is something at `out`, or it can't be written; what reading the log throws, and `ENTRY_DUPLICATE`: nothing is
 * left at `out` then
 */
export function toTable(log: LogFileSync, out: string, isJson: boolean): Iterable<string> {
  const fd = done(out, 'made', () => openSync(out, 'wx'));
  const reader = new LogReaderSync(log);
  let size = 0;
  let setsum: string | undefined;
  let isMade = false;
  try {
    const sink = {
      write(bytes: Uint8Array): void {
        for (let start = 0; start < bytes.length; ) start += done(out, 'written', () => writeSync(fd, bytes, start));
        size += bytes.length;
      },
    };
    setsum = logToBuilderSync(reader, new TableBuilder(new SstWriter(sink)))?.hex();
    if (setsum !== undefined) {
      done(out, 'synced', () => {
        fsyncSync(fd);
        syncFolderSync(dirname(out));
      });
      isMade = true;
    }
  } finally {
    closeSync(fd);
    if (!isMade) unlinkSync(out);
  }
  const { entryCount: entries } = reader;
  if (isJson) return [`${JSON.stringify(setsum === undefined ? { entries } : { entries, size, setsum })}\n`];
  if (setsum === undefined) return ['no entries, and so no table\n'];
  return [`${printable(out)}: ${count(entries, 'entry', 'entries')}, ${count(size, 'byte')}\nsetsum ${setsum}\n`];
}

/** Does something to the table's file. @throws a `Failure` that says what it could not be */
function done<T>(path: string, what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(EXIT.unreadable, `${path}: ${code === 'EEXIST' ? 'exists, and is not written over' : `can not be ${what} (${code ?? message})`}`);
  }
}

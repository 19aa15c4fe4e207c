import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Sink } from '@reftable/io';
import { convertToV1Sync, convertToV2Sync, type Convertible } from '@reftable/sst-v2/git';
import { isReftableError } from '@reftable/varint';
import { openAnyTable } from './any-table.js';
import { count, printable } from './text.js';

/** The largest block of Git's format. */
const MAX_BLOCK_SIZE = 2 ** 24 - 1;

interface Converted {
  readonly size: number;
  readonly refs: number;
  readonly logs: number;
}

/** Writes a table anew in another format, or in its own, with that one's defaults. @throws what reading and writing it throws; then there is no new file */
export async function convert(input: string, output: string, to: 'v1' | 'v2', json: boolean): Promise<Iterable<string>> {
  const { table } = await openAnyTable(input);
  const { size, refs, logs } = to === 'v1' ? convertToV1(table, output) : writeNew(output, (sink) => countsOfV2(table, sink));
  table.close();
  if (json) return [`${JSON.stringify({ file: output, format: to, size, refs, logs })}\n`];
  return [`${printable(output)}: ${to}, ${count(size, 'byte')}, ${count(refs, 'ref')}, ${logs === 1 ? '1 log entry' : `${logs} log entries`}\n`];
}

function countsOfV2(table: Convertible, sink: Sink): Converted {
  const { size, refs, logs } = convertToV2Sync(table, sink);
  return { size, refs, logs };
}

/** Its blocks can't grow with a record: where one is too large, all are made larger. */
function convertToV1(table: Convertible, output: string): Converted {
  for (let blockSize = 4096; ; ) {
    try {
      return writeNew(output, (sink) => {
        const { size, refs, logs } = convertToV1Sync(table, sink, { blockSize });
        return { size, refs: refs.records, logs: logs.records };
      });
    } catch (error) {
      if (!isReftableError(error, 'RECORD_TOO_LARGE') || !('minimumBlockSize' in error)) throw error;
      blockSize = Math.min(2 ** Math.ceil(Math.log2(Number(error.minimumBlockSize))), MAX_BLOCK_SIZE);
    }
  }
}

/** Writes a file that does not exist yet. If that fails, it does not exist after it either. */
function writeNew<T>(path: string, fill: (sink: Sink) => T): T {
  const file = openSync(path, 'wx');
  try {
    return fill({
      write(bytes) {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      },
    });
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

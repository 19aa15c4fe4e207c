import { putLogKey, type LogInput, type RefInput } from '@reftable/block';
import { BytesSink } from '@reftable/io';
import { compareBytes } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import type { TableOptions } from './options.js';
import { TableWriter } from './table-writer.js';

/** The records of a table, in any order. */
export interface TableContent {
  readonly refs?: Iterable<RefInput>;
  readonly logs?: Iterable<LogInput>;
}

/** A whole table in memory: sorts the records and writes them. @throws as `TableWriter` does */
export function writeTable({ refs = [], logs = [] }: TableContent, options: TableOptions): Uint8Array {
  const sink = new BytesSink();
  const writer = new TableWriter(sink, options);
  for (const ref of sorted(refs, (key, { name, nameBytes }) => key.text(nameBytes ?? name))) writer.addRef(ref);
  for (const log of sorted(logs, (key, log) => putLogKey(key, log.refBytes ?? log.ref, log.updateIndexExact ?? log.updateIndex))) {
    writer.addLog(log);
  }
  writer.finish();
  return sink.bytes();
}

function sorted<R>(records: Iterable<R>, putKey: (key: ByteWriter, record: R) => void): R[] {
  const keyed = Array.from(records, (record) => {
    const key = new ByteWriter();
    putKey(key, record);
    return { record, key: key.view() };
  });
  return keyed.sort((a, b) => compareBytes(a.key, b.key)).map(({ record }) => record);
}

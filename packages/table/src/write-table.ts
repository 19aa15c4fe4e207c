import { textBytes, type LogInput, type RefInput } from '@reftable/block';
import { compareBytes } from '@reftable/varint';
import type { TableOptions } from './options.js';
import { BytesSink } from './sink.js';
import { TableWriter } from './table-writer.js';

/** The records of a table, in any order. */
export interface TableContent {
  readonly refs?: Iterable<RefInput>;
  readonly logs?: Iterable<LogInput>;
}

/** A whole table in memory: sorts the records and writes them. @throws as `TableWriter` does */
export function writeTable(content: TableContent, options: TableOptions): Uint8Array {
  const sink = new BytesSink();
  const writer = new TableWriter(sink, options);
  for (const { record } of sorted(content.refs ?? [], (ref) => ref.nameBytes ?? ref.name)) writer.addRef(record);
  const newestFirst = (a: LogInput, b: LogInput): number => {
    const [left, right] = [a.updateIndexExact ?? a.updateIndex, b.updateIndexExact ?? b.updateIndex];
    return left > right ? -1 : left < right ? 1 : 0;
  };
  for (const { record } of sorted(content.logs ?? [], (log) => log.refBytes ?? log.ref, newestFirst)) writer.addLog(record);
  writer.finish();
  return sink.bytes();
}

function sorted<R>(
  records: Iterable<R>,
  nameOf: (record: R) => string | Uint8Array,
  compareAlike: (a: R, b: R) => number = () => 0,
): { readonly record: R; readonly name: Uint8Array }[] {
  const named = Array.from(records, (record) => ({ record, name: textBytes(nameOf(record)) }));
  return named.sort((a, b) => compareBytes(a.name, b.name) || compareAlike(a.record, b.record));
}

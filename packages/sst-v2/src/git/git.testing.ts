/* Git tables for the tests of this package. */
import type { LogInput, LogRecord, LogUpdate, Ref, RefInput } from '@reftable/block';
import { craftedTables, gitStacks, jgitStacks, jgitTables } from '@reftable/conformance';
import { BytesSink, BytesSource } from '@reftable/io';
import { openTableSync, type ReaderSync, type TableSync } from '@reftable/table';
import { convertToV1Sync, convertToV2Sync, type ConversionOptions, type Convertible } from './convert.js';
import { openGitTableSync, type GitTableSync } from './git-table.js';
import { GitTableWriter } from './git-table-writer.js';
import type { GitTableOptions } from './options.js';

/** A sound table of Git's format, by its name. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every sound table of the golden data. */
export function fixtures(): Fixture[] {
  const found: Fixture[] = [];
  for (const stack of gitStacks()) {
    const tables = [...stack.tables, ...stack.worktrees.flatMap((worktree) => worktree.tables)];
    for (const { name, bytes } of tables) found.push({ name: `${stack.group}/${stack.name}/${name}`, bytes });
  }
  for (const stack of jgitStacks()) for (const { name, bytes } of stack.tables) found.push({ name: `${stack.name}/${name}`, bytes });
  for (const { name, bytes } of [...jgitTables(), ...craftedTables()]) found.push({ name, bytes });
  return found;
}

export function openV1(bytes: Uint8Array): TableSync {
  return openTableSync(new BytesSource(bytes, 'test.ref'));
}

export function openV2(bytes: Uint8Array): GitTableSync {
  return openGitTableSync(new BytesSource(bytes, 'test.sst'));
}

/** A table in Git's format; its blocks as large as its largest record needs. */
export function toV1(table: Convertible, options: ConversionOptions = {}): Uint8Array {
  for (let blockSize = options.blockSize ?? 4096; ; ) {
    const sink = new BytesSink();
    try {
      convertToV1Sync(table, sink, { ...options, blockSize });
      return sink.bytes();
    } catch (error) {
      const least = (error as { minimumBlockSize?: number }).minimumBlockSize;
      if (least === undefined) throw error;
      blockSize = least;
    }
  }
}

export function toV2(table: Convertible, options: GitTableOptions = {}): Uint8Array {
  const sink = new BytesSink();
  const { size } = convertToV2Sync(table, sink, options);
  const bytes = sink.bytes();
  if (size !== bytes.length) throw new Error(`${size} bytes, the writer says, not ${bytes.length}`);
  return bytes;
}

/** A table of records as they are given, in order. */
export function writeGit(refs: Iterable<RefInput>, logs: Iterable<LogInput> = [], options: GitTableOptions = {}): Uint8Array {
  const sink = new BytesSink();
  const writer = new GitTableWriter(sink, options);
  for (const ref of refs) writer.addRef(ref);
  for (const log of logs) writer.addLog(log);
  writer.finish();
  return sink.bytes();
}

/** Everything in a table, tombstones too. */
export function contentOf(table: ReaderSync): { readonly refs: Ref[]; readonly logs: LogRecord[] } {
  return { refs: [...table.refs({ tombstones: true })], logs: [...table.logs({ tombstones: true })] };
}

/** An object id that says its number. */
export function oid(number: number, size = 20): string {
  return number.toString(16).padStart(size * 2, '0');
}

/** An entry of a log. */
export function update(ref: string | Uint8Array, updateIndex: number, message = `change ${updateIndex}\n`): LogInput & { readonly kind: 'update' } {
  const who = { name: 'A U Thor', email: 'author@example.invalid', time: 1_500_000_000 + updateIndex, timeZone: -330 } satisfies Partial<LogUpdate>;
  return { ref, updateIndex, kind: 'update', oldOid: oid(updateIndex - 1), newOid: oid(updateIndex), ...who, message };
}

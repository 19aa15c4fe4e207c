import { decodeText } from '@reftable/block';
import { FileSourceSync } from '@reftable/io/node';
import { openGitTableSync, type GitRecord, type GitTableSync } from '@reftable/sst-v2/git';
import { describeLog, describePositions, describeRef } from './describe.js';
import { count, printable } from './text.js';

/** As {@link dumpContainer}, of a table that is opened for it. */
export function* dumpContainerFile(path: string): Generator<string, void, undefined> {
  const table = openGitTableSync(FileSourceSync.open(path));
  yield* dumpContainer(table, path);
  table.close();
}

/** Everything that a table in the proposed container holds, tombstones included, and where. @throws the table's format errors */
export function* dumpContainer(table: GitTableSync, path: string): Generator<string, void, undefined> {
  const { gitStorage, hash, blockSize, minUpdateIndexExact: min, maxUpdateIndexExact: max, size } = table.info;
  const alignment = blockSize === 0 ? 'blocks not aligned' : `block size ${blockSize}`;
  const { sst } = table;
  yield `${printable(path)}: container version ${sst.info.version}, GitStorage ${gitStorage}, ${hash}, ${alignment}, update index ${min} to ${max}, ${count(size, 'byte')}\n`;
  let end = 0;
  for (const block of sst.blocks()) {
    const kind = block.level === 0 ? 'data block' : `index block of level ${block.level}`;
    const codec = block.codec === 'zlib' ? ', compressed' : '';
    yield `${kind} at ${block.position}: ${count(block.size, 'byte')}${codec}, ${count(block.restarts, 'restart')}\n`;
    if (block.level === 0) {
      for (const record of table.recordsIn(block.position)) yield `  ${describe(record)}\n`;
    } else {
      for (const { lastKey, position } of sst.indexIn(block.position)) yield `  up to ${keyText(lastKey)}: block at ${position}\n`;
    }
    end = block.end;
  }
  yield `footer at ${end}\n`;
}

function describe(record: GitRecord): string {
  if (record.kind === 'ref') return describeRef(record.ref);
  if (record.kind === 'log') return describeLog(record.log);
  return record.kind === 'object' ? describePositions(record.id, record.positions) : `of an unknown kind: ${keyText(record.key)}`;
}

/** A key as it is stored, with its letter: what is no text in it is shown in hex. */
function keyText(key: Uint8Array): string {
  const { text, exact } = decodeText(key, 0, key.length);
  return printable(text, exact);
}

/*
 * What Git wrote is written anew from its records: header, ref blocks, object blocks and their indexes come out byte for byte. Log blocks
 * do once they are inflated; for Git's zlib and the one here do not deflate alike. So log blocks may be of other sizes, and what follows
 * from that, the positions in the log index and that of the log index, is held against what it points at.
 */
import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, LOG_BLOCK, type Block } from '@reftable/block';
import { gitStacks, type StackTable } from '@reftable/conformance';
import { BytesSink } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import { TableWriter } from './table-writer.js';
import type { TableSync } from './table.js';
import { open } from './table.testing.js';

interface GitConfig {
  readonly block_size: number;
  readonly restart_interval: number;
  readonly index_objects: boolean;
}

/** How records get from a table into another. */
type Way = (table: TableSync, writer: TableWriter) => void;

function throughObjects(table: TableSync, writer: TableWriter): void {
  for (const ref of table.refs({ tombstones: true })) writer.addRef(ref);
  for (const log of table.logs({ tombstones: true })) writer.addLog(log);
}

function asStored(table: TableSync, writer: TableWriter): void {
  const refs = table.refCursor({ tombstones: true });
  while (refs.next() || refs.load()) writer.copyRef(refs.record);
  const logs = table.logCursor({ tombstones: true });
  while (logs.next() || logs.load()) writer.copyLog(logs.record);
}

function rewritten(table: TableSync, config: GitConfig, way: Way = throughObjects): Uint8Array {
  const { hash, minUpdateIndexExact, maxUpdateIndexExact } = table.info;
  const sink = new BytesSink();
  const writer = new TableWriter(sink, {
    hash,
    blockSize: config.block_size,
    restartInterval: config.restart_interval,
    indexObjects: config.index_objects,
    minUpdateIndex: minUpdateIndexExact,
    maxUpdateIndex: maxUpdateIndexExact,
  });
  way(table, writer);
  const { size } = writer.finish();
  const bytes = sink.bytes();
  expect(size).toBe(bytes.length);
  return bytes;
}

/** Where the log section begins: all before it is compared byte for byte. */
function logStart(table: TableSync): number {
  const logs = [...table.blocks()].find(({ type }) => type === LOG_BLOCK);
  return logs === undefined ? table.info.size : logs.position === 0 ? logs.recordsStart - 4 : logs.position;
}

/** The records of an index block: the key, and the number of the block that it points at. */
function indexRecords(block: Block, blocks: readonly Block[]): [key: string, block: number][] {
  const cursor = new BlockCursor(20);
  cursor.enter(block);
  const records: [string, number][] = [];
  while (cursor.next()) {
    const position = decodeIndexPosition(cursor);
    records.push([Buffer.from(cursor.key.slice(0, cursor.keyLength)).toString('hex'), blocks.findIndex((other) => other.position === position)]);
  }
  return records;
}

function compare(git: Uint8Array, config: GitConfig): 'alike' | 'but for deflated sizes' {
  const theirs = open(git);
  const bytes = rewritten(theirs, config);
  if (Buffer.compare(bytes, git) === 0) return 'alike';

  const ours = open(bytes);
  const start = logStart(theirs);
  expect(start).toBeLessThan(git.length);
  expect(Buffer.compare(bytes.subarray(0, start), git.subarray(0, start))).toBe(0);

  const [ourBlocks, theirBlocks] = [[...ours.blocks()], [...theirs.blocks()]];
  expect(ourBlocks.map(({ type }) => type)).toEqual(theirBlocks.map(({ type }) => type));
  for (const [i, block] of ourBlocks.entries()) {
    const other = theirBlocks[i]!;
    if (block.type === LOG_BLOCK) expect(Buffer.compare(block.bytes, other.bytes)).toBe(0);
    if (block.type === INDEX_BLOCK && block.position >= start) {
      expect(indexRecords(block, ourBlocks)).toEqual(indexRecords(other, theirBlocks));
    }
  }

  const { logIndex: ourIndex, ...ourPositions } = ours.tableCore.positions;
  const { logIndex: theirIndex, ...theirPositions } = theirs.tableCore.positions;
  expect(ourPositions).toEqual(theirPositions);
  expect(ourBlocks.findIndex(({ position }) => position === ourIndex)).toBe(theirBlocks.findIndex(({ position }) => position === theirIndex));
  return 'but for deflated sizes';
}

const tablesOf = (stack: ReturnType<typeof gitStacks>[number]): StackTable[] => [
  ...stack.tables,
  ...stack.worktrees.flatMap((worktree) => worktree.tables),
];

describe('each table that Git wrote comes out the same', () => {
  for (const stack of gitStacks()) {
    test(`${stack.group}/${stack.name}`, () => {
      for (const { bytes } of tablesOf(stack)) {
        compare(bytes, stack.expected.config);
        const { config } = stack.expected;
        expect(Buffer.compare(rewritten(open(bytes), config, asStored), rewritten(open(bytes), config))).toBe(0);
      }
    });
  }
});

test('without logs, to the last byte', () => {
  let count = 0;
  for (const stack of gitStacks()) {
    for (const { bytes } of tablesOf(stack)) {
      const table = open(bytes);
      if (table.logs({ tombstones: true }).next().done !== true) continue;
      expect(Buffer.compare(rewritten(table, stack.expected.config), bytes)).toBe(0);
      count++;
    }
  }
  expect(count).toBeGreaterThan(50);
});

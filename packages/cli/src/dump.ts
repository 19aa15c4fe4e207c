/* A table as it lies in the file: block by block, record by record. */
import { join } from 'node:path';
import {
  BlockCursor,
  cheapest,
  decodeIndexPosition,
  decodeLog,
  decodeRef,
  decodeText,
  INDEX_BLOCK,
  LOG_BLOCK,
  logNameLength,
  logUpdateIndex,
  OBJECT_BLOCK,
  REF_BLOCK,
  toHex,
  type Block,
  type BlockType,
} from '@reftable/block';
import { decodeObjectPositions } from '@reftable/block/object-index';
import { FileSourceSync } from '@reftable/io/node';
import type { StackSync } from '@reftable/stack';
import { openTableSync, type TableSync } from '@reftable/table';
import { ReftableError } from '@reftable/varint';
import { openAnyStack } from './any-stack.js';
import { openAnyTable, openOtherContainer } from './any-table.js';
import { describeLog, describePositions, describeRef } from './describe.js';
import { stackJson, tableJson } from './dump-json.js';
import { stackFolder, type Place, type StackPlace } from './place.js';
import { count, printable } from './text.js';

/** Everything that is in a place, as text or as one JSON document. @throws what opening and reading it throws */
export async function dump(place: Place, json: boolean): Promise<Iterable<string>> {
  if (place.kind !== 'table') return await dumpStack(place, json);
  const other = await openOtherContainer(place.path);
  if (other !== undefined) {
    const { dumpEntries } = await import('./dump-entries.js');
    return dumpEntries(other, place.path, json);
  }
  const opened = await openAnyTable(place.path);
  if (json) return tableJson(opened.table);
  if (opened.format === 'v1') return dumpTable(opened.table, place.path);
  const { dumpContainer } = await import('./dump-container.js');
  return dumpContainer(opened.table, place.path);
}

async function dumpStack(place: StackPlace, json: boolean): Promise<Iterable<string>> {
  const { format, stack } = await openAnyStack(place);
  const dumpFile = format === 'v1' ? dumpTableFile : (await import('./dump-container.js')).dumpContainerFile;
  return json ? thenClosed(stack, stackJson(stack)) : thenClosed(stack, dumpTables(stack, stackFolder(place), dumpFile));
}

function* thenClosed(stack: StackSync, pieces: Iterable<string>): Generator<string, void, undefined> {
  yield* pieces;
  stack.close();
}

function* dumpTables({ tables }: StackSync, folder: string, dumpFile: (path: string) => Iterable<string>): Generator<string, void, undefined> {
  for (const [index, { name }] of tables.entries()) {
    if (index > 0) yield '\n';
    yield* dumpFile(join(folder, name));
  }
}

function* dumpTableFile(path: string): Generator<string, void, undefined> {
  const table = openTableSync(FileSourceSync.open(path));
  yield* dumpTable(table, path);
  table.close();
}

/** What a type of block is called. */
function kindOf(type: BlockType): string {
  if (type === REF_BLOCK) return 'ref';
  if (type === OBJECT_BLOCK) return 'object';
  return type === LOG_BLOCK ? 'log' : 'index';
}

/** Everything that a table holds, tombstones included, and where. @throws the table's format errors */
function* dumpTable(table: TableSync, path: string): Generator<string, void, undefined> {
  const { version, hash, blockSize, minUpdateIndexExact, maxUpdateIndexExact, size } = table.info;
  const alignment = blockSize === 0 ? 'blocks not aligned' : `block size ${blockSize}`;
  yield `${printable(path)}: version ${version}, ${hash}, ${alignment}, update index ${minUpdateIndexExact} to ${maxUpdateIndexExact}, ${count(size, 'byte')}\n`;
  const describe = recordDescriber(table);
  const promised = promisedBlocks(table);
  const cursor = new BlockCursor(table.tableCore.idSize);
  for (const block of table.blocks()) {
    const type = promised.get(block.position) ?? block.type;
    if (type !== block.type) throw block.damage('BLOCK_TYPE', `${kindOf(block.type)} block, where the footer promises one of type ${kindOf(type)}`);
    promised.delete(block.position);
    const inflated = block.type === LOG_BLOCK ? `, ${count(block.bytes.length, 'byte')} inflated` : '';
    yield `${kindOf(block.type)} block at ${block.position}: ${count(block.sizeOnDisk, 'byte')}${inflated}, ${count(block.restartCount, 'restart')}\n`;
    // Keys ascend from block to block; but each level of an index starts anew.
    if (block.type === INDEX_BLOCK || cursor.block?.type !== block.type) cursor.reset();
    cursor.enter(block);
    while (cursor.next()) yield `  ${describe(cursor)}\n`;
  }
  const end = table.tableCore.blockRange.end;
  for (const [position, type] of promised) {
    throw new ReftableError('format', 'SECTION_POSITION', `no block at ${position}, where the footer promises one of type ${kindOf(type)}`, { offset: end, file: path });
  }
  yield `footer at ${end}${sections(table)}\n`;
}

/** What the footer promises, by position: otherwise a walk from block to block would pass over a footer that leads astray. */
function promisedBlocks(table: TableSync): Map<number, BlockType> {
  const { refIndex, objects, objectIndex, logs, logIndex } = table.tableCore.positions;
  const promised: [number, BlockType][] = [
    [refIndex, INDEX_BLOCK],
    [objects, OBJECT_BLOCK],
    [objectIndex, INDEX_BLOCK],
    [logs, LOG_BLOCK],
    [logIndex, INDEX_BLOCK],
  ];
  return new Map(promised.filter(([position]) => position !== 0));
}

/** What the footer says of where the sections are. */
function sections(table: TableSync): string {
  const { refIndex, objects, objectIdLength, objectIndex, logs, logIndex } = table.tableCore.positions;
  const places = { 'ref index': refIndex, objects, 'object index': objectIndex, logs, 'log index': logIndex };
  const given = Object.entries(places).filter(([, position]) => position !== 0);
  const text = given.map(([name, position]) => `${name} at ${position}`);
  if (objects !== 0) text.push(`object ids cut to ${count(objectIdLength, 'byte')}`);
  return text.length === 0 ? '' : `: ${text.join(', ')}`;
}

/** A function that puts a record into words. It remembers what blocks came by, since an index block does not say what it is an index of. */
function recordDescriber(table: TableSync): (cursor: BlockCursor) => string {
  const { idSize, header, blockRange } = table.tableCore;
  const base = cheapest(header.minUpdateIndex);
  let indexed: BlockType = REF_BLOCK;
  return (cursor) => {
    const { type } = cursor.block as Block;
    if (type === REF_BLOCK || type === OBJECT_BLOCK || type === LOG_BLOCK) indexed = type;
    if (type === REF_BLOCK) return describeRef(decodeRef(cursor, base, idSize));
    if (type === LOG_BLOCK) return describeLog(decodeLog(cursor, idSize));
    if (type === OBJECT_BLOCK) return describeObject(cursor, blockRange.end);
    return `up to ${describeKey(cursor, indexed)}: block at ${decodeIndexPosition(cursor)}`;
  };
}

function describeObject(cursor: BlockCursor, limit: number): string {
  return describePositions(cursor.key.subarray(0, cursor.keyLength), decodeObjectPositions(cursor, limit));
}

/** The key of an index record, which is the last of the block that it stands for. */
function describeKey(cursor: BlockCursor, indexed: BlockType): string {
  if (indexed === OBJECT_BLOCK) return toHex(cursor.key, 0, cursor.keyLength);
  const { text, exact } = decodeText(cursor.key, 0, indexed === LOG_BLOCK ? logNameLength(cursor) : cursor.keyLength);
  return indexed === LOG_BLOCK ? `${printable(text, exact)} @${logUpdateIndex(cursor)}` : printable(text, exact);
}

/* Blocks whose values say their own length, which other containers are made of. */
import { expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { MAX_BLOCK_SIZE, VALUE_BLOCK } from './block-type.js';
import { BlockWriter } from './block-writer.js';
import { Block } from './block.js';
import { bytes, codeOf, PLACE, u16, u24 } from './block.testing.js';

/** A block put together by hand, with a restart at the first record. */
function blockOf(...records: readonly Uint8Array[]): Block {
  const all = bytes(0, 0, 0, 0, ...records, u24(4), u16(1));
  return new Block(VALUE_BLOCK, all, all.length, all.length, PLACE);
}

function cursorIn(block: Block): BlockCursor {
  const cursor = new BlockCursor(0);
  cursor.enter(block);
  return cursor;
}

test('a value is a length and as many bytes, whatever the three bits say', () => {
  const long = new Uint8Array(200).fill(9);
  const cursor = cursorIn(blockOf(bytes(0, (1 << 3) | 7, 'a', 2, 'xy'), bytes(0, 1 << 3, 'b', 0), bytes(0, 1 << 3, 'c', 0x80, 72, long)));
  const values: Uint8Array[] = [];
  const types: number[] = [];
  while (cursor.next()) {
    values.push(cursor.bytes.slice(cursor.contentStart, cursor.valueEnd));
    types.push(cursor.valueType);
  }
  expect(values).toEqual([bytes('xy'), bytes(), long]);
  expect(types).toEqual([7, 0, 0]);
});

test.each([
  ['a value that runs out of the block', bytes(0, 1 << 3, 'a', 2, 'x')],
  ['a length that runs out of the block', bytes(0, 1 << 3, 'a', 0x80)],
  ['no length', bytes(0, 1 << 3, 'a')],
  ['a length of more than 64 bits', bytes(0, 1 << 3, 'a', new Uint8Array(12).fill(255))],
])('%s is damage', (_, record) => {
  expect(codeOf(() => cursorIn(blockOf(record)).next())).toBe('RECORD_TRUNCATED');
});

test('a seek skips values, and stops before the record that it looks for', () => {
  const block = blockOf(bytes(0, 1 << 3, 'a', 2, 'xy'), bytes(0, 1 << 3, 'c', 1, 'z'));
  const cursor = new BlockCursor(0);
  cursor.seek(block, bytes('b'));
  expect(cursor.next()).toBe(true);
  expect(cursor.key.slice(0, cursor.keyLength)).toEqual(bytes('c'));
  expect(cursor.bytes.slice(cursor.contentStart, cursor.valueEnd)).toEqual(bytes('z'));
});

test('the writer puts the length in front of the value; the header is the caller\'s, where only the body is finished', () => {
  const writer = new BlockWriter(VALUE_BLOCK, 64, 16);
  writer.add(bytes('a'), 1, 3, bytes('x'), 1);
  expect(writer.finishBody().slice(4)).toEqual(bytes(0, (1 << 3) | 3, 'a', 1, 'x', u24(4), u16(1)));
});

test('a cursor may start at a restart', () => {
  const writer = new BlockWriter(VALUE_BLOCK, 4096, 2);
  for (const last of ['a', 'b', 'c', 'd']) writer.add(bytes('key', last), 4, 0, bytes(), 0);
  const all = writer.finishBody().slice();
  const block = new Block(VALUE_BLOCK, all, all.length, all.length, PLACE);
  const cursor = new BlockCursor(0);
  cursor.enter(block, block.restart(1));
  expect(cursor.next()).toBe(true);
  expect(cursor.key.slice(0, cursor.keyLength)).toEqual(bytes('keyc'));
});

test('a block may be made larger, with what is in it, and smaller again', () => {
  const writer = new BlockWriter(VALUE_BLOCK, 64, 16);
  const value = new Uint8Array(500);
  expect(writer.add(bytes('a'), 1, 0, bytes(), 0)).toBe(true);
  expect(writer.add(bytes('b'), 1, 0, value, 500)).toBe(false);
  expect(writer.sizeAlone(1, 500)).toBe(4 + 3 + 2 + 500 + 3 + 2);
  writer.resize(4 + 4 + 505 + 3 + 3 + 2);
  expect(writer.add(bytes('b'), 1, 0, value, 500)).toBe(true);
  expect(writer.finishBody().slice(0, 13)).toEqual(bytes(0, 0, 0, 0, 0, 1 << 3, 'a', 0, 0, 1 << 3, 'b', 0x82, 0x74));
  expect(writer.finishBody().length).toBe(521);
  writer.begin(0);
  writer.resize(64);
  expect(writer.add(bytes('c'), 1, 0, value, 500)).toBe(false);
});

test('up to all that a block can have', () => {
  const writer = new BlockWriter(VALUE_BLOCK, 64, 16);
  const most = MAX_BLOCK_SIZE - (4 + 3 + 4 + 3 + 2);
  writer.resize(MAX_BLOCK_SIZE);
  expect(writer.add(bytes('a'), 1, 0, new Uint8Array(most + 1), most + 1)).toBe(false);
  expect(writer.add(bytes('a'), 1, 0, new Uint8Array(most), most)).toBe(true);
  expect(writer.finishBody().length).toBe(MAX_BLOCK_SIZE);
});

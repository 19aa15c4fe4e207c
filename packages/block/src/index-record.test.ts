import { encodeVarint } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { INDEX_BLOCK } from './block-type.js';
import { parseBlock } from './block.js';
import { bytes, codeOf, PLACE, rawBlock, rawRecord } from './block.testing.js';
import { decodeIndexPosition, encodeIndex } from './index-record.js';

/** The position in a record of an index block that stands at 5000. */
function decoded(value: Uint8Array, valueType = 0): unknown {
  const cursor = new BlockCursor(20);
  cursor.enter(parseBlock(rawBlock(INDEX_BLOCK, [rawRecord(0, 'refs/x', valueType, value)]), { ...PLACE, position: 5000 }));
  cursor.next();
  return codeOf(() => decodeIndexPosition(cursor));
}

test('the position, as a varint; of value type 0', () => {
  const writer = new ByteWriter();
  expect(encodeIndex(writer, 4096)).toBe(0);
  expect(writer.view()).toEqual(bytes(0x9f, 0));
  expect(decoded(bytes(0x9f, 0))).toBe(4096);
});

test('the first block is at 0, though the file header is in front of its own', () => {
  expect(decoded(bytes(0))).toBe(0);
});

test.each([5000, 5001, 2 ** 40, 2n ** 64n - 1n])('a position that is not before the index block is damage: %s', (position) => {
  expect(decoded(encodeVarint(position))).toBe('INDEX_POSITION');
});

test('the byte before the index block is still before it', () => {
  expect(decoded(encodeVarint(4999))).toBe(4999);
});

test('a position of more than 64 bits is damage', () => {
  expect(decoded(bytes(new Uint8Array(9).fill(0xff), 0))).toBe('INDEX_POSITION');
});

test('any other value type is damage', () => {
  for (let valueType = 1; valueType < 8; valueType++) expect(decoded(bytes(0), valueType)).toBe('VALUE_TYPE');
});

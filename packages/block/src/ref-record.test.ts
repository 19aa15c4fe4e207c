import { ByteWriter } from '@reftable/varint/bytes';
import { describe, expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { REF_BLOCK } from './block-type.js';
import { blockOf, bytes, codeOf, cursorAt, rawRecord, record } from './block.testing.js';
import { decodeRef, encodeRef, refUpdateIndex, type Ref, type RefInput } from './ref-record.js';

const oid = 'a0'.repeat(20);
const peeled = '0b'.repeat(20);

/** A ref's value type and value. */
function encoded(ref: RefInput, delta: number | bigint, idSize = 20): [number, Uint8Array] {
  const writer = new ByteWriter();
  writer.varint(delta);
  const valueType = encodeRef(writer, ref, idSize);
  return [valueType, writer.view().slice()];
}

/** A ref written and read, in a table of this minimum. */
function throughBlock(ref: RefInput, base: bigint, idSize = 20): Ref {
  const [valueType, value] = encoded(ref, BigInt(ref.updateIndexExact ?? ref.updateIndex) - base, idSize);
  const cursor = new BlockCursor(idSize);
  cursor.enter(blockOf(REF_BLOCK, [record(ref.nameBytes ?? ref.name, value, valueType)]));
  cursor.next();
  return decodeRef(cursor, base, idSize);
}

describe('each kind, byte by byte', () => {
  const common = { name: 'refs/heads/main', updateIndex: 9 };
  test.each<[string, RefInput, number, Uint8Array]>([
    ['a tombstone: nothing but the update index', { ...common, kind: 'deletion' }, 0, bytes(4)],
    ['an object id', { ...common, kind: 'direct', oid }, 1, bytes(4, new Uint8Array(20).fill(0xa0))],
    ['a tag and what it peels to', { ...common, kind: 'peeled', oid, peeled }, 2, bytes(4, new Uint8Array(20).fill(0xa0), new Uint8Array(20).fill(0x0b))],
    ['a target after its length', { ...common, kind: 'symbolic', target: 'refs/x' }, 3, bytes(4, 6, 'refs/x')],
  ])('%s', (_, ref, valueType, value) => {
    expect(encoded(ref, 4)).toEqual([valueType, value]);
    expect(throughBlock(ref, 5n)).toEqual(ref);
  });

  test('an object id of SHA-256 has 32 bytes', () => {
    const ref = { name: 'x', updateIndex: 1, kind: 'peeled', oid: 'ab'.repeat(32), peeled: 'cd'.repeat(32) } as const;
    expect(encoded(ref, 0, 32)[1].length).toBe(65);
    expect(throughBlock(ref, 1n, 32)).toEqual(ref);
  });

  test('value types 4 to 7 are damage, not a crash', () => {
    for (const valueType of [4, 5, 6, 7]) {
      expect(codeOf(() => cursorAt(REF_BLOCK, [rawRecord(0, 'x', valueType, bytes(0, new Uint8Array(40)))]))).toBe('VALUE_TYPE');
    }
  });
});

describe('what a string or number can not hold', () => {
  test('a name that is not UTF-8 comes with its bytes', () => {
    const nameBytes = bytes('refs/', 0xff);
    const ref = throughBlock({ name: nameBytes, updateIndex: 1, kind: 'deletion' }, 1n);
    expect(ref).toEqual({ name: 'refs/\ufffd', nameBytes, updateIndex: 1, kind: 'deletion' });
    expect(throughBlock(ref, 1n)).toEqual(ref);
  });

  test('a target that is not UTF-8 comes with its bytes', () => {
    const targetBytes = bytes('refs/', 0xc3, 0x28);
    const ref = throughBlock({ name: 'HEAD', updateIndex: 1, kind: 'symbolic', target: targetBytes }, 1n);
    expect(ref).toEqual({ name: 'HEAD', updateIndex: 1, kind: 'symbolic', target: 'refs/\ufffd(', targetBytes });
    expect(throughBlock(ref, 1n)).toEqual(ref);
  });

  test('an update index over 2^53-1 comes as a bigint too', () => {
    for (const exact of [2n ** 53n, 2n ** 64n - 1n]) {
      const ref = throughBlock({ name: 'x', updateIndex: exact, kind: 'deletion' }, 0n);
      expect(ref).toEqual({ name: 'x', updateIndex: Number.MAX_SAFE_INTEGER, updateIndexExact: exact, kind: 'deletion' });
      expect(throughBlock(ref, 0n)).toEqual(ref);
    }
  });

  test('up to there it comes as a number alone', () => {
    expect(throughBlock({ name: 'x', updateIndex: 2n ** 53n - 1n, kind: 'deletion' }, 2n ** 53n - 5n)).toEqual({
      name: 'x',
      updateIndex: Number.MAX_SAFE_INTEGER,
      kind: 'deletion',
    });
  });
});

describe('damage to the update index', () => {
  test('more than 64 bits in the record', () => {
    const cursor = cursorAt(REF_BLOCK, [rawRecord(0, 'x', 0, bytes(new Uint8Array(9).fill(0xff), 0))]);
    expect(codeOf(() => refUpdateIndex(cursor, 0n))).toBe('VARINT_OVERFLOW');
    expect(codeOf(() => decodeRef(cursor, 0n, 20))).toBe('VARINT_OVERFLOW');
  });

  test('more than 64 bits with the minimum', () => {
    const cursor = cursorAt(REF_BLOCK, [rawRecord(0, 'x', 0, bytes(2))]);
    expect(refUpdateIndex(cursor, 2n ** 64n - 3n)).toBe(2n ** 64n - 1n);
    expect(codeOf(() => refUpdateIndex(cursor, 2n ** 64n - 2n))).toBe('UPDATE_INDEX_OVERFLOW');
  });
});

test('an id of another length, or not hex, is refused', () => {
  for (const wrong of ['a0'.repeat(19), 'a0'.repeat(32), 'xy'.repeat(20), new Uint8Array(32)]) {
    expect(codeOf(() => encoded({ name: 'x', updateIndex: 1, kind: 'direct', oid: wrong }, 0))).toBe('OBJECT_ID');
    expect(codeOf(() => encoded({ name: 'x', updateIndex: 1, kind: 'peeled', oid, peeled: wrong }, 0))).toBe('OBJECT_ID');
  }
});

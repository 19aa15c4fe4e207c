import { commonPrefixLength, compareBytes, encodeVarint } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type BlockType } from './block-type.js';
import { BlockWriter } from './block-writer.js';
import { parseBlock } from './block.js';
import { blockOf, bytes, codeOf, PLACE, rawBlock, rawRecord, record, writeBlocks, type RawRecord } from './block.testing.js';
import { RestartDigests } from './restart-digests.js';
import { lastRestartNotAfter } from './restart-search.js';

const ID = new Uint8Array(20).fill(0xab);
const text = (cursor: BlockCursor): string => new TextDecoder().decode(cursor.key.slice(0, cursor.keyLength));

/** The value of a record of each kind, and its value type. */
const KINDS: readonly (readonly [name: string, type: BlockType, value: Uint8Array, valueType: number])[] = [
  ['ref', REF_BLOCK, bytes(1, ID), 1],
  ['object', OBJECT_BLOCK, bytes(9, 100), 2],
  ['log', LOG_BLOCK, bytes(ID, ID, 1, 'n', 1, 'e', 5, 0, 60, 2, 'm\n'), 1],
  ['index', INDEX_BLOCK, bytes(encodeVarint(4096)), 0],
];

const names30 = Array.from({ length: 30 }, (_, i) => `branch${String(i).padStart(2, '0')}`);

/** The fields of each record from where the cursor is. */
function rest(cursor: BlockCursor): string[] {
  const keys: string[] = [];
  while (cursor.next()) keys.push(text(cursor));
  return keys;
}

function entered(block: Uint8Array): BlockCursor {
  const cursor = new BlockCursor(20);
  cursor.enter(parseBlock(block, PLACE));
  return cursor;
}

describe.each(KINDS)('30 records of kind %s, behind 21 bytes of header', (_, type, value, valueType) => {
  const records = names30.map((name) => record(name, value, valueType));
  const headerOffset = 21;
  const writer = new BlockWriter(type, 4096, 16);
  writer.begin(headerOffset);
  for (const { key } of records) writer.add(key, key.length, valueType, value, value.length);
  const block = parseBlock(writer.finish(), { ...PLACE, headerOffset });

  test('a scan gives all in order, with their values', () => {
    const cursor = new BlockCursor(20);
    cursor.enter(block);
    for (const name of names30) {
      expect(cursor.next()).toBe(true);
      expect(text(cursor)).toBe(name);
      expect(cursor.valueType).toBe(valueType);
      expect(cursor.bytes.slice(cursor.valueStart, cursor.valueEnd)).toEqual(value);
    }
    expect(cursor.next()).toBe(false);
  });

  test('each key is found exactly', () => {
    const cursor = new BlockCursor(20);
    for (const [i, name] of names30.entries()) {
      cursor.seek(block, bytes(name));
      expect(rest(cursor)).toEqual(names30.slice(i));
    }
  });

  test('a shortened key leads to the first that starts with it', () => {
    const cursor = new BlockCursor(20);
    cursor.seek(block, bytes('branch1'));
    expect(cursor.next()).toBe(true);
    expect(text(cursor)).toBe('branch10');
  });

  test('only the given length of the target counts', () => {
    const cursor = new BlockCursor(20);
    cursor.seek(block, bytes('branch2 and more'), 'branch2'.length);
    expect(cursor.next()).toBe(true);
    expect(text(cursor)).toBe('branch20');
  });
});

describe('seek', () => {
  const block = blockOf(REF_BLOCK, names30.map((name) => record(name)), 4);

  test('beyond the last key succeeds, then there is no record, and the cursor can seek again', () => {
    const cursor = new BlockCursor(20);
    cursor.seek(block, bytes('c'));
    expect(cursor.next()).toBe(false);
    cursor.seek(block, bytes('branch29'));
    expect(rest(cursor)).toEqual(['branch29']);
  });

  test('before the first key, and for the empty key, goes to the first', () => {
    const cursor = new BlockCursor(20);
    for (const target of ['a', '']) {
      cursor.seek(block, bytes(target));
      expect(rest(cursor)).toEqual(names30);
    }
  });

  test('nothing of an earlier position comes out after it', () => {
    const cursor = new BlockCursor(20);
    cursor.seek(block, bytes('branch20'));
    cursor.next();
    cursor.seek(block, bytes('branch05'));
    expect(rest(cursor)).toEqual(names30.slice(5));
  });

  test('passes fewer records than the restart interval', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${String(i).padStart(4, '0')}`);
    for (const interval of [1, 2, 16, 64, 1000]) {
      const large = blockOf(REF_BLOCK, keys.map((key) => record(key)), interval);
      // Where each record starts, and where the last ends.
      const scan = new BlockCursor(20);
      scan.enter(large);
      const starts = [scan.valueEnd];
      while (scan.next()) starts.push(scan.valueEnd);

      const cursor = new BlockCursor(20);
      for (const key of [...keys, 'k', 'k0500x', 'z']) {
        cursor.seek(large, bytes(key));
        const from = lastRestartNotAfter(large, bytes(key), key.length, 0, new RestartDigests(1), 0);
        const passed = starts.indexOf(cursor.valueEnd) - starts.indexOf(from);
        expect(passed, `${key}, interval ${interval}`).toBeGreaterThanOrEqual(0);
        expect(passed, `${key}, interval ${interval}`).toBeLessThanOrEqual(interval);
      }
    }
  });

  test('a restart at a key that is not whole is refused', () => {
    const records = [rawRecord(0, 'aa', 0, bytes(0)), rawRecord(1, 'b', 0, bytes(0)), rawRecord(1, 'c', 0, bytes(0))];
    const cursor = new BlockCursor(20);
    const damaged = parseBlock(rawBlock(REF_BLOCK, records, [4, 4 + records[0]!.length]), PLACE);
    expect(codeOf(() => cursor.seek(damaged, bytes('ac')))).toBe('RESTART_OFFSET');
  });

  test('a restart before which more is shared than is stored does not end the search', () => {
    // Each record is a restart and so stores prefix 0, though it shares 5 bytes with the one before.
    const block = blockOf(REF_BLOCK, ['refs/a', 'refs/ab', 'refs/b'].map((key) => record(key)), 1);
    const cursor = new BlockCursor(20);
    cursor.seek(block, bytes('refs/ab'));
    expect(rest(cursor)).toEqual(['refs/ab', 'refs/b']);
  });
});

describe('order of keys', () => {
  const a = rawRecord(0, 'refs/a', 0, bytes(0));

  test.each([
    ['the same key twice, stored whole', rawRecord(0, 'refs/a', 0, bytes(0))],
    ['the same key twice, all of it shared', rawRecord(6, '', 0, bytes(0))],
    ['the same key twice, a part of it shared', rawRecord(5, 'a', 0, bytes(0))],
    ['a key that comes before', rawRecord(5, 'A', 0, bytes(0))],
    ['a key that the one before starts with', rawRecord(5, '', 0, bytes(0))],
    ['an empty key', rawRecord(0, '', 0, bytes(0))],
  ])('%s', (_, second) => {
    const cursor = entered(rawBlock(REF_BLOCK, [a, second]));
    expect(cursor.next()).toBe(true);
    expect(codeOf(() => cursor.next())).toBe('KEY_ORDER');
  });

  test('an empty first key', () => {
    const cursor = entered(rawBlock(REF_BLOCK, [rawRecord(0, '', 0, bytes(0)), a]));
    expect(codeOf(() => cursor.next())).toBe('KEY_ORDER');
  });

  test.each(['refs/a', 'refs/A', 'refs/'])('from block to block: %s after refs/a', (first) => {
    const cursor = entered(rawBlock(REF_BLOCK, [a]));
    cursor.next();
    cursor.enter(parseBlock(rawBlock(REF_BLOCK, [rawRecord(0, first, 0, bytes(0))]), PLACE));
    expect(codeOf(() => cursor.next())).toBe('KEY_ORDER');
  });

  test('a reset forgets the key before', () => {
    const cursor = entered(rawBlock(REF_BLOCK, [a]));
    cursor.next();
    cursor.reset();
    expect(cursor.next()).toBe(false);
    cursor.enter(parseBlock(rawBlock(REF_BLOCK, [a]), PLACE));
    expect(rest(cursor)).toEqual(['refs/a']);
  });

  test('bytes are unsigned', () => {
    const cursor = entered(rawBlock(REF_BLOCK, [rawRecord(0, bytes(0x7f), 0, bytes(0)), rawRecord(0, bytes(0x80), 0, bytes(0))]));
    expect(cursor.next() && cursor.next()).toBe(true);
    expect(cursor.key.slice(0, cursor.keyLength)).toEqual(bytes(0x80));
  });
});

describe('damage to a key', () => {
  const a = rawRecord(0, 'refs/a', 0, bytes(0));

  test.each([
    ['more shared than the key before has', 'PREFIX_LENGTH', rawRecord(7, 'x', 0, bytes(0))],
    ['a prefix length that no block has', 'RECORD_TRUNCATED', rawRecord(1_000_000, 'x', 0, bytes(0))],
    ['a prefix length of 64 bits', 'RECORD_TRUNCATED', rawRecord(2n ** 64n - 1n, 'x', 0, bytes(0))],
    ['a prefix length of more than 64 bits', 'RECORD_TRUNCATED', bytes(new Uint8Array(9).fill(0xff), 0, 8, 'x', 0)],
    ['a prefix length that does not end', 'RECORD_TRUNCATED', bytes(0x80)],
    ['a suffix that the block does not have', 'RECORD_TRUNCATED', rawRecord(5, 'b', 0, bytes(0), 100n)],
    ['a suffix of 61 bits', 'RECORD_TRUNCATED', rawRecord(5, 'b', 0, bytes(0), 2n ** 61n - 1n)],
    ['a suffix length that does not end', 'RECORD_TRUNCATED', bytes(5, 0x80)],
    ['nothing behind the prefix length', 'RECORD_TRUNCATED', bytes(5)],
  ])('%s', (_, code, second) => {
    const cursor = entered(rawBlock(REF_BLOCK, [a, second]));
    expect(cursor.next()).toBe(true);
    expect(codeOf(() => cursor.next())).toBe(code);
  });

  test('a seek that passes a record which runs out of the block', () => {
    for (const second of [rawRecord(5, 'b', 0, bytes(0), 100n), bytes(5, 0x80), bytes(5), bytes(0x80)]) {
      const damaged = parseBlock(rawBlock(REF_BLOCK, [a, second]), PLACE);
      expect(codeOf(() => new BlockCursor(20).seek(damaged, bytes('zzz')))).toBe('RECORD_TRUNCATED');
    }
  });

  test('a first key that is not whole', () => {
    expect(codeOf(() => entered(rawBlock(REF_BLOCK, [rawRecord(1, 'x', 0, bytes(0))])))).toBe('PREFIX_LENGTH');
  });

  test('the error says where, in the file', () => {
    const cursor = new BlockCursor(20);
    const twice = rawBlock(REF_BLOCK, [a, a]);
    cursor.enter(parseBlock(twice, { ...PLACE, position: 8192, file: 'some.ref' }));
    cursor.next();
    expect(() => cursor.next()).toThrow(expect.objectContaining({ code: 'KEY_ORDER', kind: 'format', offset: 8192 + 4 + a.length, file: 'some.ref' }));
  });
});

describe('damage to a value', () => {
  const huge = encodeVarint(2 ** 40);
  const overflow = bytes(new Uint8Array(9).fill(0xff), 0);
  const noName = bytes(ID, ID, 0, 0, 5);
  test.each<[string, string, BlockType, number, Uint8Array]>([
    ['ref without an update index', 'RECORD_TRUNCATED', REF_BLOCK, 0, bytes()],
    ['ref whose update index does not end', 'RECORD_TRUNCATED', REF_BLOCK, 0, bytes(0x80)],
    ['ref whose update index is of eleven bytes', 'RECORD_TRUNCATED', REF_BLOCK, 0, new Uint8Array(11).fill(0xff)],
    ['object id of 19 bytes', 'RECORD_TRUNCATED', REF_BLOCK, 1, bytes(0, ID.subarray(1))],
    ['tag without its peeled id', 'RECORD_TRUNCATED', REF_BLOCK, 2, bytes(0, ID)],
    ['target beyond the block', 'RECORD_TRUNCATED', REF_BLOCK, 3, bytes(0, 9, 'refs')],
    ['target of 2^40 bytes', 'RECORD_TRUNCATED', REF_BLOCK, 3, bytes(0, huge, 'refs')],
    ['target without a length', 'RECORD_TRUNCATED', REF_BLOCK, 3, bytes(0)],
    ['ref of value type 4', 'VALUE_TYPE', REF_BLOCK, 4, bytes(0)],
    ['ref of value type 5', 'VALUE_TYPE', REF_BLOCK, 5, bytes(0)],
    ['ref of value type 6', 'VALUE_TYPE', REF_BLOCK, 6, bytes(0)],
    ['ref of value type 7', 'VALUE_TYPE', REF_BLOCK, 7, bytes(0)],
    ['object with a position too few', 'RECORD_TRUNCATED', OBJECT_BLOCK, 3, bytes(1, 2)],
    ['object without its count', 'RECORD_TRUNCATED', OBJECT_BLOCK, 0, bytes()],
    ['object of 2^40 positions', 'RECORD_TRUNCATED', OBJECT_BLOCK, 0, bytes(huge, 1, 2)],
    ['index without a position', 'RECORD_TRUNCATED', INDEX_BLOCK, 0, bytes()],
    ['log of value type 2', 'VALUE_TYPE', LOG_BLOCK, 2, noName],
    ['log of value type 7', 'VALUE_TYPE', LOG_BLOCK, 7, noName],
    ['log that ends in its ids', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(ID)],
    ['log that ends before its name', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(ID, ID)],
    ['log that ends before its e-mail', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(ID, ID, 1, 'n')],
    ['log that ends before its time', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(ID, ID, 0, 0)],
    ['log that ends in its time zone', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(noName, 0)],
    ['log that ends before its message', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(noName, 0, 0)],
    ['log message beyond the block', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(noName, 0, 0, 9, 'short')],
    ['log message of 2^40 bytes', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(noName, 0, 0, huge, 'short')],
    ['log name of more than 64 bits', 'RECORD_TRUNCATED', LOG_BLOCK, 1, bytes(ID, ID, overflow)],
  ])('%s', (_, code, type, valueType, value) => {
    const block =
      type === LOG_BLOCK
        ? blockOf(LOG_BLOCK, [record('a', value, valueType)])
        : parseBlock(rawBlock(type, [rawRecord(0, 'a', valueType, value)]), PLACE);
    const cursor = new BlockCursor(20);
    cursor.enter(block);
    expect(codeOf(() => cursor.next())).toBe(code);
    // The same by a seek that passes it.
    expect(codeOf(() => cursor.seek(block, bytes('b')))).toBe(code);
  });

  test('an object id is as long as the hash says', () => {
    const block = parseBlock(rawBlock(REF_BLOCK, [rawRecord(0, 'a', 1, bytes(0, new Uint8Array(32)))]), PLACE);
    const cursor = new BlockCursor(32);
    cursor.enter(block);
    expect(cursor.next()).toBe(true);
    expect(cursor.valueEnd - cursor.contentStart).toBe(32);
    expect(cursor.next()).toBe(false);
  });
});

test('a key longer than the buffer makes it grow, and the next shares what it says', () => {
  const long = 'x'.repeat(300);
  const longer = 'x'.repeat(5000);
  const cursor = new BlockCursor(20);
  cursor.enter(blockOf(REF_BLOCK, ['a', long, longer, `${longer}y`].map((key) => record(key))));
  expect(rest(cursor)).toEqual(['a', long, longer, `${longer}y`]);
  expect(cursor.shared).toBe(5000);
});

test('moving on makes no new objects for its fields', () => {
  const cursor = new BlockCursor(20);
  cursor.enter(blockOf(REF_BLOCK, names30.map((name) => record(name))));
  const { key, bytes: inBlock } = cursor;
  rest(cursor);
  expect(cursor.key).toBe(key);
  expect(cursor.bytes).toBe(inBlock);
});

describe('any keys', () => {
  const key = fc
    .array(fc.constantFrom(0, 1, 0x61, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 12 })
    .map((letters) => Uint8Array.from(letters));
  const sortedKeys = fc
    .uniqueArray(key, { minLength: 1, maxLength: 60, selector: (bytes) => String(bytes) })
    .map((keys) => keys.sort(compareBytes));

  test('come out as they went in, whatever the interval, over any number of blocks, and shared is exact', () => {
    fc.assert(
      fc.property(sortedKeys, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 28, max: 200 }), (keys, interval, blockSize) => {
        const records = keys.map((name, i) => record(name, bytes(i)));
        const cursor = new BlockCursor(20);
        const found: RawRecord[] = [];
        let before: Uint8Array = new Uint8Array(0);
        for (const block of writeBlocks(REF_BLOCK, records, blockSize, interval)) {
          cursor.enter(parseBlock(block, PLACE));
          while (cursor.next()) {
            const copy = cursor.key.slice(0, cursor.keyLength);
            expect(cursor.shared).toBe(commonPrefixLength(before, copy));
            found.push(record(copy, cursor.bytes.slice(cursor.valueStart, cursor.valueEnd), cursor.valueType));
            before = copy;
          }
        }
        expect(found).toEqual(records);
      }),
    );
  });

  test('are sought as in a plain sorted array', () => {
    fc.assert(
      fc.property(sortedKeys, fc.integer({ min: 1, max: 20 }), fc.array(fc.oneof(key, fc.constant(bytes()))), (keys, interval, targets) => {
        const block = blockOf(REF_BLOCK, keys.map((name) => record(name)), interval);
        const cursor = new BlockCursor(20);
        for (const target of [...targets, ...keys]) {
          cursor.seek(block, target);
          const expected = keys.filter((name) => compareBytes(name, target) >= 0);
          const found: Uint8Array[] = [];
          while (cursor.next()) found.push(cursor.key.slice(0, cursor.keyLength));
          expect(found).toEqual(expected);
        }
      }),
    );
  });
});

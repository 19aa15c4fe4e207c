import { inflateSync } from 'node:zlib';
import { compareBytes, isReftableError } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { LOG_BLOCK, MAX_BLOCK_SIZE, MAX_RESTARTS, REF_BLOCK } from './block-type.js';
import { BlockWriter } from './block-writer.js';
import { parseBlock } from './block.js';
import { bytes, codeOf, noise, PLACE, record, u16, u24, writeBlocks, type RawRecord } from './block.testing.js';

/** Adds a tombstone of this name. */
function add(writer: BlockWriter, name: string | Uint8Array, value = bytes(0), valueType = 0): boolean {
  const { key } = record(name);
  return writer.add(key, key.length, valueType, value, value.length);
}

/** The offsets in the restart table of a block that is not deflated. */
function restartsOf(block: Uint8Array): number[] {
  const parsed = parseBlock(block, PLACE);
  return Array.from({ length: parsed.restartCount }, (_, i) => parsed.restart(i));
}

describe('layout', () => {
  test('type, length, records, restarts, count', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    expect(add(writer, 'refs/a')).toBe(true);
    expect(add(writer, 'refs/bc', bytes(5, 2, 'xy'), 3)).toBe(true);
    expect(writer.finish()).toEqual(
      bytes('r', u24(4 + 9 + 8 + 3 + 2), 0, 6 << 3, 'refs/a', 0, 5, (2 << 3) | 3, 'bc', 5, 2, 'xy', u24(4), u16(1)),
    );
  });

  test('a first block leaves room for the file header, and counts length and restarts from there', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    writer.begin(24);
    add(writer, 'a');
    const block = writer.finish();
    expect(block.slice(24)).toEqual(bytes('r', u24(24 + 4 + 4 + 3 + 2), 0, 1 << 3, 'a', 0, u24(28), u16(1)));
  });

  test('lengths over 127 take more bytes', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    add(writer, 'x'.repeat(15));
    add(writer, 'x'.repeat(200));
    add(writer, `${'x'.repeat(200)}y`);
    const second = 4 + 2 + 15 + 1;
    const third = second + 3 + 185 + 1;
    const block = writer.finish();
    expect(block.slice(second, second + 3)).toEqual(bytes(15, 0x80 + 10, 0x48)); // 185 * 8 = 1480 = 128 + 10 * 128 + 72
    expect(block.slice(third, third + 4)).toEqual(bytes(0x80, 72, 1 << 3, 'y')); // 200 = 128 + 72
  });
});

describe('restarts', () => {
  test('at every interval', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 3);
    for (const last of 'abcdefgh') add(writer, `refs/${last}`);
    expect(writer.restarts).toBe(3);
    const whole = 9;
    const shared = 4;
    expect(restartsOf(writer.finish())).toEqual([4, 4 + whole + 2 * shared, 4 + 2 * (whole + 2 * shared)]);
  });

  test('at every key that shares nothing with the one before', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    for (const name of ['a', 'ab', 'b', 'bc', 'c']) add(writer, name);
    expect(writer.restarts).toBe(3);
  });

  test('a block begins with one, though the key shares much with the last of the block before', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    add(writer, 'refs/a');
    writer.finish();
    writer.begin(0);
    add(writer, 'refs/b');
    expect(writer.finish().slice(4, 12)).toEqual(bytes(0, 6 << 3, 'refs/b'));
  });

  test('at most 65,535: records after that store their key whole, but are none', () => {
    const writer = new BlockWriter(REF_BLOCK, MAX_BLOCK_SIZE, 1);
    const count = MAX_RESTARTS + 20;
    const name = (i: number): Uint8Array => Uint8Array.of(1 + (i >> 16), (i >> 8) & 255, i & 255);
    for (let i = 0; i < count; i++) expect(add(writer, name(i))).toBe(true);
    expect(writer.restarts).toBe(65_535);
    expect(writer.records).toBe(count);
    const block = parseBlock(writer.finish(), PLACE);
    const cursor = new BlockCursor(20);
    for (const i of [0, 1000, MAX_RESTARTS - 1, MAX_RESTARTS, count - 1]) {
      cursor.seek(block, name(i));
      expect(cursor.next()).toBe(true);
      expect(cursor.key.slice(0, cursor.keyLength)).toEqual(name(i));
    }
  });
});

describe('room', () => {
  test('a record that fits exactly is taken, one byte less and it is not', () => {
    const size = 4 + 1 + 1 + 5 + 1 + 3 + 2;
    expect(add(new BlockWriter(REF_BLOCK, size, 16), 'refs/')).toBe(true);
    expect(add(new BlockWriter(REF_BLOCK, size - 1, 16), 'refs/')).toBe(false);
  });

  test('the restart that a record brings with it needs room too', () => {
    const first = 4 + 4 + 3 + 2;
    const shares = new BlockWriter(REF_BLOCK, first + 4, 16);
    add(shares, 'a');
    expect(add(shares, 'ab')).toBe(true);
    const restarts = new BlockWriter(REF_BLOCK, first + 4, 16);
    add(restarts, 'a');
    expect(add(restarts, 'b')).toBe(false);
  });

  test('what does not fit leaves the block as it was', () => {
    const [small, large] = [new BlockWriter(REF_BLOCK, 40, 16), new BlockWriter(REF_BLOCK, 4096, 16)];
    add(small, 'refs/a');
    add(large, 'refs/a');
    expect(add(small, 'x'.repeat(40))).toBe(false);
    expect(small.records).toBe(1);
    // Nor does its key count as the last one.
    expect(add(small, 'refs/b') && add(large, 'refs/b')).toBe(true);
    expect(small.finish()).toEqual(large.finish());
  });

  test('sizeAlone is the least block size that takes a record, in an empty first block and behind others', () => {
    for (const [keyLength, valueLength] of [
      [1, 1],
      [15, 21],
      [16, 21],
      [300, 0],
      [2064, 41],
    ] as const) {
      const { key } = record('x'.repeat(keyLength));
      const value = new Uint8Array(valueLength);
      const first = new BlockWriter(REF_BLOCK, 8192, 16);
      first.begin(24);
      const needed = first.sizeAlone(keyLength, valueLength);
      for (const [size, fits] of [
        [needed, true],
        [needed - 1, false],
      ] as const) {
        const writer = new BlockWriter(REF_BLOCK, size, 16);
        writer.begin(24);
        expect(writer.add(key, keyLength, 1, value, valueLength)).toBe(fits);
      }
      add(first, 'a');
      expect(first.sizeAlone(keyLength, valueLength)).toBe(needed - 24);
    }
  });
});

describe('keys must ascend', () => {
  test.each([
    ['the same', 'refs/b', 'refs/b'],
    ['one before', 'refs/b', 'refs/a'],
    ['a part of the last', 'refs/b', 'refs/'],
    ['the empty one', 'refs/b', ''],
  ])('%s is refused, with both keys', (_, last, next) => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    add(writer, last);
    let error: unknown;
    try {
      add(writer, next);
    } catch (thrown) {
      error = thrown;
    }
    expect(isReftableError(error, 'KEYS_NOT_ASCENDING') && error.kind).toBe('misuse');
    expect(String(error)).toContain(JSON.stringify(last));
    expect(String(error)).toContain(JSON.stringify(next));
    expect(add(writer, 'refs/c')).toBe(true);
  });

  test('an empty first key is refused', () => {
    expect(codeOf(() => add(new BlockWriter(REF_BLOCK, 4096, 16), ''))).toBe('KEYS_NOT_ASCENDING');
  });

  test('from block to block', () => {
    const writer = new BlockWriter(REF_BLOCK, 4096, 16);
    add(writer, 'refs/b');
    writer.finish();
    writer.begin(0);
    expect(codeOf(() => add(writer, 'refs/b'))).toBe('KEYS_NOT_ASCENDING');
  });

  test('a key longer than any before is compared as a whole', () => {
    const writer = new BlockWriter(REF_BLOCK, 8192, 16);
    const long = 'x'.repeat(1000);
    add(writer, 'x');
    add(writer, long);
    expect(codeOf(() => add(writer, long))).toBe('KEYS_NOT_ASCENDING');
    expect(add(writer, `${long}x`)).toBe(true);
  });
});

describe('log blocks', () => {
  test('all behind the header is one zlib stream, and the length is that of the inflated block', () => {
    const plain = new BlockWriter(REF_BLOCK, 4096, 16);
    const log = new BlockWriter(LOG_BLOCK, 4096, 16);
    for (const name of ['refs/a', 'refs/b', 'refs/bc']) {
      add(plain, name);
      add(log, name);
    }
    const [expected, block] = [plain.finish(), log.finish()];
    expect(block.slice(0, 4)).toEqual(bytes('g', expected.slice(1, 4)));
    expect(new Uint8Array(inflateSync(block.subarray(4)))).toEqual(expected.slice(4));
  });

  test('in a first block, what is in front of the header is not deflated', () => {
    const writer = new BlockWriter(LOG_BLOCK, 4096, 16);
    writer.begin(24);
    add(writer, 'a');
    const block = writer.finish();
    expect(block.slice(24, 28)).toEqual(bytes('g', u24(37)));
    expect(new Uint8Array(inflateSync(block.subarray(28)))).toEqual(bytes(0, 1 << 3, 'a', 0, u24(28), u16(1)));
  });

  test('a stream may be larger than what it inflates to', () => {
    const writer = new BlockWriter(LOG_BLOCK, 4096, 16);
    add(writer, 'a', noise(4000), 1);
    const block = writer.finish();
    expect(block.length).toBeGreaterThan(4000 + 4 + 4 + 5);
    const parsed = parseBlock(block, PLACE);
    expect(parsed.bytes.length).toBe(4000 + 4 + 3 + 5);
    expect(parsed.sizeOnDisk).toBe(block.length);
  });
});

test('any records are read back from any block size and interval', () => {
  const records = fc
    .uniqueArray(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.uint8Array({ maxLength: 200 })), {
      maxLength: 40,
      selector: ([key]) => String(key),
    })
    .filter((all) => all.length > 0)
    .map((all) => all.sort(([a], [b]) => compareBytes(a, b)).map(([key, value]) => record(key, bytes(9, value.length % 128, value.subarray(0, value.length % 128)), 3)));
  fc.assert(
    fc.property(records, fc.integer({ min: 450, max: 70_000 }), fc.integer({ min: 1, max: 65_535 }), (all, blockSize, interval) => {
      const found: RawRecord[] = [];
      const cursor = new BlockCursor(20);
      for (const block of writeBlocks(REF_BLOCK, all, blockSize, interval)) {
        expect(block.length).toBeLessThanOrEqual(blockSize);
        cursor.enter(parseBlock(block, PLACE));
        while (cursor.next()) {
          found.push(record(cursor.key.slice(0, cursor.keyLength), cursor.bytes.slice(cursor.valueStart, cursor.valueEnd), cursor.valueType));
        }
      }
      expect(found).toEqual(all);
    }),
  );
});

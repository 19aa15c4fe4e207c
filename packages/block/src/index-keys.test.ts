import { commonPrefixLength, compareBytes, encodeVarint } from '@reftable/varint';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { INDEX_BLOCK, REF_BLOCK } from './block-type.js';
import { parseBlock, type Block } from './block.js';
import { bytes, codeOf, PLACE, rawBlock, rawRecord, record, writeBlocks } from './block.testing.js';
import { FirstLook, IndexKeys } from './index-keys.js';
import { decodeString } from './text.js';

/** An index block that stands behind all that it points at. */
function indexOf(keys: readonly Uint8Array[], interval = 16): Block {
  const [block] = writeBlocks(INDEX_BLOCK, keys.map((key, index) => record(key, encodeVarint(index * 7))), 1 << 20, interval);
  return parseBlock(block!, { ...PLACE, position: 1 << 20 });
}

function find(keys: IndexKeys, target: Uint8Array): number {
  return keys.find(target, target.length);
}

/** Names that are often alike up to some place, in the middle more often than at the ends, with zero bytes among them. */
const key = fc
  .tuple(
    fc.constantFrom('', 'a', 'refs/changes/', 'refs/changes/', 'refs/changes/42/1', 'refs/tags/', '\xff'),
    fc.array(fc.constantFrom(0, 1, 0x30, 0x31, 0x39, 0xff), { maxLength: 9 }),
  )
  .map(([start, end]) => bytes(start, ...end))
  .filter(({ length }) => length > 0);

const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 60, selector: String }).map((all) => all.sort(compareBytes));

test('finds the first key that is at or past the target', () => {
  fc.assert(
    fc.property(keys, fc.array(key), fc.constantFrom(1, 2, 16), (all, others, interval) => {
      const index = new IndexKeys(indexOf(all, interval), 20, 0);
      expect(index.count).toBe(all.length);
      for (const target of [...all, ...others, bytes(''), bytes(0xff, 0xff)]) {
        const first = all.findIndex((one) => compareBytes(one, target) >= 0);
        expect(find(index, target)).toBe(first < 0 ? all.length : first);
      }
    }),
  );
});

test('a first look finds the same, and knows of no other record', () => {
  fc.assert(
    fc.property(keys, fc.array(key, { maxLength: 5 }), fc.constantFrom(1, 2, 16), (all, others, interval) => {
      const index = new IndexKeys(indexOf(all, interval), 20);
      for (const target of [...all, ...others]) {
        const look = new FirstLook(indexOf(all, interval), 20);
        expect(look.position).toBe(index.position);
        const number = find(index, target);
        expect(look.find(target, target.length)).toBe(0);
        expect(look.count).toBe(number < all.length ? 1 : 0);
        expect(look.positions).toEqual(index.positions.slice(number, number + 1));
        // What all keys of that block are sure to start with may be more than is known so soon, but never less.
        if (number < all.length) expect(look.shared[0]).toBeLessThanOrEqual(number === 0 ? commonPrefixLength(all[0]!, target) : index.shared[number]!);
      }
    }),
  );
});

test('the same where all keys are known to start alike', () => {
  fc.assert(
    fc.property(keys, fc.array(key), (all, others) => {
      const index = new IndexKeys(indexOf(all.map((one) => bytes('refs/', one))), 20, 5);
      for (const target of [...all, ...others]) {
        const first = all.findIndex((one) => compareBytes(one, target) >= 0);
        expect(find(index, bytes('refs/', target))).toBe(first < 0 ? all.length : first);
      }
    }),
  );
});

test('what is behind the length of the target does not count', () => {
  const index = new IndexKeys(indexOf(['refs/aa', 'refs/ab', 'refs/b'].map((name) => bytes(name))), 20, 0);
  expect(index.find(bytes('refs/b'), 5)).toBe(0);
  expect(index.find(bytes('refs/ab'), 6)).toBe(0);
  expect(index.find(bytes('refs/ab/'), 7)).toBe(1);
});

test('tells for each record where its block is, and what all keys there start with', () => {
  fc.assert(
    fc.property(keys, (all) => {
      const { positions, shared } = new IndexKeys(indexOf(all), 20, 0);
      expect(positions).toEqual(all.map((_, index) => index * 7));
      expect(shared).toEqual(all.map((one, index) => (index === 0 ? 0 : commonPrefixLength(all[index - 1]!, one))));
    }),
  );
});

test('moves a cursor along the blocks that were put here and below, and no further', () => {
  const block = (position: number, ...names: readonly string[]) =>
    parseBlock(writeBlocks(REF_BLOCK, names.map((name) => record(bytes(name), bytes(1))), 4096)[0]!, { ...PLACE, position });
  const [a, b] = [block(0, 'refs/a1', 'refs/a3'), block(7, 'refs/b1', 'refs/b3')];
  const [low, top] = [indexOf([bytes('refs/a3'), bytes('refs/b3')]), indexOf([bytes('refs/b3'), bytes('refs/c3')])].map((one) => new IndexKeys(one, 20));
  const cursor = new BlockCursor(20);
  const seek = (name: string) => {
    const found = top!.seek(cursor, bytes(name), name.length);
    return found && [found, cursor.next() && decodeString(cursor.key, 0, cursor.keyLength)];
  };
  expect(seek('refs/a1')).toBeUndefined();
  top!.below[0] = low!;
  expect(seek('refs/a1')).toBeUndefined();
  low!.blocks[0] = a;
  expect(seek('refs/a1')).toEqual([a, 'refs/a1']);
  expect(seek('refs/a2')).toEqual([a, 'refs/a3']);
  expect(seek('refs/b2')).toBeUndefined();
  low!.blocks[1] = b;
  expect(seek('refs/a4')).toEqual([b, 'refs/b1']);
  expect(seek('refs/b2')).toEqual([b, 'refs/b3']);
  // Here the index is wrong: its key is in no block.
  top!.blocks[1] = b;
  expect(seek('refs/c1')).toBeUndefined();
  expect(seek('refs/d')).toBeUndefined();
});

test('a block that is damaged anywhere is refused', () => {
  const good = rawRecord(0, 'b', 0, bytes(0));
  const of = (...records: readonly Uint8Array[]) => codeOf(() => new IndexKeys(parseBlock(rawBlock(INDEX_BLOCK, records), { ...PLACE, position: 100 }), 20, 0).count);
  expect(of(good, rawRecord(0, 'c', 0, bytes(0)))).toBe(2);
  expect(of(good, rawRecord(0, 'a', 0, bytes(0)))).toBe('KEY_ORDER');
  expect(of(good, rawRecord(0, 'c', 1, bytes(0)))).toBe('VALUE_TYPE');
  expect(of(good, rawRecord(0, 'c', 0, bytes(100)))).toBe('INDEX_POSITION');
});

test('takes memory and time for its records, not for the keys that they stand for', () => {
  // A key of 1 MiB, and behind it 2^16 that share all of it.
  const size = 1 << 20;
  const records = [rawRecord(0, new Uint8Array(size).fill(0x61), 0, bytes(0))];
  for (let number = 0; number < 1 << 16; number++) {
    const [high, low] = [number >> 8, number & 255];
    records.push(low === 0 ? rawRecord(size, bytes(high, 0), 0, bytes(0)) : rawRecord(size + 1, bytes(low), 0, bytes(0)));
  }
  const index = new IndexKeys(parseBlock(rawBlock(INDEX_BLOCK, records), { ...PLACE, position: 1 << 24 }), 20, 0);
  expect(index.count).toBe(1 + (1 << 16));
  expect(JSON.stringify(index).length).toBeLessThan(1 << 21);
  const target = new Uint8Array(size + 2).fill(0x61);
  target.set([128, 7], size);
  expect(find(index, target)).toBe(1 + 128 * 256 + 7);
});

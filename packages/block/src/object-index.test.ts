import { encodeObject } from './object-record.js';
import { ByteWriter } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from './block.testing.js';
import { ObjectIndex } from './object-index.js';
import { REF_DELETION, REF_DIRECT } from './ref-record.js';

const SIZE = 20;

/** Does without the pauses. */
function atOnce<T>(writing: Generator<undefined, T, void>): T {
  let step = writing.next();
  while (step.done !== true) step = writing.next();
  return step.value;
}

/** Ids that are alike in so many bytes, or in all. */
const id = fc.tuple(fc.nat(SIZE), fc.nat(3), fc.nat(255)).map(([alike, byte, rest]) => {
  return Uint8Array.from({ length: SIZE }, (_, index) => (index < alike ? 7 : index === alike ? byte : rest));
});

/** Refs: the ids that each mentions, and whether it stands in another block than the one before. */
const refs = fc.array(fc.record({ ids: fc.array(id, { minLength: 1, maxLength: 2 }), isNext: fc.boolean() }), { maxLength: 1000, size: 'max' });

const hex = (bytes: Uint8Array, length = bytes.length): string => Buffer.from(bytes.subarray(0, length)).toString('hex');

/** The value of a ref: its update index and its ids. The number of ids is its type. */
const valueOf = (ids: readonly Uint8Array[]): Uint8Array => Uint8Array.from([5, ...ids.flatMap((bytes) => [...bytes])]);

test.each([Infinity, 300, 1])('there is a record for each id, with the blocks that mention it, and with as many bytes as tell ids apart, where %d are held', (limit) => {
  fc.assert(
    fc.property(refs, fc.constantFrom(1, 2, SIZE), (list, least) => {
      const index = new ObjectIndex(SIZE, limit);
      const blocks = new Map<string, Set<number>>();
      let position = 0;
      for (const { ids, isNext } of list) {
        if (isNext) position += 4096;
        const value = valueOf(ids);
        index.add(ids.length, value, value.length, position);
        for (const bytes of ids) blocks.set(hex(bytes), (blocks.get(hex(bytes)) ?? new Set()).add(position));
      }
      const sorted = [...blocks.keys()].sort();
      let length = least;
      while (new Set(sorted.map((text) => text.slice(0, 2 * length))).size < sorted.length) length++;

      const records: string[] = [];
      const endPass = (): number | undefined =>
        atOnce(
          index.endPass(
            () => ({
              tryAdd(key, keyLength, valueType, value, valueLength) {
                records.push(`${hex(key, keyLength)} ${valueType} ${hex(value, valueLength)}`);
                return true;
              },
            }),
            { least, most: SIZE },
          ),
        );
      let found = endPass();
      for (; found === undefined; found = endPass()) {
        for (const { ids } of list) {
          const value = valueOf(ids);
          index.repeat(ids.length, value, value.length);
          index.repeat(REF_DELETION, value, 1);
        }
      }
      expect(found).toBe(length);
      const value = new ByteWriter();
      expect(records).toEqual(
        sorted.map((text) => {
          value.length = 0;
          const valueType = encodeObject(value, [...blocks.get(text)!]);
          return `${text.slice(0, 2 * length)} ${valueType} ${hex(value.view())}`;
        }),
      );
    }),
    { numRuns: 60 },
  );
});

test('nothing is written where ids are alike in more bytes than there may be', () => {
  const index = new ObjectIndex(32);
  const ids = [0, 1].map((last) => Uint8Array.from({ length: 32 }, (_, at) => (at === 31 ? last : 5)));
  for (const bytes of ids) index.add(REF_DIRECT, bytes, 32, 0);
  expect(atOnce(index.endPass(() => expect.unreachable()))).toBe(0);
});

test('where the blocks are too many for a record, one without any says so', () => {
  const index = new ObjectIndex(SIZE);
  const bytes = new Uint8Array(SIZE);
  for (let block = 0; block < 3; block++) index.add(REF_DIRECT, bytes, SIZE, block * 4096);
  const types: number[] = [];
  const tryAdd = (_key: Uint8Array, _length: number, valueType: number): boolean => types.push(valueType) > 1;
  expect(atOnce(index.endPass(() => ({ tryAdd })))).toBe(2);
  expect(types).toEqual([3, 0]);
});

test('where there are more ids than may be held, it takes as few passes as hold them, down and up again, and more are held only where first bytes are the same', () => {
  const index = new ObjectIndex(SIZE, 2);
  const ids = [9, 9, 9, 7, 8, 3].map((first, at) => Uint8Array.from({ length: SIZE }, (_, byte) => (byte === 0 ? first : at)));
  for (const bytes of ids) index.add(REF_DIRECT, bytes, SIZE, 0);
  let written = 0;
  const tryAdd = (): boolean => ++written > 0;
  const passes: number[] = [];
  while (atOnce(index.endPass(() => ({ tryAdd }))) === undefined) {
    passes.push(written);
    for (const bytes of ids) index.repeat(REF_DIRECT, bytes, SIZE);
  }
  // None, since there were too many 9; then 9; 8 and 7; 3, which is written at once; 7 and 8; 9. The last id of a pass waits for more of it.
  expect(passes).toEqual([0, 0, 0, 0, 2]);
  expect(written).toBe(6);
});

test('refs that are not all repeated are a misuse', () => {
  const index = new ObjectIndex(SIZE, 1);
  const ids = [1, 2].map((first) => new Uint8Array(SIZE).fill(first));
  for (const bytes of ids) index.add(REF_DIRECT, bytes, SIZE, 0);
  const endPass = (): number | undefined => atOnce(index.endPass(() => expect.unreachable()));
  expect(endPass()).toBeUndefined();
  index.repeat(REF_DIRECT, ids[0]!, SIZE);
  expect(codeOf(endPass)).toBe('REFS_NOT_REPEATED');
});

import { encodeObject } from './object-record.js';
import { ByteWriter } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObjectIndex } from './object-index.js';

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

/** Ids, and whether each stands in another block than the one before. */
const mentions = fc.array(fc.tuple(id, fc.boolean()), { maxLength: 2000, size: 'max' });

const hex = (bytes: Uint8Array, length = bytes.length): string => Buffer.from(bytes.subarray(0, length)).toString('hex');

test('there is a record for each id, ascending, with the blocks that mention it, each once, and with as many bytes as tell the ids apart', () => {
  fc.assert(
    fc.property(mentions, fc.constantFrom(1, 2, SIZE), (list, least) => {
      const index = new ObjectIndex(SIZE);
      const blocks = new Map<string, Set<number>>();
      let position = 0;
      for (const [bytes, isNext] of list) {
        if (isNext) position += 4096;
        index.add(bytes, 0, position);
        const of = blocks.get(hex(bytes)) ?? new Set();
        blocks.set(hex(bytes), of.add(position));
      }
      const ids = [...blocks.keys()].sort();
      let length = least;
      while (new Set(ids.map((text) => text.slice(0, 2 * length))).size < ids.length) length++;

      const records: string[] = [];
      const found = atOnce(
        index.writeTo(
          () => ({
            tryAdd(key, keyLength, valueType, value, valueLength) {
              records.push(`${hex(key, keyLength)} ${valueType} ${hex(value, valueLength)}`);
              return true;
            },
          }),
          { least, most: SIZE },
        ),
      );
      expect(found).toBe(length);
      const value = new ByteWriter();
      expect(records).toEqual(
        ids.map((text) => {
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
  for (const bytes of ids) index.add(bytes, 0, 0);
  expect(atOnce(index.writeTo(() => expect.unreachable()))).toBe(0);
});

test('where the blocks are too many for a record, one without any says so', () => {
  const index = new ObjectIndex(SIZE);
  const bytes = new Uint8Array(SIZE);
  for (let block = 0; block < 3; block++) index.add(bytes, 0, block * 4096);
  const types: number[] = [];
  const tryAdd = (_key: Uint8Array, _length: number, valueType: number): boolean => types.push(valueType) > 1;
  expect(atOnce(index.writeTo(() => ({ tryAdd })))).toBe(2);
  expect(types).toEqual([3, 0]);
});

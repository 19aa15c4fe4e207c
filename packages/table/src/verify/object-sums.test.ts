import { putObjectId } from '@reftable/block';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spreadOid } from '../table.testing.js';
import { bucketOf, ObjectSums } from './object-sums.js';
import { idHash } from './id-hash.js';

const LENGTH = 4;
const SIZE = 20;

function idOf(number: number): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  putObjectId(bytes, 0, spreadOid(number), SIZE);
  return bytes;
}

/** Another id that begins as that of a number. */
function otherThan(number: number): Uint8Array {
  const id = idOf(number);
  id[SIZE - 1]! ^= 1;
  return id;
}

/** An id and the block that mentions it. */
type Pair = readonly [id: number, block: number];
const pairs = fc.array(fc.tuple(fc.nat(50), fc.nat(9)), { maxLength: 60 });
/** Far apart, some beyond 2^32. */
const positionOf = (block: number): number => block * 4096 + (block > 5 ? 2 ** 40 : 0);

function sumsOf(refs: readonly Pair[], objects: readonly Pair[]): ObjectSums {
  const sums = new ObjectSums(LENGTH, SIZE, 1000);
  for (let block = 0; block < 10; block++) {
    for (const [id, at] of refs) if (at === block) sums.mention(idOf(id), 0);
    sums.endRefBlock(positionOf(block));
  }
  for (const id of new Set(objects.map(([id]) => id))) {
    const blocks = new Set(objects.filter(([other]) => other === id).map(([, block]) => block));
    sums.object(idOf(id).subarray(0, LENGTH), [...blocks].sort((a, b) => a - b).map(positionOf));
  }
  return sums;
}

describe('ObjectSums', () => {
  test('the same pairs, in whatever order and however often an id is mentioned in a block, leave no suspects', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        expect(sumsOf([...list, ...list.slice(0, 5)], list.toReversed()).suspects()).toEqual([]);
      }),
    );
  });

  test('a pair more or less, or another block, is in one of the suspicious buckets', () => {
    fc.assert(
      fc.property(pairs, fc.nat(50), fc.nat(9), (list, id, block) => {
        const without = list.filter(([other, at]) => other !== id || at !== block);
        const bucket = bucketOf(idHash(idOf(id), 0, LENGTH));
        for (const sums of [sumsOf(without, [...without, [id, block]]), sumsOf([...without, [id, block]], without)]) {
          expect(sums.suspects().map((suspect) => [suspect.bucket, suspect.differs])).toEqual([[bucket, true]]);
        }
      }),
    );
  });

  test('a record without a list makes its bucket one to look into', () => {
    const sums = new ObjectSums(LENGTH, SIZE, 10);
    sums.object(idOf(3), undefined);
    expect(sums.suspects()).toEqual([{ bucket: bucketOf(idHash(idOf(3), 0, LENGTH)), listed: 1, differs: false }]);
  });

  test('an id that begins as another one is noticed, and the same id is not', () => {
    const sums = new ObjectSums(LENGTH, SIZE, 200);
    for (let number = 0; number < 200; number++) expect(sums.mention(idOf(number), 0)).toBe(true);
    for (let number = 0; number < 200; number++) {
      expect(sums.mention(idOf(number), 0)).toBe(true);
      expect(sums.mention(otherThan(number), 0)).toBe(false);
    }
    // There is no more room for others.
    expect(sums.mention(idOf(300), 0)).toBe(true);
    expect(sums.mention(otherThan(300), 0)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coalesce, share, type Read } from './coalesce.js';

const NEAR = 16_384;

function read(offset: number, length: number): Read & { answers: Uint8Array[] } {
  const answers: Uint8Array[] = [];
  return { offset, length, answers, resolve: (bytes) => answers.push(bytes), reject: () => undefined };
}

function ranges(...reads: [number, number][]): [number, number][] {
  return coalesce(reads.map(([offset, length]) => read(offset, length))).map(({ offset, end }) => [offset, end]);
}

describe('coalesce', () => {
  test('reads that overlap, touch or are near become one, in whatever order they came', () => {
    expect(ranges([0, 10])).toEqual([[0, 10]]);
    expect(ranges([10, 10], [0, 10])).toEqual([[0, 20]]);
    expect(ranges([0, 100], [20, 10])).toEqual([[0, 100]]);
    expect(ranges([5, 5], [5, 5])).toEqual([[5, 10]]);
    expect(ranges([0, 10], [10 + NEAR, 10])).toEqual([[0, 20 + NEAR]]);
  });

  test('those further apart do not', () => {
    expect(ranges([0, 10], [11 + NEAR, 10])).toEqual([
      [0, 10],
      [11 + NEAR, 21 + NEAR],
    ]);
    expect(ranges()).toEqual([]);
  });

  test('each read is in one group that covers it; groups are apart; no gap within one is too large', () => {
    const reads = fc.array(fc.tuple(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 1, max: 20_000 })), { maxLength: 20 });
    fc.assert(
      fc.property(reads, (list) => {
        const all = list.map(([offset, length]) => read(offset, length));
        const groups = coalesce(all);
        expect(groups.flatMap((group) => group.reads)).toHaveLength(all.length);
        expect(new Set(groups.flatMap((group) => group.reads))).toEqual(new Set(all));
        for (const [index, group] of groups.entries()) {
          expect(group.offset).toBe(Math.min(...group.reads.map((one) => one.offset)));
          expect(group.end).toBe(Math.max(...group.reads.map((one) => one.offset + one.length)));
          if (index > 0) expect(group.offset).toBeGreaterThan(groups[index - 1]!.end + NEAR);
          const asked = group.reads.reduce((sum, one) => sum + one.length, 0);
          expect(group.end - group.offset).toBeLessThanOrEqual(asked + NEAR * (group.reads.length - 1));
        }
      }),
    );
  });
});

describe('share', () => {
  const bytes = Uint8Array.from({ length: 50 }, (_, index) => index);

  test('gives each read its own part, which keeps no more memory than it needs', () => {
    const reads = [read(100, 10), read(105, 20), read(140, 10)];
    share({ offset: 100, end: 150, reads }, bytes);
    expect(reads.map(({ answers }) => answers)).toEqual([[bytes.subarray(0, 10)], [bytes.subarray(5, 25)], [bytes.subarray(40, 50)]]);
    for (const { answers, length } of reads) expect(answers[0]!.buffer.byteLength).toBe(length);
  });

  test('gives a read of all of it the bytes themselves', () => {
    const reads = [read(100, 50)];
    share({ offset: 100, end: 150, reads }, bytes);
    expect(reads[0]!.answers[0]).toBe(bytes);
  });
});

import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { HostileSource, largestAllocation, Random } from './hostile.js';

test('Random gives the same numbers for the same seed, below the limit, and all of these', () => {
  const numbers = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 200 }, () => random.below(7));
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  expect([...new Set(numbers(1))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('HostileSource refuses reads beyond its end, and reads without end', async () => {
  const source = new HostileSource(Uint8Array.of(1, 2, 3));
  expect(source.readSync(1, 2)).toEqual(Uint8Array.of(2, 3));
  expect(await source.read(0, 1)).toEqual(Uint8Array.of(1));
  for (const [offset, length] of [
    [2, 2],
    [-1, 1],
    [0, -1],
    [Number.NaN, 1],
  ] as const) {
    expect(() => source.readSync(offset, length)).toThrow(/^read of/);
  }
  source.readSync(0, 3);
  expect(() => source.readSync(0, 3)).toThrow('reads without end');
});

test('largestAllocation sees arrays and buffers, the largest of them, and only while it looks', async () => {
  const act = (): Promise<void> => {
    new Uint8Array(500).fill(1);
    Buffer.allocUnsafe(700).fill(1);
    return Promise.resolve();
  };
  expect(await largestAllocation(act)).toBe(700);
  await act();
  expect(await largestAllocation(() => Promise.resolve())).toBe(0);
  await expect(largestAllocation(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(new Uint8Array(3)).toBeInstanceOf(Uint8Array);
});

import { expect, test } from 'vitest';
import { BlockCache } from './block-cache.js';

const block = (position: number, size: number) => ({ position, bytes: new Uint8Array(size) });

test('keeps blocks by their positions, until they are too many: then all but the last are forgotten', () => {
  const cache = new BlockCache(10);
  const first = block(0, 4);
  expect(cache.keep(first)).toBe(false);
  expect(cache.keep(block(4, 6))).toBe(false);
  expect(cache.get(0)).toBe(first);
  expect(cache.get(1)).toBeUndefined();
  expect(cache.keep(block(10, 1))).toBe(true);
  expect([0, 4, 10].map((position) => cache.get(position)?.position)).toEqual([undefined, undefined, 10]);
});

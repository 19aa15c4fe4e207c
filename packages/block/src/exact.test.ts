import { expect, test } from 'vitest';
import { isExactNumber, saturate } from './exact.js';

test('a number up to 2^53-1 is itself, what is beyond is 2^53-1', () => {
  for (const value of [0n, 1n, 2n ** 32n, 2n ** 53n - 1n]) {
    expect(BigInt(saturate(value))).toBe(value);
    expect(isExactNumber(value)).toBe(true);
  }
  for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    expect(saturate(value)).toBe(Number.MAX_SAFE_INTEGER);
    expect(isExactNumber(value)).toBe(false);
  }
});

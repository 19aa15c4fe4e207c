import { describe, expect, test } from 'vitest';
import { damagedSstLogs, setsumVectors, sstLogs } from './index.js';

test.each(sstLogs())('$name comes out as it was written', (log) => {
  expect(log.bytes.length).toBeGreaterThanOrEqual(log.entries.length * 8);
  expect(log.setsum).toMatch(/^[\da-f]{64}$/);
  expect(log.bytes).toBe(log.bytes);
});

describe('damaged or put together by hand', () => {
  test.each(damagedSstLogs())('$name', ({ bytes, outcome }) => {
    expect(bytes.length).toBeGreaterThan(0);
    expect(outcome.setsum === undefined).toBe(outcome.error !== undefined);
  });

  test('the release differs from the head in five', () => {
    expect(damagedSstLogs().filter(({ outcomeOfRelease }) => outcomeOfRelease !== undefined)).toHaveLength(5);
  });
});

test('no log is lost', () => {
  expect([sstLogs().length, damagedSstLogs().length]).toEqual([31, 90]);
});

test('vectors of setsums are steps of bytes', () => {
  const { raw, binary, entries, parse, primes } = setsumVectors();
  expect([raw.length, binary.length, entries.length, parse.length, primes.length].every((length) => length > 7)).toBe(true);
  expect(raw.find(({ name }) => name.startsWith('insertVectored'))?.ops).toEqual([{ op: 'insert', item: Uint8Array.from([97, 98]) }]);
});

import { encodeVarint } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OBJECT_BLOCK } from './block-type.js';
import { bytes, codeOf, cursorAt, rawRecord } from './block.testing.js';
import { decodeObjectPositions, encodeObject } from './object-record.js';

function encoded(positions: readonly number[]): [number, Uint8Array] {
  const writer = new ByteWriter();
  return [encodeObject(writer, positions), writer.view().slice()];
}

function decoded(valueType: number, value: Uint8Array, limit = 1_000_000): unknown {
  return codeOf(() => decodeObjectPositions(cursorAt(OBJECT_BLOCK, [rawRecord(0, 'ab', valueType, value)]), limit));
}

describe('byte by byte', () => {
  test.each([
    ['1 to 7 positions are counted in the value type', [0], 1, bytes(0)],
    ['the first position, then differences', [0, 100, 228], 3, bytes(0, 100, 0x80, 0)],
    ['7 of them', [1, 2, 3, 4, 5, 6, 7], 7, bytes(1, 1, 1, 1, 1, 1, 1)],
    ['more than 7 are counted in front', [1, 2, 3, 4, 5, 6, 7, 8, 9], 0, bytes(9, 1, 1, 1, 1, 1, 1, 1, 1, 1)],
    ['none: look everywhere', [], 0, bytes(0)],
  ])('%s', (_, positions, valueType, value) => {
    expect(encoded(positions)).toEqual([valueType, value]);
    expect(decoded(valueType, value)).toEqual(positions.length === 0 ? undefined : positions);
  });
});

test('any positions come back', () => {
  const positions = fc.uniqueArray(fc.nat(2 ** 40), { minLength: 1, maxLength: 200 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(positions, (all) => {
      const [valueType, value] = encoded(all);
      expect(decoded(valueType, value, 2 ** 41)).toEqual(all);
    }),
  );
});

describe('damage', () => {
  test.each([
    ['a position where refs have ended', 1, bytes(encodeVarint(1_000_000))],
    ['a sum beyond that', 2, bytes(encodeVarint(999_999), 1)],
    ['one position twice', 2, bytes(100, 0)],
    ['a position of 64 bits', 1, encodeVarint(2n ** 64n - 1n)],
    ['a position of more than 64 bits', 1, bytes(new Uint8Array(9).fill(0xff), 0)],
  ])('%s', (_, valueType, value) => {
    expect(decoded(valueType, value)).toBe('OBJECT_POSITION');
  });

  test('the last position before the end of refs is none', () => {
    expect(decoded(1, encodeVarint(999_999))).toEqual([999_999]);
  });
});

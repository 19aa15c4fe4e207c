import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isReftableError } from './errors.js';
import {
  checkNumber,
  decodeBigVarint,
  decodeVarint,
  encodeVarint,
  MAX_U64,
  putVarint,
  skipVarint,
  toSafeNumber,
  varintLength,
} from './varint.js';

const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/** Whole numbers of every magnitude, the ends of each encoded length among them. */
const values = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_U64 }),
  fc.tuple(fc.integer({ min: 0, max: 64 }), fc.bigInt({ min: -2n, max: 2n })).map(([bits, near]) => clamp(2n ** BigInt(bits) + near)),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.bigInt({ min: -2n, max: 2n })).map(([bytes, near]) => clamp(firstOfLength(bytes + 1) + near)),
);
const numbers = values.map((value) => Number(value & BigInt(MAX_NUMBER)));

function clamp(value: bigint): bigint {
  return value < 0n ? 0n : value > MAX_U64 ? MAX_U64 : value;
}

/** The smallest value that takes `bytes` bytes: all the shorter encodings come before it. */
function firstOfLength(bytes: number): bigint {
  let count = 0n;
  for (let shorter = 1; shorter < bytes; shorter++) count += 128n ** BigInt(shorter);
  return count;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isReftableError(error)) return `${error.kind} ${error.code}`;
    throw error;
  }
  return 'no error';
}

describe('vectors', () => {
  test.each<[bigint, string]>([
    [0n, '00'],
    [1n, '01'],
    [27n, '1b'],
    [127n, '7f'],
    [128n, '8000'],
    [257n, '8101'],
    [4096n, '9f00'],
    [16511n, 'ff7f'],
    [16512n, '808000'],
    [2113663n, 'ffff7f'],
    [2113664n, '80808000'],
    [2n ** 53n - 1n, '8efefefefefefe7f'],
    [2n ** 53n, '8efefefefefeff00'],
    [2n ** 63n, 'fefefefefefefeff00'],
    [2n ** 64n - 1n, '80fefefefefefefefe7f'],
  ])('%d', (value, bytes) => {
    expect(hex(encodeVarint(value))).toBe(bytes);
    expect(varintLength(value)).toBe(bytes.length / 2);
    expect(decodeBigVarint(unhex(bytes))).toBe(value);
    if (value > MAX_NUMBER) return;
    expect(hex(encodeVarint(Number(value)))).toBe(bytes);
    expect(varintLength(Number(value))).toBe(bytes.length / 2);
    expect(decodeVarint(unhex(bytes))).toBe(Number(value));
  });

  test.each([
    ['2^64', '80fefefefefefefeff00'],
    ['nine ff bytes, then 00', 'ffffffffffffffffff00'],
    ['the largest of 10 bytes', 'ffffffffffffffffff7f'],
    ['11 bytes', '8080808080808080808000'],
    ['no end at all', 'ff'.repeat(100)],
  ])('more than 64 bits: %s', (_, bytes) => {
    expect(code(() => decodeVarint(unhex(bytes)))).toBe('format VARINT_OVERFLOW');
    expect(code(() => decodeBigVarint(unhex(bytes)))).toBe('format VARINT_OVERFLOW');
  });

  test('skipping looks at the length alone', () => {
    expect(skipVarint(unhex('ffffffffffffffffff00'), 0)).toBe(10);
    expect(code(() => skipVarint(unhex('8080808080808080808000'), 0))).toBe('format VARINT_OVERFLOW');
    expect(code(() => skipVarint(unhex('ff'.repeat(10)), 0))).toBe('format VARINT_OVERFLOW');
    expect(code(() => skipVarint(unhex('ff'.repeat(9)), 0))).toBe('format VARINT_TRUNCATED');
  });

  test('beyond 2^53-1 there is a bigint, but no number', () => {
    for (const value of [2n ** 53n, 2n ** 63n, MAX_U64]) {
      expect(code(() => decodeVarint(encodeVarint(value)))).toBe('unsupported NUMBER_UNSAFE');
    }
  });

  test('errors tell where the number starts', () => {
    for (const bytes of ['000080', '0000' + 'ff'.repeat(10), '0000' + hex(encodeVarint(MAX_U64))]) {
      expect(() => decodeVarint(unhex(bytes), 2)).toThrow(expect.objectContaining({ offset: 2 }));
    }
  });
});

describe('laws', () => {
  test('round trip of bigints', () => {
    fc.assert(fc.property(values, (value) => decodeBigVarint(encodeVarint(value)) === value));
  });

  test('round trip of numbers', () => {
    fc.assert(fc.property(numbers, (value) => decodeVarint(encodeVarint(value)) === value));
  });

  test('numbers and bigints agree, in bytes and in length', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const bytes = encodeVarint(value);
        expect(encodeVarint(BigInt(value))).toEqual(bytes);
        expect(varintLength(BigInt(value))).toBe(varintLength(value));
        expect(decodeBigVarint(bytes)).toBe(BigInt(decodeVarint(bytes)));
      }),
    );
  });

  test('each value has the shortest length that has room for it and all smaller ones', () => {
    fc.assert(
      fc.property(values, (value) => {
        let length = 1;
        while (firstOfLength(length + 1) <= value) length++;
        expect(varintLength(value)).toBe(length);
        expect(encodeVarint(value)).toHaveLength(length);
      }),
    );
  });

  test('a larger value is never shorter; of one length, bytes sort as values do', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [lowBytes, highBytes] = [encodeVarint(low), encodeVarint(high)];
        expect(lowBytes.length).toBeLessThanOrEqual(highBytes.length);
        if (lowBytes.length === highBytes.length) expect(hex(lowBytes) <= hex(highBytes)).toBe(true);
      }),
    );
  });

  test('each encoding is that of its value: there is no second one', () => {
    const encodings = fc
      .tuple(fc.uint8Array({ maxLength: 9 }), fc.integer({ min: 0, max: 127 }))
      .map(([bytes, last]) => Uint8Array.of(...bytes.map((byte) => byte | 128), last));
    fc.assert(
      fc.property(encodings, (bytes) => {
        const outcome = code(() => expect(encodeVarint(decodeBigVarint(bytes))).toEqual(bytes));
        expect(outcome).toMatch(bytes.length < 10 ? /^no error$/ : /^no error$|^format VARINT_OVERFLOW$/);
      }),
    );
  });

  test('what is cut off anywhere is truncated, whether the bytes or the bound end there', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeVarint(value);
        for (let end = 0; end < bytes.length; end++) {
          for (const decode of [decodeVarint, decodeBigVarint, skipVarint]) {
            expect(code(() => decode(bytes.subarray(0, end), 0))).toBe('format VARINT_TRUNCATED');
            expect(code(() => decode(bytes, 0, end))).toBe('format VARINT_TRUNCATED');
          }
        }
      }),
    );
  });

  test('reads what was put, wherever it stands, and nothing after it', () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (value, before, after) => {
        const length = varintLength(value);
        const bytes = Uint8Array.of(...before, ...new Uint8Array(length), ...after);
        const past = putVarint(bytes, before.length, value);
        expect(past).toBe(before.length + length);
        expect(decodeBigVarint(bytes, before.length)).toBe(value);
        expect(skipVarint(bytes, before.length)).toBe(past);
        expect(skipVarint(bytes, before.length, past)).toBe(past);
        expect(bytes.subarray(0, before.length)).toEqual(before);
        expect(bytes.subarray(past)).toEqual(after);
      }),
    );
  });

  test('any bytes at all give a value or one of the three errors', () => {
    const expected = /^no error$|^format VARINT_(TRUNCATED|OVERFLOW)$|^unsupported NUMBER_UNSAFE$/;
    const bytes = fc.array(fc.oneof(fc.integer({ min: 128, max: 255 }), fc.integer({ min: 0, max: 255 })), { maxLength: 14 });
    fc.assert(
      fc.property(bytes, (any) => {
        const input = Uint8Array.from(any);
        const asNumber = code(() => decodeVarint(input));
        const asBigint = code(() => decodeBigVarint(input));
        expect(asNumber).toMatch(expected);
        // They differ only where a number can't hold the value.
        if (asNumber === 'unsupported NUMBER_UNSAFE') expect(decodeBigVarint(input)).toBeGreaterThan(BigInt(MAX_NUMBER));
        else expect(asNumber).toBe(asBigint);
      }),
    );
  });
});

describe('writing', () => {
  test('without room nothing is written', () => {
    fc.assert(
      fc.property(values, (value) => {
        for (let room = 0; room < varintLength(value); room++) {
          const bytes = new Uint8Array(2 + room).fill(0xaa);
          expect(code(() => putVarint(bytes, 2, value))).toBe('misuse BUFFER_TOO_SMALL');
          expect(bytes.every((byte) => byte === 0xaa)).toBe(true);
        }
      }),
    );
  });

  test.each([-1, -1n, 0.5, NaN, Infinity, MAX_NUMBER + 1, MAX_U64 + 1n, -(2n ** 70n)])('%d is refused', (value) => {
    expect(code(() => encodeVarint(value))).toBe('misuse NUMBER_RANGE');
    expect(code(() => varintLength(value))).toBe('misuse NUMBER_RANGE');
    expect(code(() => putVarint(new Uint8Array(20), 0, value))).toBe('misuse NUMBER_RANGE');
  });

  test('-0 is 0', () => {
    expect(hex(encodeVarint(-0))).toBe('00');
  });
});

test('checkNumber takes whole numbers from 0 to the bound, of either type', () => {
  const good: [number | bigint, number | bigint][] = [
    [0, 0],
    [255, 255],
    [255n, 255],
    [7, 7n],
    [MAX_U64, MAX_U64],
    [MAX_NUMBER, MAX_U64],
  ];
  for (const [value, max] of good) expect(code(() => checkNumber(value, max))).toBe('no error');
  const bad: [number | bigint, number | bigint][] = [
    [-1, 5],
    [6, 5],
    [6n, 5],
    [6, 5n],
    [1.5, 5],
    [NaN, 5],
    [MAX_NUMBER + 1, MAX_U64],
    ['3' as unknown as number, 5],
    [undefined as unknown as number, 5],
  ];
  for (const [value, max] of bad) expect(code(() => checkNumber(value, max))).toBe('misuse NUMBER_RANGE');
  expect(() => checkNumber(300, 255)).toThrow('300 is not a whole number from 0 to 255');
});

test('toSafeNumber is exact or fails', () => {
  expect(toSafeNumber(BigInt(MAX_NUMBER))).toBe(MAX_NUMBER);
  expect(toSafeNumber(MAX_NUMBER)).toBe(MAX_NUMBER);
  for (const value of [2n ** 53n, 2 ** 53, MAX_U64]) expect(code(() => toSafeNumber(value))).toBe('unsupported NUMBER_UNSAFE');
  expect(() => toSafeNumber(MAX_U64, 9)).toThrow('at byte 9');
});

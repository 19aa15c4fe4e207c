import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bytes, noise } from './block.testing.js';
import * as portable from './zlib.js';
import * as node from './zlib.node.js';

const variants = [
  ['zlib.ts', portable],
  ['zlib.node.ts', node],
] as const;

/** What a log block looks like: text, ids, text much like that before. */
const sample = bytes(
  ...Array.from({ length: 20 }, (_, i) => bytes(`refs/heads/branch-${String(i)}`, 0, noise(40, i + 1), 'A U Thor', 'author@example.invalid', i, 'commit: change\n')),
);

/** The offset just past the stream and what it inflates to; or -1. */
function outcome(zlib: typeof node, input: Uint8Array, length: number, start = 0): number | [number, Uint8Array] {
  const front = bytes('front');
  const inflated = zlib.inflate(input, start, front, length);
  if (inflated === undefined) return -1;
  expect(inflated.bytes.subarray(0, front.length)).toEqual(front);
  return [inflated.end, inflated.bytes.subarray(front.length)];
}

describe.each(variants)('%s', (_, zlib) => {
  test('deflates at level 9, and says so: no longer than zlib does by more than a fiftieth', () => {
    const stream = zlib.deflate(sample);
    // The two highest bits of the second byte: slowest, best.
    expect([stream[0], stream[1]! >> 6]).toEqual([0x78, 3]);
    expect(stream.length).toBeLessThan(deflateSync(sample, { level: 9 }).length * 1.02);
  });

  test('what it deflates, zlib inflates', () => {
    for (const plain of [sample, noise(5000), bytes(), bytes(0), new Uint8Array(70_000)]) {
      expect(new Uint8Array(inflateSync(zlib.deflate(plain)))).toEqual(plain);
    }
  });

  test('its input is left as it was', () => {
    const copy = sample.slice();
    const stream = zlib.deflate(copy);
    outcome(zlib, stream, sample.length);
    expect(copy).toEqual(sample);
  });

  test('inflates from anywhere in a file, and says where the stream ends', () => {
    const stream = zlib.deflate(sample);
    for (const [before, after] of [
      [0, 0],
      [1, 0],
      [28, 300],
    ] as const) {
      const file = bytes(noise(before), stream, noise(after));
      expect(outcome(zlib, file, sample.length, before)).toEqual([before + stream.length, sample]);
    }
  });

  test('refuses what is not as long as promised', () => {
    const stream = zlib.deflate(sample);
    for (const length of [0, 1, sample.length - 1, sample.length + 1, sample.length * 2]) expect(outcome(zlib, stream, length)).toBe(-1);
  });

  test('refuses a wrong checksum', () => {
    const stream = zlib.deflate(sample);
    for (let at = stream.length - 4; at < stream.length; at++) {
      const damaged = stream.slice();
      damaged[at]! ^= 1;
      expect(outcome(zlib, damaged, sample.length)).toBe(-1);
    }
  });
});

test('zlib.node.ts takes memory for what is promised once, and the result only when the stream has kept the promise', () => {
  const length = 1 << 20;
  const bomb = node.deflate(new Uint8Array(4 * length));
  const taken: unknown[] = [];
  vi.stubGlobal(
    'Uint8Array',
    new Proxy(Uint8Array, {
      construct(target, args: unknown[]) {
        taken.push(args[0]);
        return Reflect.construct(target, args) as object;
      },
    }),
  );
  try {
    expect(node.inflate(bomb, 0, bytes(), length)).toBeUndefined();
    expect(taken).not.toContain(length);
    expect(node.inflate(bomb, 0, bytes(), 4 * length)?.end).toBe(bomb.length);
    expect(taken).toContain(4 * length);
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('both say the same', () => {
  test('of what the other has deflated', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(40), (random, repeats) => {
        const plain = bytes(...Array.from({ length: repeats % 5 }, () => random), random.subarray(repeats));
        const [a, b] = [portable.deflate(plain), node.deflate(plain)];
        expect(outcome(node, a, plain.length)).toEqual([a.length, plain]);
        expect(outcome(portable, b, plain.length)).toEqual([b.length, plain]);
      }),
    );
  });

  test('of every truncation', () => {
    const stream = node.deflate(sample);
    for (let length = 0; length < stream.length; length++) {
      const part = stream.subarray(0, length);
      expect(outcome(portable, part, sample.length)).toBe(-1);
      expect(outcome(node, part, sample.length)).toBe(-1);
    }
  });

  test('of every byte set to other values', () => {
    const stream = node.deflate(sample.subarray(0, 300));
    for (let at = 0; at < stream.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff, stream[at]! ^ 1, stream[at]! ^ 0x80]) {
        const damaged = stream.slice();
        damaged[at] = value;
        expect(outcome(portable, damaged, 300), `byte ${at} set to ${value}`).toEqual(outcome(node, damaged, 300));
      }
    }
  });
});

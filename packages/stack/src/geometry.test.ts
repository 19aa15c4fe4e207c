import { gitStacks } from '@reftable/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rangeToMerge } from './geometry.js';
import { MemoryStorage } from './memory-storage.js';
import { openStackSync } from './stack-sync.js';

test("Git's own examples", () => {
  expect(rangeToMerge([512, 64, 17, 16, 9, 9, 9, 16, 2, 16], 2)).toEqual({ first: 1, last: 9 });
  expect(rangeToMerge([64, 32, 16, 8, 4, 2], 2)).toBeUndefined();
});

test('few tables', () => {
  expect(rangeToMerge([], 2)).toBeUndefined();
  expect(rangeToMerge([7], 2)).toBeUndefined();
  expect(rangeToMerge([14, 7], 2)).toBeUndefined();
  expect(rangeToMerge([13, 7], 2)).toEqual({ first: 0, last: 1 });
});

test('after merging, nothing is left to merge', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 20 }), fc.integer({ min: 2, max: 255 }), (sizes, factor) => {
      const range = rangeToMerge(sizes, factor);
      if (range === undefined) return sizes.every((size, index) => index === 0 || sizes[index - 1]! >= size * factor);
      const { first, last } = range;
      const sum = sizes.slice(first, last + 1).reduce((a, b) => a + b);
      return first < last && rangeToMerge([...sizes.slice(0, first), sum, ...sizes.slice(last + 1)], factor) === undefined;
    }),
  );
});

/** The transactions of a fixture, and the stack after each: update indexes and size of each table, as Git left it. */
interface History {
  readonly update: readonly { readonly name: string; readonly oid?: string; readonly symref?: string }[];
  readonly tables: readonly [min: number, max: number, size: number][];
}

describe('the stack is what Git makes of it, after each of the same transactions', () => {
  const stacks = gitStacks().filter(({ expected }) => 'history' in expected);
  test('there are such', () => {
    expect(stacks.length).toBeGreaterThanOrEqual(4);
  });

  for (const { group, name, expected } of stacks) {
    test(`${group}/${name}`, () => {
      const { history, config, object_format: hash } = expected as unknown as {
        history: History[];
        config: { geometric_factor: number };
        object_format: 'sha1' | 'sha256';
      };
      const stack = openStackSync(new MemoryStorage(), { hash, geometricFactor: config.geometric_factor });
      stack.transaction((transaction) => {
        transaction.addRef({ name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main' });
      });
      const shape = (): unknown => stack.tables.map(({ minUpdateIndex, maxUpdateIndex, size }) => [minUpdateIndex, maxUpdateIndex, size]);
      for (const { update, tables } of history) {
        if (update.length > 0) {
          stack.transaction((transaction) => {
            for (const { name: ref, oid } of update) transaction.addRef({ name: ref, kind: 'direct', oid: oid! });
          });
        }
        expect(shape()).toEqual(tables);
      }
      expect(stack.needsCompaction).toBe(false);
    });
  }
});

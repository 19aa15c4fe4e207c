import { compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { REF_BLOCK } from './block-type.js';
import { parseBlock, type Block } from './block.js';
import { blockOf, bytes, codeOf, PLACE, rawBlock, rawRecord, record } from './block.testing.js';
import { RestartDigests } from './restart-digests.js';
import { lastRestartNotAfter } from './restart-search.js';

/** Names that are often alike in their first bytes, some of them to beyond the head, and a few with zero bytes. */
const key = fc
  .tuple(fc.constantFrom('', 'refs/heads/', 'refs/heads/feature', 'refs/tags/', 'r'), fc.array(fc.constantFrom(0, 1, 0x61, 0x62, 0xff), { maxLength: 9 }))
  .map(([start, end]) => bytes(start, ...end))
  .filter(({ length }) => length > 0);

const keys = fc
  .uniqueArray(key, { minLength: 1, maxLength: 60, selector: String })
  .map((all) => all.sort(compareBytes));

function naive(block: Block, all: readonly Uint8Array[], interval: number, target: Uint8Array): number {
  const offsets = Array.from({ length: block.restartCount }, (_, index) => block.restart(index));
  // Written with every key a restart, or every few, if none shares nothing with the one before: so the keys all start alike.
  const last = all.filter((one, index) => index % interval === 0 && compareBytes(one, target) <= 0).length;
  return offsets[Math.max(last - 1, 0)]!;
}

test('finds the last restart that is not after the target, or else the first', () => {
  fc.assert(
    fc.property(keys, key, fc.constantFrom(1, 2, 5), (all, target, interval) => {
      const same = all.map((one) => bytes('x', one));
      const block = blockOf(REF_BLOCK, same.map((one) => record(one)), interval);
      const digests = new RestartDigests(1);
      for (const wanted of [...same, bytes('x', target), bytes('w'), bytes('y')]) {
        expect(lastRestartNotAfter(block, wanted, wanted.length, 0, digests, 0)).toBe(naive(block, same, interval, wanted));
      }
    }),
  );
});

test('what is known to be alike may become more, or less', () => {
  const all = ['refs/heads/a', 'refs/heads/b', 'refs/heads/c', 'refs/tags/a'];
  const block = blockOf(REF_BLOCK, all.map((name) => record(name)), 1);
  const digests = new RestartDigests(1);
  for (const known of [5, 11, 3, 0]) {
    const found = all.slice(0, 3).map((name) => lastRestartNotAfter(block, bytes(name), name.length, known, digests, 0));
    expect(found).toEqual([0, 1, 2].map((index) => block.restart(index)));
  }
});

test('looks at the restarts once', () => {
  const all = Array.from({ length: 100 }, (_, index) => `refs/heads/${String(index).padStart(3, '0')}`);
  const block = blockOf(REF_BLOCK, all.map((name) => record(name)), 1);
  const restart = vi.spyOn(block, 'restart');
  const digests = new RestartDigests(1);
  for (const name of all) lastRestartNotAfter(block, bytes(name), name.length, 0, digests, 0);
  expect(restart).toHaveBeenCalledTimes(100);
});

test('a restart whose key is not whole, or longer than the block can hold, is refused', () => {
  const first = rawRecord(0, 'aa', 0, bytes(0));
  const shared = parseBlock(rawBlock(REF_BLOCK, [first, rawRecord(1, 'b', 0, bytes(0))], [4, 4 + first.length]), PLACE);
  expect(codeOf(() => lastRestartNotAfter(shared, bytes('ab'), 2, 0, new RestartDigests(1), 0))).toBe('RESTART_OFFSET');
  const long = parseBlock(rawBlock(REF_BLOCK, [first, rawRecord(0, 'b', 0, bytes(0), 2n ** 40n)], [4, 4 + first.length]), PLACE);
  expect(codeOf(() => lastRestartNotAfter(long, bytes('ab'), 2, 0, new RestartDigests(1), 0))).toBe('RECORD_TRUNCATED');
});

test('blocks whose digests are kept together do not disturb each other, nor does one that is damaged', () => {
  const digests = new RestartDigests(8);
  const first = rawRecord(0, 'aa', 0, bytes(0));
  const damaged = parseBlock(rawBlock(REF_BLOCK, [first, rawRecord(1, 'b', 0, bytes(0))], [4, 4 + first.length]), PLACE);
  const blocks = ['a', 'b', 'c'].map((start) => blockOf(REF_BLOCK, [0, 1, 2].map((index) => record(`${start}${index}`)), 1));
  for (const [index, block] of [...blocks.entries(), ...blocks.entries()].reverse()) {
    const key = bytes(String.fromCharCode(0x61 + index), '1');
    expect(lastRestartNotAfter(block, key, key.length, index === 1 ? 1 : 0, digests, index)).toBe(block.restart(1));
    const { length } = digests.numbers;
    expect(codeOf(() => lastRestartNotAfter(damaged, key, key.length, 0, digests, 7))).toBe('RESTART_OFFSET');
    expect(digests.numbers).toHaveLength(length);
  }
});

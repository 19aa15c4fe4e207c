/*
 * A log of more than three blocks, written up to each byte, and cut off at each: 3.15 million times. To read what is there from the start, 1.5 MiB on
 * average, would take an hour. So what reads goes on, or begins, at the end of the batch before:
 *
 * - what reads a log that is being written does go on from where it is, and is asked after every byte;
 * - to find where a log ends is left to the very core that `findRecovery` runs, begun at the end of a batch. That a core which has read all before it
 *   says the same is shown with whole calls, around the ends of blocks and at random places.
 *
 * It takes about 15 s of one processor, most of it for the errors that say that a log ends early, which recovery is made from.
 */
import { runSync } from '@reftable/io';
import { expect, test } from 'vitest';
import { boundaryAt } from './frame.js';
import { BLOCK_SIZE, findRecovery, findRecoverySync, LogReaderSync, truncateFinalPartialFrameSync, type Recovery } from './index.js';
import { findEnd } from './log-end.js';
import { longLog, type LongLogBatch } from './long-log.testing.js';
import { performSourceSync } from './source.js';
import { batchOf, coreAt, FirstBytes, plain, withoutTraces } from './sst-log.testing.js';

const { bytes, batches } = longLog();

withoutTraces();

test('the log is as it is meant to be', () => {
  expect(bytes.length).toBeGreaterThan(3 * BLOCK_SIZE);
  expect(batches.at(-1)!.end).toBe(bytes.length);
  const parted = batches.filter(({ firstEnd }) => firstEnd !== undefined);
  expect(parted.map(({ start, firstEnd, end }) => [start, firstEnd, end - (end % BLOCK_SIZE)])).toEqual([[BLOCK_SIZE - 9000, BLOCK_SIZE - 8, BLOCK_SIZE]]);
  const padded = batches.filter(({ before, start }) => before !== start);
  expect(padded.map(({ before, start }) => [before, start])).toEqual([[2 * BLOCK_SIZE - 19, 2 * BLOCK_SIZE]]);
  expect(batches.flatMap(({ end }) => (end % BLOCK_SIZE === 0 ? [end] : []))).toEqual([3 * BLOCK_SIZE]);
});

test('written byte by byte: after each, a reader has had the whole batches, and nothing else', { timeout: 300_000 }, () => {
  const log = new FirstBytes(bytes, 0);
  const reader = new LogReaderSync(log, { live: true });
  const wrong: string[] = [];
  for (const [index, { before, end, body }] of batches.entries()) {
    for (log.size = before; log.size < end; log.size++) {
      if (reader.next() || reader.load() || reader.end !== before || reader.batchCount !== index) wrong.push(`${log.size}: at ${reader.end}`);
    }
    const batch = batchOf(Array.from(reader.entries(), plain));
    if (Buffer.compare(batch.body, body) !== 0 || reader.end !== end) wrong.push(`${end}: another batch`);
  }
  expect(wrong).toEqual([]);
  expect(reader.batchCount).toBe(batches.length);
});

/** Where a log ends of which the first `size` bytes are there, by what its writer knows: within padding it ends soundly, within a batch where that starts. */
function endOf(size: number, { before, start, end }: LongLogBatch): Pick<Recovery, 'keep' | 'tail'> {
  if (size === end || size <= start) return { keep: size, tail: 'none' };
  return { keep: before, tail: 'incomplete' };
}

test('cut off anywhere: what is left are the whole batches before it', { timeout: 300_000 }, () => {
  const log = new FirstBytes(bytes, 0);
  const wrong: string[] = [];
  for (const batch of batches) {
    const { before, end, entries } = batch;
    for (log.size = before; log.size <= end; log.size++) {
      const found = runSync(findEnd(coreAt(log, before), {}), performSourceSync);
      const { keep, tail } = endOf(log.size, batch);
      const whole = log.size === end ? 1 : 0;
      const isRight = found.keep === keep && found.tail === tail && found.size === log.size && found.batches === whole && found.entries === whole * entries;
      if (!isRight) wrong.push(`${log.size}: ${JSON.stringify(found)}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** Where a whole call is made: around the ends of blocks and of some batches, and at random. */
function* someSizes(): Generator<number> {
  for (let block = BLOCK_SIZE; block < bytes.length; block += BLOCK_SIZE) for (let size = block - 24; size <= block + 24; size++) yield size;
  for (const { end } of batches.filter((_, index) => index % 1500 === 0)) yield* [end - 1, end, end + 1, end + 10];
  for (let size = 1; size < bytes.length; size += 61_001) yield size;
}

test('a whole call of what finds the end says the same, and the narrower one what the crate does', { timeout: 120_000 }, async () => {
  const log = new FirstBytes(bytes, 0);
  let sum = 0;
  const entriesUpTo = batches.map(({ entries }) => (sum += entries));
  for (const size of someSizes()) {
    const index = batches.findIndex(({ end }) => end >= size);
    const batch = batches[index]!;
    const whole = batch.end === size ? index + 1 : index;
    log.size = size;
    const expected = { ...endOf(size, batch), size, batches: whole, entries: entriesUpTo[whole - 1] ?? 0 };
    expect(findRecoverySync(log)).toEqual(expected);
    if (size % 50 === 0) expect(await findRecovery(log)).toEqual(expected);

    const { firstEnd = Infinity } = batch;
    const atParts = size >= firstEnd && size <= boundaryAt(firstEnd);
    if (expected.tail === 'none' || atParts) expect(truncateFinalPartialFrameSync(log)).toBe(atParts && expected.tail !== 'none' ? batch.before : undefined);
    else expect(() => truncateFinalPartialFrameSync(log)).toThrow(expect.objectContaining({ code: 'LOG_TRUNCATED' }));
  }
});

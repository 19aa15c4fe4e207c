/*
 * A log of more than three blocks, and a bit flipped in each of its bytes: 3.15 million times. What reads it begins at the end of the batch before, as in
 * `truncation.test.ts`, which shows that this makes no difference. It takes about 15 s of one processor, for checksums and for errors.
 */
import { runSync } from '@reftable/io';
import { isReftableError } from '@reftable/varint';
import { expect, test } from 'vitest';
import { boundaryAt } from './frame.js';
import { BLOCK_SIZE } from './index.js';
import { findEnd } from './log-end.js';
import { longLog } from './long-log.testing.js';
import { performSourceSync } from './source.js';
import { coreAt, FirstBytes, withoutTraces } from './sst-log.testing.js';

const { bytes, batches } = longLog();

withoutTraces();

/** Which bits of a byte are flipped: one, and around the end of a block each by itself, and all. (All are in `recovery.test.ts`, in small logs.) */
function masksAt(offset: number): readonly number[] {
  const isNearEnd = Math.abs(offset - boundaryAt(offset - BLOCK_SIZE / 2)) < 40;
  return isNearEnd ? [1, 2, 4, 8, 16, 32, 64, 128, 255] : [1 << (offset % 8)];
}

test('with a bit flipped anywhere: reading stops before that batch, and it is not taken for a torn end', { timeout: 300_000 }, () => {
  const damaged = bytes.slice();
  const log = new FirstBytes(damaged, bytes.length);
  const wrong: string[] = [];
  for (const { before, end } of batches) {
    for (let offset = before; offset < end; offset++) {
      for (const mask of masksAt(offset)) {
        damaged[offset]! ^= mask;
        const core = coreAt(log, before);
        try {
          runSync(findEnd(core, {}), performSourceSync);
          wrong.push(`${offset} ^ ${mask}: not noticed`);
        } catch (error) {
          if (!isReftableError(error, 'format') || core.end !== before || core.entries.count > 0) wrong.push(`${offset} ^ ${mask}: ${String(error)}`);
        }
        damaged[offset]! ^= mask;
      }
    }
  }
  expect(wrong).toEqual([]);
});

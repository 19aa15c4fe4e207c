// @ts-check
// What the callers append: each batch is made from the caller's number and its own, so that it can be recognised.
import { WriteBatch } from '@reftable/sst-log';

/** Callers that append at the same time. */
export const CALLERS = 6;

/**
 * The nth batch of a caller. Most are small, some take a good part of a block.
 * @param {number} caller
 * @param {number} number
 */
export function batchOf(caller, number) {
  const batch = new WriteBatch();
  const mix = Math.imul(caller * 7919 + number, 0x9e3779b1) >>> 0;
  const entries = 1 + (mix % 4);
  for (let entry = 0; entry < entries; entry++) {
    const key = `${caller}/${number}/${entry}/${entries}`;
    if (mix % 11 === entry) batch.del(key, number);
    else batch.put(key, number, new Uint8Array(mix % 5 === 0 ? (mix >>> 8) % 32_000 : (mix >>> 8) % 300).fill(1 + (mix % 255)));
  }
  return batch;
}

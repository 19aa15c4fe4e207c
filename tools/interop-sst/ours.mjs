// @ts-check
// What our side makes of logs, in the form in which the crate's is given.
import { BytesSource } from '@reftable/io';
import {
  ConcurrentLogWriter,
  LogReaderSync,
  LogWriterSync,
  logToBuilderSync,
  logToSetsumSync,
  MemoryLog,
  truncateFinalPartialFrameSync,
  WriteBatch,
} from '@reftable/sst-log';
import { isReftableError } from '@reftable/varint';

/** @typedef {import('@reftable/conformance').SstEntry} Entry */

/** @param {readonly Entry[]} entries */
export function batchOf(entries) {
  const batch = new WriteBatch();
  for (const { key, timestamp, value } of entries) {
    if (value === undefined) batch.del(key, timestamp);
    else batch.put(key, timestamp, value);
  }
  return batch;
}

/** @param {readonly (readonly Entry[])[]} batches */
export function write(batches) {
  const log = new MemoryLog();
  const writer = new LogWriterSync(log);
  for (const batch of batches) writer.append(batchOf(batch));
  const setsum = writer.seal().hex();
  return { bytes: log.bytes(), setsum };
}

/** All at once. @param {readonly (readonly Entry[])[]} batches */
export async function writeConcurrently(batches) {
  const log = new MemoryLog();
  const writer = new ConcurrentLogWriter(log);
  await Promise.all(batches.map((batch) => writer.append(batchOf(batch))));
  const setsum = (await writer.seal()).hex();
  return { bytes: log.bytes(), setsum };
}

/** @param {Uint8Array} bytes */
export function sort(bytes) {
  const log = new MemoryLog();
  logToBuilderSync(new LogReaderSync(new BytesSource(bytes)), new LogWriterSync(log));
  return log.bytes();
}

/**
 * @param {Uint8Array} bytes
 * @param {import('@reftable/sst-log').ReaderOptions} [options]
 * @returns {import('./peer.mjs').Reading}
 */
export function read(bytes, options = {}) {
  /** @type {Entry[]} */
  const entries = [];
  let end = 'eof';
  let setsum = '-';
  try {
    for (const entry of new LogReaderSync(new BytesSource(bytes), options).entries()) {
      entries.push({ key: entry.key, timestamp: entry.timestampExact ?? BigInt(entry.timestamp), value: entry.kind === 'put' ? entry.value : undefined });
    }
    setsum = logToSetsumSync(new LogReaderSync(new BytesSource(bytes), options)).hex();
  } catch (error) {
    if (!isReftableError(error, 'format')) throw error;
    end = error.code;
  }
  return { end, setsum, truncation: truncation(bytes), entries };
}

/** @param {Uint8Array} bytes */
function truncation(bytes) {
  try {
    return String(truncateFinalPartialFrameSync(new BytesSource(bytes)) ?? 'none');
  } catch (error) {
    if (!isReftableError(error, 'format')) throw error;
    return error.code;
  }
}

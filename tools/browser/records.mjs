// @ts-check
// Runs in the browser and in Node alike: what a reader lists, in a form that can be carried from the one to the other.
import { BytesSource } from '@reftable/io';
import { openTableSync } from '@reftable/table';
import { isReftableError } from '@reftable/varint';

/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {{ readonly refs: Ref[], readonly logs: LogRecord[] }} Records */

/**
 * Every ref and every log entry.
 * @param {import('@reftable/table').Reader | import('@reftable/table').ReaderSync} reader
 * @returns {Promise<Records>}
 */
export async function recordsOf(reader) {
  /** @type {Records} */
  const records = { refs: [], logs: [] };
  for await (const ref of reader.refs()) records.refs.push(ref);
  for await (const log of reader.logs()) records.logs.push(log);
  return records;
}

/**
 * How reading a table, sound or not, ends: with a number of records, or an error and its place.
 * @param {Uint8Array} bytes
 */
export async function outcomeOf(bytes) {
  try {
    const { refs, logs } = await recordsOf(openTableSync(new BytesSource(bytes)));
    return `${refs.length} refs, ${logs.length} log entries`;
  } catch (error) {
    if (!isReftableError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/**
 * Records as text: far faster to carry than thousands of objects.
 * @param {Records} records
 */
export function toText(records) {
  return JSON.stringify(records, (_, /** @type {unknown} */ value) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    return value instanceof Uint8Array ? { bytes: Array.from(value) } : value;
  });
}

/**
 * What {@link toText} was given.
 * @param {string} text
 */
export function fromText(text) {
  return /** @type {Records} */ (
    JSON.parse(text, (_, /** @type {unknown} */ value) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('bigint' in value) return BigInt(String(value.bigint));
      return 'bytes' in value && Array.isArray(value.bytes) ? Uint8Array.from(value.bytes) : value;
    })
  );
}

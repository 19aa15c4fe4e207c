// @ts-check
// How entries are handed to the crate and back: `peer/main.rs` says it byte for byte.

/** @typedef {import('@reftable/conformance').SstEntry} Entry */

/** @param {readonly (readonly Entry[])[]} batches @returns {Buffer} */
export function encodeScript(batches) {
  return Buffer.concat(batches.flatMap((batch) => [u32(batch.length), ...batch.flatMap(encodeEntry)]));
}

/** @param {Entry} entry @returns {Uint8Array[]} */
function encodeEntry({ key, timestamp, value }) {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(timestamp);
  const start = [Uint8Array.of(value === undefined ? 0 : 1), u32(key.length), key, time];
  return value === undefined ? start : [...start, u32(value.length), value];
}

/** @param {Buffer} bytes @returns {Entry[]} */
export function decodeDump(bytes) {
  /** @type {Entry[]} */
  const entries = [];
  let at = 0;
  const take = () => {
    const start = at + 4;
    at = start + bytes.readUInt32LE(at);
    return bytes.subarray(start, at);
  };
  while (at < bytes.length) {
    const isPut = bytes[at++] === 1;
    const key = take();
    const timestamp = bytes.readBigUInt64LE(at);
    at += 8;
    entries.push({ key, timestamp, value: isPut ? take() : undefined });
  }
  return entries;
}

/** @param {number} number */
function u32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

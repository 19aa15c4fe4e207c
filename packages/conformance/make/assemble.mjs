// Puts tables together block by block, right or wrong as told: for the crafted tables and the damaged ones.
// Written from the text of the format. Every part that a block or footer states about itself can be overridden.
// @ts-check
import { crc32, deflateSync } from 'node:zlib';

/** @typedef {string | Uint8Array} Bytes Text stands for its UTF-8. */

/** @typedef {import('../src/records.js').RefRecord} RefRecord @typedef {import('../src/records.js').LogRecord} LogRecord */
/** @template {string} K @typedef {import('../src/records.js').Text<K>} Text */

/**
 * @typedef {object} Record
 * @property {Buffer} key
 * @property {number} type Value type, log type or count of an object record: 3 bits.
 * @property {Buffer} value What follows the key.
 * @property {bigint | number} [prefix] Claims this prefix length. The bytes that follow are as before.
 * @property {bigint | number} [suffix] Claims this suffix length.
 */

/** @param {Bytes[]} parts */
export const concat = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));

/** Fixed-width, big-endian. @param {number | bigint} value @param {number} size */
export function be(value, size) {
  const hex = BigInt.asUintN(8 * size, BigInt(value)).toString(16);
  return Buffer.from(hex.padStart(2 * size, '0'), 'hex');
}

/** The variable-length number of pack offsets. @param {number | bigint} value */
export function varint(value) {
  let rest = BigInt(value);
  const groups = [rest & 0x7fn];
  while ((rest >>= 7n) > 0n) groups.unshift((--rest & 0x7fn) | 0x80n);
  return Buffer.from(groups.map(Number));
}

/** A text after its length. @param {Bytes} text */
export const sized = (text) => concat(varint(concat(text).length), text);

/** @param {string} hex */
const unhex = (hex) => Buffer.from(hex, 'hex');

/** The bytes of a text of an expectation. @template {string} K @param {Text<K>} record @param {K} key */
function textOf(record, key) {
  const { [`${key}_hex`]: hex, [key]: text } = /** @type {{ [key: string]: string | undefined }} */ (record);
  if (hex !== undefined) return unhex(hex);
  if (text !== undefined) return Buffer.from(text);
  throw new Error(`a record without ${key}`);
}

/** A ref record from its JSON form. @param {RefRecord} ref @param {bigint} min @returns {Record} */
export function refRecord(ref, min) {
  /** @param {number} type @param {Bytes[]} value @returns {Record} */
  const record = (type, ...value) => ({ key: textOf(ref, 'name'), type, value: concat(varint(BigInt(ref.updateIndex) - min), ...value) });
  switch (ref.kind) {
    case 'deletion':
      return record(0);
    case 'direct':
      return record(1, unhex(ref.oid));
    case 'peeled':
      return record(2, unhex(ref.oid), unhex(ref.peeled));
    case 'symbolic':
      return record(3, sized(textOf(ref, 'target')));
  }
}

/** A log record's key: the newest sorts first. @param {Bytes} name @param {number | bigint | string} updateIndex */
export const logKey = (name, updateIndex) => concat(name, '\0', be(2n ** 64n - 1n - BigInt(updateIndex), 8));

/** A log record from its JSON form. @param {LogRecord} log @returns {Record} */
export function logRecord(log) {
  const key = logKey(textOf(log, 'ref'), log.updateIndex);
  if (log.kind === 'deletion') return { key, type: 0, value: concat() };
  const person = [sized(textOf(log, 'name')), sized(textOf(log, 'email'))];
  const when = [varint(BigInt(log.time)), be(log.tz, 2)];
  return { key, type: 1, value: concat(unhex(log.old), unhex(log.new), ...person, ...when, sized(textOf(log, 'message'))) };
}

/** An index record. @param {Bytes} last @param {number | bigint} position @returns {Record} */
export const indexRecord = (last, position) => ({ key: concat(last), type: 0, value: varint(position) });

/** An object record: no positions mean "scan". @param {Bytes} key @param {(number | bigint)[]} positions @returns {Record} */
export function objectRecord(key, positions) {
  const deltas = positions.map((position, i) => varint(BigInt(position) - (i === 0 ? 0n : BigInt(positions[i - 1] ?? 0))));
  const few = positions.length >= 1 && positions.length <= 7;
  return { key: concat(key), type: few ? positions.length : 0, value: concat(few ? '' : varint(positions.length), ...deltas) };
}

/** @param {Buffer} a @param {Buffer} b */
function commonPrefix(a, b) {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Records with their prefixes shared, and where whole keys begin. @param {Record[]} records @param {number} interval */
function encode(records, interval) {
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {number[]} */
  const restarts = [];
  let size = 0;
  records.forEach(({ key, type, value, ...claim }, i) => {
    const shared = i % interval === 0 ? 0 : commonPrefix(records[i - 1]?.key ?? concat(), key);
    const suffix = BigInt(claim.suffix ?? key.length - shared);
    const part = concat(varint(claim.prefix ?? shared), varint((suffix << 3n) | BigInt(type)), key.subarray(shared), value);
    if (shared === 0) restarts.push(size);
    parts.push(part);
    size += part.length;
  });
  return { body: concat(...parts), restarts };
}

/**
 * @typedef {object} BlockOptions
 * @property {number} [interval] Records from one restart to the next.
 * @property {(offsets: number[]) => number[]} [restarts] Changes the restart offsets.
 * @property {number} [count] Claims this number of restarts.
 * @property {(length: number) => number} [length] Changes the length that the block claims.
 * @property {(inflated: Buffer) => Buffer} [deflate] How a log block's contents are compressed.
 */

/** A table that grows block by block. */
export class Table {
  /** @param {{ version?: number, hashId?: string, blockSize?: number, min?: bigint, max?: bigint }} [options] */
  constructor({ version = 1, hashId = 's256', blockSize = 0, min = 1n, max = 1n } = {}) {
    this.blockSize = blockSize;
    this.min = min;
    this.header = concat('REFT', be(version, 1), be(blockSize, 3), be(min, 8), be(max, 8), version === 2 ? hashId : '');
    this.parts = [this.header];
    this.last = '';
  }

  get position() {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** Adds a block and returns its position. @param {'r' | 'o' | 'g' | 'i' | string} kind @param {Record[]} records @param {BlockOptions} [options] */
  block(kind, records, options = {}) {
    const first = this.parts.length === 1;
    // Padding is owed by the next block, unless either is a log block or what was before was its section's last.
    if (!first && this.blockSize > 0 && this.last !== 'g' && kind !== 'g') this.#pad();
    const start = first ? 0 : this.position;
    const before = (first ? this.header.length : 0) + 4;
    const { body, restarts: offsets } = encode(records, options.interval ?? 16);
    const restarts = (options.restarts ?? ((same) => same))(offsets.map((offset) => before + offset));
    const content = concat(body, ...restarts.map((offset) => be(offset, 3)), be(options.count ?? restarts.length, 2));
    const length = (options.length ?? ((same) => same))(before + content.length);
    const stored = kind === 'g' ? (options.deflate ?? ((plain) => deflateSync(plain, { level: 9 })))(content) : content;
    this.parts.push(concat(kind, be(length, 3), stored));
    this.lastStart = start;
    this.last = kind;
    return start;
  }

  #pad() {
    const used = this.position - (this.lastStart ?? 0);
    this.parts.push(Buffer.alloc((this.blockSize - (used % this.blockSize)) % this.blockSize));
  }

  /**
   * Adds as many blocks as the records need.
   * @param {string} kind @param {Record[]} records @param {number} limit Bytes in a block. @param {BlockOptions} [options]
   * @returns {{ start: number, last: Buffer, records: Record[] }[]}
   */
  blocks(kind, records, limit, options = {}) {
    const out = [];
    for (let from = 0; from < records.length; ) {
      const room = limit - 4 - (this.parts.length === 1 ? this.header.length : 0);
      let to = from + 1;
      for (; to < records.length; to++) {
        const { body, restarts } = encode(records.slice(from, to + 1), options.interval ?? 16);
        if (body.length + 3 * restarts.length + 2 > room) break;
      }
      const group = records.slice(from, to);
      out.push({ start: this.block(kind, group, options), last: group.at(-1)?.key ?? concat(), records: group });
      from = to;
    }
    return out;
  }

  /** Adds index levels until one block is the top, and returns its position. @param {{ start: number, last: Buffer }[]} below @param {number} limit */
  index(below, limit) {
    let level = below;
    do {
      level = this.blocks('i', level.map(({ start, last }) => indexRecord(last, start)), limit);
    } while (level.length > 1);
    return level[0]?.start ?? 0;
  }

  /**
   * The whole table, with its footer.
   * @param {{ refIndex?: number | bigint, objects?: number | bigint, idLength?: number, objectIndex?: number | bigint, log?: number | bigint, logIndex?: number | bigint }} [sections]
   */
  finish({ refIndex = 0, objects = 0, idLength = 0, objectIndex = 0, log = 0, logIndex = 0 } = {}) {
    const packed = (BigInt(objects) << 5n) | BigInt(idLength);
    const footer = concat(this.header, be(refIndex, 8), be(packed, 8), be(objectIndex, 8), be(log, 8), be(logIndex, 8));
    return concat(...this.parts, footer, be(crc32(footer), 4));
  }
}

/** Makes the footer's checksum right again after a change. @param {Uint8Array} table */
export function resealed(table) {
  const size = table[4] === 2 ? 72 : 68;
  return concat(table.subarray(0, -4), be(crc32(table.subarray(-size, -4)), 4));
}

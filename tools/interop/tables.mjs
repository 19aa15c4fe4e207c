// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSink } from '@reftable/io';
import { TableWriter } from '@reftable/table';

/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {import('@reftable/table').TableStatistics} TableStatistics */

/**
 * The records of a table, and how it is written.
 * @typedef {object} TableContent
 * @property {Omit<import('@reftable/table').TableOptions, 'hash'>} options
 * @property {readonly Ref[]} refs in the table's order
 * @property {readonly LogRecord[]} logs in the table's order
 */

/**
 * Refs and logs in the order of a table: by the bytes of the name, and logs from the newest on.
 * @param {object} records
 * @param {readonly Ref[]} [records.refs]
 * @param {readonly LogRecord[]} [records.logs]
 */
export function sorted({ refs = [], logs = [] }) {
  return {
    refs: refs.map((ref) => ({ ref, key: bytesOf(ref.name, ref.nameBytes) })).sort((a, b) => Buffer.compare(a.key, b.key)).map(({ ref }) => ref),
    logs: logs
      .map((log) => ({ log, key: bytesOf(log.ref, log.refBytes) }))
      .sort((a, b) => Buffer.compare(a.key, b.key) || b.log.updateIndex - a.log.updateIndex)
      .map(({ log }) => log),
  };
}

/**
 * @param {import('@reftable/block').Hash} hash
 * @param {TableContent} content
 * @returns {{ bytes: Uint8Array, statistics: TableStatistics }}
 */
export function write(hash, { options, refs, logs }) {
  const sink = new BytesSink();
  const writer = new TableWriter(sink, { ...options, hash });
  for (const ref of refs) writer.addRef(ref);
  for (const log of logs) writer.addLog(log);
  const statistics = writer.finish();
  return { bytes: sink.bytes(), statistics };
}

/**
 * Writes tables into a folder as a stack, in the form that Git gives one.
 * @param {string} dir does not exist
 * @param {import('@reftable/block').Hash} hash
 * @param {readonly TableContent[]} tables the oldest first
 * @returns {TableStatistics[]}
 */
export function writeStack(dir, hash, tables) {
  mkdirSync(dir, { recursive: true });
  const written = tables.map((table, number) => {
    const { minUpdateIndex, maxUpdateIndex } = table.options;
    const name = `0x${hex(minUpdateIndex, 12)}-0x${hex(maxUpdateIndex, 12)}-${hex(number, 8)}.ref`;
    const { bytes, statistics } = write(hash, table);
    writeFileSync(join(dir, name), bytes);
    return { name, statistics };
  });
  writeFileSync(join(dir, 'tables.list'), written.map(({ name }) => `${name}\n`).join(''));
  return written.map(({ statistics }) => statistics);
}

/** @param {number | bigint} number @param {number} digits */
function hex(number, digits) {
  return number.toString(16).padStart(digits, '0');
}

/** @param {string} text @param {Uint8Array} [exact] */
function bytesOf(text, exact) {
  return Buffer.from(exact ?? Buffer.from(text));
}

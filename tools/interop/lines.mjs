// @ts-check
// Records as lines of text, to compare what one program wrote with what another read. A character is a byte: names need not be UTF-8.
import { isExistenceMarker } from '@reftable/block';

/** @typedef {import('../fixtures/lib/probe.mjs').LogEntry} LogEntry */
/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {import('@reftable/block').LogUpdate} LogUpdate */

/**
 * All of a ref record.
 * @param {Ref} ref
 */
export function refLine(ref) {
  const value = ref.kind === 'symbolic' ? [characters(ref.target, ref.targetBytes)] : ref.kind === 'deletion' ? [] : [ref.oid];
  return line(refName(ref), ref.updateIndex, ref.kind, ...value, ...(ref.kind === 'peeled' ? [ref.peeled] : []));
}

/**
 * All of a log record.
 * @param {LogRecord} log
 */
export function logLine(log) {
  const key = [logName(log), log.updateIndex, log.kind];
  if (log.kind === 'deletion') return line(...key);
  const { oldOid, newOid, time, timeZone } = log;
  const texts = [characters(log.name, log.nameBytes), characters(log.email, log.emailBytes), characters(log.message, log.messageBytes)];
  return line(...key, oldOid, newOid, time, timeZone, ...texts);
}

/**
 * The entries of logs as Git shows them, newest first. It hides those that say no more than that a log exists.
 * @param {Iterable<LogRecord>} logs
 * @param {boolean} withZone
 */
export function shownEntries(logs, withZone) {
  const lines = [];
  for (const log of logs) {
    if (log.kind === 'deletion' || isExistenceMarker(log)) continue;
    const entry = {
      old: log.oldOid,
      new: log.newOid,
      name: characters(log.name, log.nameBytes),
      email: characters(log.email, log.emailBytes),
      time: String(log.time),
      zone: withZone ? zoneText(log.timeZone) : '',
      message: characters(log.message, log.messageBytes).replace(/\n$/, ''),
    };
    lines.push(entryLine(logName(log), entry));
  }
  return lines;
}

/** @param {string} ref @param {LogEntry} entry */
export function entryLine(ref, entry) {
  return line(ref, entry.old, entry.new, entry.name, entry.email, entry.time, entry.zone, entry.message);
}

/** @param {number} zone decimal hhmm */
export function zoneText(zone) {
  return `${zone < 0 ? '-' : '+'}${String(Math.abs(zone)).padStart(4, '0')}`;
}

/** @param {ReadonlyMap<string, LogEntry[]>} logs in the order of names */
export function entryLines(logs) {
  return [...logs].flatMap(([ref, entries]) => entries.map((entry) => entryLine(ref, entry)));
}

/** @param {Ref} ref */
export function refName(ref) {
  return characters(ref.name, ref.nameBytes);
}

/** @param {LogRecord} log */
export function logName(log) {
  return characters(log.ref, log.refBytes);
}

/**
 * @param {string} text
 * @param {Uint8Array} [exact] its bytes, where they are not UTF-8
 * @returns {string} a character for each byte
 */
export function characters(text, exact) {
  return Buffer.from(exact ?? Buffer.from(text)).toString('latin1');
}

/** @param {(string | number)[]} fields */
export function line(...fields) {
  return JSON.stringify(fields);
}

/**
 * What differs between two lists of lines; empty if nothing. Only the first few, since whole tables may differ.
 * @param {readonly string[]} found
 * @param {readonly string[]} expected
 */
export function differences(found, expected) {
  const differing = [];
  for (let at = 0; at < Math.max(found.length, expected.length) && differing.length < 5; at++) {
    if (found[at] !== expected[at]) differing.push({ at, found: found[at], expected: expected[at] });
  }
  return differing;
}

/**
 * Some elements of a list, from all over it: about 40, so that each can be looked up.
 * @template T
 * @param {readonly T[]} list
 */
export function sample(list) {
  const step = Math.ceil(list.length / 40);
  return list.filter((_, number) => number % step === 0);
}

/**
 * What a stack of tables holds in the end, in the order of a table: the newest record of each key, unless that is a tombstone.
 * @param {readonly import('./tables.mjs').TableContent[]} tables the oldest first
 * @returns {{ refs: Ref[], logs: LogUpdate[] }}
 */
export function merge(tables) {
  /** @type {Map<string, Ref>} */
  const refs = new Map();
  /** @type {Map<string, LogRecord>} */
  const logs = new Map();
  for (const table of tables) {
    for (const ref of table.refs) refs.set(refName(ref), ref);
    for (const log of table.logs) logs.set(`${logName(log)}\0${String(2 ** 50 - log.updateIndex).padStart(16, '0')}`, log);
  }
  return {
    refs: byKey(refs).filter((ref) => ref.kind !== 'deletion'),
    logs: byKey(logs).filter((log) => log.kind === 'update'),
  };
}

/**
 * @template T
 * @param {Map<string, T>} map
 * @returns {T[]} in the order of the keys' bytes
 */
function byKey(map) {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

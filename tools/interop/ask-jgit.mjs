// @ts-check
import { spawnSync } from 'node:child_process';
import { javaArgs } from '../jgit/jgit.mjs';

/**
 * A record as `Interop.java` prints it.
 * @typedef {{ kind: string } & Record<string, string>} Printed
 */

/** @typedef {{ records: Printed[], error?: string }} Answer */

/**
 * Asks JGit many things at once: to start a Java machine takes its time.
 * @param {string} classPath
 * @param {readonly (readonly string[])[]} requests
 * @returns {Answer[]}
 */
export function askJGit(classPath, requests) {
  const input = requests.map((fields) => `${fields.join('\t')}\n`).join('');
  const { status, stdout, stderr, error } = spawnSync('java', javaArgs(classPath, 'Interop'), { input, encoding: 'utf8', maxBuffer: 1 << 29 });
  if (error) throw error;
  if (status !== 0) throw new Error(`java ended with ${String(status)}: ${stderr}`);
  /** @type {Answer[]} */
  const answers = [];
  /** @type {Printed[]} */
  let records = [];
  for (const text of stdout.split('\n').slice(0, -1)) {
    const printed = /** @type {Printed | { end: true } | { error: string }} */ (JSON.parse(text));
    if ('kind' in printed) {
      records.push(printed);
      continue;
    }
    answers.push('error' in printed ? { records, error: printed.error } : { records });
    records = [];
  }
  if (answers.length !== requests.length) throw new Error(`${requests.length} requests, ${answers.length} answers: ${stderr}`);
  return answers;
}

/**
 * As a record of ours, for a ref that was printed.
 * @param {Printed} printed
 */
export function refOf(printed) {
  return /** @type {import('@reftable/block').Ref} */ ({ ...printed, updateIndex: Number(printed['updateIndex']) });
}

/**
 * As a record of ours, for a log entry that was printed.
 * @param {Printed} printed
 */
export function logOf(printed) {
  const { updateIndex, time, timeZone } = printed;
  const record = { ...printed, updateIndex: Number(updateIndex), time: Number(time), timeZone: Number(timeZone) };
  return /** @type {import('@reftable/block').LogRecord} */ (/** @type {unknown} */ (record));
}

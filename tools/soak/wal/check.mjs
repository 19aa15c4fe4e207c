// @ts-check
import { LogReaderSync, recoverSync } from '@reftable/sst-log';
import { LogFileSync } from '@reftable/sst-log/node';
import { batchOf, CALLERS } from './batches.mjs';

/**
 * Recovers a log that its writer did not finish, and compares what is in it with what was acknowledged.
 * @param {string} path
 * @param {readonly string[]} said the writer's lines
 * @returns {{ wrong: string[], batches: number, cut: number }} what is wrong; how many of the callers' batches the log has; how many bytes were cut off
 */
export function checkLog(path, said) {
  /** @type {string[]} */
  const wrong = [];
  const log = LogFileSync.openToRepair(path);
  const { keep, size } = recoverSync(log);
  const again = recoverSync(log);
  if (again.keep !== keep || again.size !== keep) wrong.push(`recovered once more, ${keep} bytes became ${again.keep}`);
  /** @type {number[]} */
  const counts = Array.from({ length: CALLERS }, () => 0);
  let expected = '';
  for (const entry of new LogReaderSync(log).entries()) {
    const key = new TextDecoder().decode(entry.key);
    const [caller = -1, number = -1, index = -1, entries = -1] = key.split('/').map(Number);
    if (expected === '' ? index !== 0 || counts[caller] !== number : key !== expected) wrong.push(`${key} where ${expected || `a batch of ${caller} after its ${Number(counts[caller]) - 1}`} should be`);
    expected = index + 1 < entries ? `${caller}/${number}/${index + 1}/${entries}` : '';
    if (expected === '') counts[caller] = number + 1;
    if (index === 0 && !isOf(caller, number, entry)) wrong.push(`${key}: not as it was appended`);
  }
  if (expected !== '') wrong.push(`the log ends before ${expected}`);
  log.closeSync();
  for (const line of said) {
    const [caller = -1, number = -1] = line.split(' ').map(Number);
    if (number >= 0 && Number(counts[caller]) <= number) wrong.push(`batch ${number} of caller ${caller} was acknowledged and is lost`);
  }
  return { wrong, batches: counts.reduce((sum, count) => sum + count, 0), cut: size - keep };
}

/** Whether an entry is the first of that batch. @param {number} caller @param {number} number @param {import('@reftable/sst-log').LogEntry} entry */
function isOf(caller, number, entry) {
  const batch = batchOf(caller, number);
  const { body } = batch;
  const value = entry.kind === 'put' ? entry.value : new Uint8Array(0);
  // The value is the only long run of its byte: comparing the batch's own bytes needs no second decoder.
  return entry.timestamp === number && (value.length === 0 || Buffer.from(body.buffer, body.byteOffset, body.length).includes(Buffer.from(value)));
}

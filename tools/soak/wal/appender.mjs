// @ts-check
// `appender.mjs LOG`: appends to a new log until it is killed, or the log can take no more. Says on stdout what was acknowledged, a line each.
import { writeSync } from 'node:fs';
import { ConcurrentLogWriter } from '@reftable/sst-log';
import { LogFile } from '@reftable/sst-log/node';
import { isReftableError } from '@reftable/varint';
import { batchOf, CALLERS } from './batches.mjs';

const writer = new ConcurrentLogWriter(await LogFile.create(String(process.argv[2])));

/** Whoever reads it reads what was written before the kill: nothing is held back here. @param {string} line */
function say(line) {
  writeSync(1, `${line}\n`);
}

/** @param {unknown} error */
function sayFailed(error) {
  if (!isReftableError(error)) throw error;
  say(`failed ${error.code} ${String(/** @type {{ code?: string }} */ (error.cause).code)}`);
}

/** @param {number} caller */
async function append(caller) {
  for (let number = 0; ; number++) {
    try {
      await writer.append(batchOf(caller, number));
    } catch (error) {
      sayFailed(error);
      // Nothing is ever claimed again.
      await writer.fsync().catch(sayFailed);
      return;
    }
    say(`${caller} ${number}`);
  }
}

say('ready');
await Promise.all(Array.from({ length: CALLERS }, (_, caller) => append(caller)));
await writer.close();

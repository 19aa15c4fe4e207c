// @ts-check
import { gitStacks } from '@reftable/conformance';
import { writeTable } from '@reftable/table';

/** @typedef {import('./records.mjs').Records} Records */

/**
 * A stack that Git wrote.
 * @param {string} name
 */
export function gitStack(name) {
  const stack = gitStacks().find((one) => one.name === name);
  if (stack === undefined) throw new Error(`no stack ${name} in the golden data`);
  return stack;
}

/** How the large table is written: small blocks, so that its indexes have several levels. */
export const LARGE_OPTIONS = { blockSize: 1024, minUpdateIndex: 1, maxUpdateIndex: 3000 };

/** Records of a table much larger than what a source asks for at once: 20,000 refs, 3,000 log entries. */
export function largeRecords() {
  /** @type {Records} */
  const records = { refs: [], logs: [] };
  for (let number = 0; number < 20_000; number++) {
    const name = `refs/changes/${pad(number % 100, 2)}/${pad(number, 5)}/1`;
    records.refs.push({ name, updateIndex: 1 + (number % 3000), kind: 'direct', oid: oid(number) });
  }
  for (let updateIndex = 1; updateIndex <= 3000; updateIndex++) {
    records.logs.push({
      ref: `refs/heads/branch-${updateIndex % 7}`,
      updateIndex,
      kind: 'update',
      oldOid: oid(updateIndex - 1),
      newOid: oid(updateIndex),
      name: 'Ünïcode Ñame',
      email: 'committer@example.invalid',
      time: 1_700_000_000 + updateIndex,
      timeZone: -330,
      message: `commit: change ${updateIndex}\n`,
    });
  }
  return records;
}

export function largeTable() {
  return writeTable(largeRecords(), LARGE_OPTIONS);
}

/** Ids that look random, which neither compress nor share much. @param {number} number */
function oid(number) {
  let state = number + 1;
  let hex = '';
  while (hex.length < 40) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    hex += pad((state >>> 8) % 0x1_0000, 4, 16);
  }
  return hex;
}

/** @param {number} number @param {number} width */
function pad(number, width, radix = 10) {
  return number.toString(radix).padStart(width, '0');
}

// @ts-check
import { isDeepStrictEqual } from 'node:util';
import { damagedSstLogs, sstLogs } from '@reftable/conformance';
import { xorshift } from '../soak/wal/random.mjs';
import * as ours from './ours.mjs';
import { randomBatches, randomDamage } from './random-log.mjs';

/** @typedef {import('@reftable/conformance').SstEntry} Entry */
/** @typedef {import('./peer.mjs').Peer} Peer */
/** @typedef {import('./peer.mjs').Reading} Reading */

/** What the crate calls our errors. @type {Readonly<Record<string, readonly string[]>>} */
const CODES = {
  LOG_TRUNCATED: ['system-error', 'corruption-truncation-no-second-header'],
  FRAME_PADDING: ['corruption-true-up-exceeds-header-max'],
  FRAME_DISCRIMINANT: ['corruption-invalid-discriminant'],
  FRAME_CRC: ['corruption-crc-checksum-failed'],
  FRAME_HEADER: ['corruption-header-size-exceeds-max'],
  FRAME_SIZE: ['corruption-entry-size-exceeds-max'],
  ENTRY_SHARED: ['corruption-shared-not-zero'],
  MESSAGE: ['unpack-log-header', 'unpack-key-value-entry'],
  BATCH_EMPTY: ['empty-batch'],
};

/** Whether two outcomes, `eof`, an offset or an error, are the same. @param {string} own @param {string} theirs */
function isSame(own, theirs) {
  return own === theirs || (CODES[own]?.includes(theirs) ?? false);
}

/** @param {readonly Entry[]} entries */
function texts(entries) {
  return entries.map(({ key, timestamp, value }) => `${Buffer.from(key).toString('hex')} ${timestamp} ${value === undefined ? '-' : Buffer.from(value).toString('hex')}`);
}

/**
 * The golden logs: what the crate that is there makes of them is what the golden data say, so that it is known which it is.
 * @param {Peer} peer
 * @returns {Promise<string[]>} what is wrong
 */
export async function compareGolden(peer) {
  /** @type {string[]} */
  const wrong = [];
  for (const { name, bytes, entries, setsum } of sstLogs()) {
    const found = await peer.read(bytes);
    if (found.end !== 'eof' || found.setsum !== setsum || !isDeepStrictEqual(texts(found.entries), texts(entries))) wrong.push(`golden log ${name}: the crate reads something else`);
  }
  let [asHead, asRelease] = [0, 0];
  for (const { name, bytes, outcome, outcomeOfRelease } of damagedSstLogs()) {
    const found = await peer.read(bytes);
    /** @param {import('@reftable/conformance').SstOutcome} expected */
    const agrees = (expected) => found.end === (expected.error?.code ?? 'eof') && isDeepStrictEqual(texts(found.entries), texts(expected.entries));
    if (outcomeOfRelease !== undefined) {
      if (agrees(outcome)) asHead++;
      else if (agrees(outcomeOfRelease)) asRelease++;
      else wrong.push(`${name}: the crate does neither what its head did nor its release`);
    } else if (!agrees(outcome)) wrong.push(`${name}: the crate does something else than the golden data say (${found.end})`);
  }
  const which = asRelease === 0 ? 'the head that the golden data come from' : asHead === 0 ? 'the release 0.24.0' : 'a state between the release 0.24.0 and the head';
  process.stdout.write(`the crate is ${which}; ${sstLogs().length} golden logs and ${damagedSstLogs().length} damaged ones compared\n`);
  return wrong;
}

/**
 * Random logs, both ways, sound and damaged.
 * @param {Peer} peer
 * @param {number} rounds
 * @param {number} seed
 * @returns {Promise<string[]>} what is wrong
 */
export async function compareRandom(peer, rounds, seed) {
  const random = xorshift(seed);
  /** @type {string[]} */
  const wrong = [];
  const counts = { logs: 0, batches: 0, entries: 0, bytes: 0, blocks: 0, damaged: 0, 'as the release': 0 };
  for (let round = 0; round < rounds; round++) {
    /** @param {string} what */
    const fail = (what) => wrong.push(`seed ${seed}, round ${round}: ${what}`);
    const batches = randomBatches(random);
    const own = ours.write(batches);
    const theirs = await peer.write(batches);
    counts.logs++;
    counts.batches += batches.length;
    counts.entries += batches.flat().length;
    counts.bytes += own.bytes.length;
    counts.blocks += Math.floor(own.bytes.length / 2 ** 20);
    if (Buffer.compare(own.bytes, theirs.bytes) !== 0 || own.setsum !== theirs.setsum) fail('the same batches are written otherwise');
    const read = await peer.read(own.bytes);
    if (read.end !== 'eof' || read.setsum !== own.setsum || !isDeepStrictEqual(texts(read.entries), texts(batches.flat()))) fail('the crate reads our log otherwise');
    if (!isDeepStrictEqual(summary(ours.read(theirs.bytes)), summary(read))) fail("we read the crate's log otherwise");
    if (Buffer.compare(ours.sort(own.bytes), await peer.sort(own.bytes)) !== 0) fail('sorted, it is otherwise');
    await compareConcurrent(peer, batches, own.setsum, fail);
    for (let change = 0; change < 8; change++) {
      counts.damaged++;
      const damaged = randomDamage(own.bytes, random);
      const verdict = await peer.read(damaged);
      const said = ours.read(damaged, { compat: 'crate' });
      if (agree(said, verdict)) continue;
      // The release takes no notice of what it can't parse in a header or an entry; what follows is anything.
      if (said.end === 'MESSAGE' || said.truncation === 'MESSAGE') counts['as the release']++;
      else fail(`of a damaged log we say ${said.end} after ${said.entries.length} entries, ${said.truncation}, the crate ${verdict.end} after ${verdict.entries.length}, ${verdict.truncation}`);
    }
  }
  const figures = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  process.stdout.write(`seed ${seed}: ${figures.join(', ')}\n`);
  return wrong;
}

/** @param {Reading} own @param {Reading} theirs */
function agree(own, theirs) {
  return isSame(own.end, theirs.end) && isSame(own.truncation, theirs.truncation) && isDeepStrictEqual(texts(own.entries), texts(theirs.entries));
}

/** @param {Reading} reading */
function summary({ end, setsum, truncation, entries }) {
  return { end, setsum, truncation, entries: texts(entries) };
}

/**
 * Several appends at once are several batches in one frame, in an order that nobody knows beforehand: what counts is what comes out.
 * @param {Peer} peer
 * @param {readonly (readonly Entry[])[]} batches
 * @param {string} setsum
 * @param {(what: string) => void} fail
 */
async function compareConcurrent(peer, batches, setsum, fail) {
  const expected = texts(batches.flat());
  const theirs = await peer.write(batches, 'concurrent');
  const found = ours.read(theirs.bytes);
  if (found.end !== 'eof' || found.setsum !== setsum || !isDeepStrictEqual(texts(found.entries).sort(), expected.toSorted())) fail("we read the crate's log of several threads otherwise");
  const own = await ours.writeConcurrently(batches);
  const read = await peer.read(own.bytes);
  if (read.end !== 'eof' || read.setsum !== setsum || !isDeepStrictEqual(texts(read.entries), expected)) fail('the crate reads our log of many callers otherwise');
}

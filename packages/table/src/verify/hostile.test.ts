/*
 * Bytes that no writer wrote. Whatever they are, a verification ends, throws nothing, and says the same on both faces. And where reading fails,
 * or an index leads to another answer than a scan, it has found an error: a table without one can be relied on.
 */
import { Random } from '@reftable/conformance/hostile';
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { LogRecord, Ref } from '@reftable/block';
import { isReftableError } from '@reftable/varint';
import { expect, test } from 'vitest';
import { mutate, seal, takeApart } from '../damage.testing.js';
import { headerSize } from '../header.js';
import { questionsOf, type Questions } from '../hostile.testing.js';
import type { TableSync } from '../table.js';
import { branches, CountingSource, deletion, direct, footerSizeOf, logDeletion, open, peeled, spreadOid, symbolic, update, write } from '../table.testing.js';
import { MAX_PER_CODE, SEVERITIES, type Finding } from './finding.js';
import { verifyTable, verifyTableSync } from './verify-table.js';

/** No table of these tests may take longer, in milliseconds. */
const MAX_TIME = 1000;

const names = Array.from({ length: 120 }, (_, index) => `refs/heads/b${index % 7}/${index}`);

function refs(size: number): Ref[] {
  return names.map((name, index) => {
    if (index % 5 === 0) return peeled(name, spreadOid(index, size), spreadOid(index + 500, size));
    if (index % 7 === 0) return deletion(name);
    return index % 11 === 0 ? symbolic(name, 'refs/heads/b1/1') : direct(name, spreadOid(index % 60, size));
  });
}

function logs(size: number): LogRecord[] {
  const ids = (index: number): { readonly oldOid: string; readonly newOid: string } => ({ oldOid: spreadOid(index, size), newOid: spreadOid(index + 1, size) });
  return names.map((name, index) => (index % 9 === 0 ? logDeletion(name) : update(name, 1, ids(index))));
}

const tables = [
  write({ refs: refs(20), logs: logs(20) }, { blockSize: 256 }),
  write({ refs: refs(20), logs: logs(20) }, { blockSize: 200, aligned: false }),
  write({ refs: refs(32), logs: logs(32) }, { blockSize: 512, hash: 'sha256' }),
  write({ logs: logs(20) }, { blockSize: 300 }),
  write({ refs: refs(20) }),
  write({ refs: branches(300) }, { blockSize: 128 }),
  write({}),
];

/** Verifies on both faces. What is wrong with that is told together with the bytes. */
async function verify(bytes: Uint8Array, damage: string): Promise<Finding[]> {
  try {
    const started = performance.now();
    const found = verifyTableSync(new CountingSource(bytes));
    expect(performance.now() - started).toBeLessThan(MAX_TIME);
    expect(await verifyTable(new CountingSource(bytes))).toEqual(found);
    expect(found.length).toBeLessThanOrEqual(Object.keys(SEVERITIES).length * (MAX_PER_CODE + 1));
    for (const { code, severity, offset = 0 } of found) {
      expect(severity).toBe(SEVERITIES[code]);
      expect(offset >= 0 && offset <= bytes.length).toBe(true);
    }
    return found;
  } catch (error) {
    throw new Error(`${damage}: ${(error as Error).message}\n${Buffer.from(bytes).toString('base64')}`, { cause: error });
  }
}

/** What goes wrong in reading a table, if anything does. */
function fault(bytes: Uint8Array, questions: Questions): string | undefined {
  try {
    return disagreement(open(bytes), questions);
  } catch (error) {
    if (isReftableError(error, 'format', 'unsupported')) return error.message;
    throw error;
  }
}

/** Where lookups say other than a scan. */
function disagreement(table: TableSync, { names, ids }: Questions): string | undefined {
  for (const block of table.blocks()) expect(block.sizeOnDisk).toBeGreaterThan(0);
  const all = [...table.refs({ tombstones: true })];
  const entries = [...table.logs({ tombstones: true })];
  const some = <T>(list: readonly T[]): T[] => list.filter((_, index) => index % 5 === 0);
  for (const ref of some(all)) {
    const [found] = table.refs({ from: ref.nameBytes ?? ref.name, tombstones: true });
    if (!isDeepStrictEqual(found, ref)) return `ref ${ref.name}`;
  }
  for (const log of some(entries)) {
    const [found] = table.log(log.refBytes ?? log.ref, { from: log.updateIndexExact ?? log.updateIndex, tombstones: true });
    if (!isDeepStrictEqual(found, log)) return `log ${log.ref}`;
  }
  for (const name of some(names)) expect([table.getRef(name), ...table.log(name)]).not.toHaveLength(0);
  for (const id of some(ids)) {
    const hex = Buffer.from(id.subarray(0, table.tableCore.idSize)).toString('hex');
    const wanted = all.filter((ref) => ('oid' in ref && ref.oid === hex) || ('peeled' in ref && ref.peeled === hex));
    if (!isDeepStrictEqual(table.refsByObject(hex), wanted)) return `id ${hex}`;
  }
  return undefined;
}

async function check(bytes: Uint8Array, questions: Questions, damage: string): Promise<void> {
  const found = await verify(bytes, damage);
  if (found.some(({ severity }) => severity === 'error')) return;
  const unnoticed = fault(bytes, questions);
  if (unnoticed !== undefined) throw new Error(`${damage} goes unnoticed: ${unnoticed}\n${Buffer.from(bytes).toString('base64')}`);
}

test('as they are, they have no fault', async () => {
  for (const bytes of tables) {
    expect(await verify(bytes, 'no damage')).toEqual([]);
    expect(fault(bytes, questionsOf(bytes, 50))).toBeUndefined();
  }
});

test('random damage', async () => {
  const random = new Random(20_260);
  const parts = tables.map(takeApart);
  const questions = tables.map((bytes) => questionsOf(bytes, 50));
  for (let round = 0; round < 800; round++) {
    const at = random.below(tables.length);
    await check(mutate(parts[at]!, random.pick(parts), random), questions[at]!, `round ${round}`);
  }
}, 120_000);

test('each byte of a small table set to other values, also behind a checksum that is right', async () => {
  const bytes = write({ refs: branches(10), logs: [update('HEAD'), logDeletion('refs/heads/x')] }, { blockSize: 128 });
  const questions = questionsOf(bytes, 10);
  for (const [at, byte] of bytes.entries()) {
    for (const value of new Set([0, 0xff, byte ^ 1, byte ^ 0x80])) {
      if (value === byte) continue;
      const damaged = bytes.with(at, value);
      await check(damaged, questions, `byte ${at} set to ${value}`);
      const isHeader = at < headerSize(1);
      if (isHeader || at >= bytes.length - footerSizeOf(bytes)) await check(seal(damaged, isHeader), questions, `byte ${at} set to ${value}, sealed`);
    }
  }
}, 120_000);

test('cut off at each byte: an error, if not the same table', async () => {
  const bytes = tables[5]!;
  for (let size = 0; size < bytes.length; size += 7) {
    const found = await verify(bytes.subarray(0, size), `cut at ${size}`);
    expect(found.some(({ severity }) => severity === 'error')).toBe(true);
  }
});

/** A table whose blocks are whatever stands between a first block and the footer. */
function around(middle: Uint8Array): Uint8Array {
  const table = write({ refs: [deletion('A')] });
  const end = table.length - footerSizeOf(table);
  return Uint8Array.from(Buffer.concat([table.subarray(0, end), middle, table.subarray(end)]));
}

/** A block with the tombstone of `a`. */
const SMALL = [0x72, 0, 0, 13, 0, 8, 0x61, 0, 0, 0, 4, 0, 1];

test.each([
  ['zeros', [0]],
  ['what begins like a block', [0x72]],
  ['blocks that say they are large', [0x72, 0x00, 0xff, 0xff]],
  ['blocks that say they are larger than the file', [...SMALL, 0x72, 0xff, 0xff, 0xff]],
  ['log blocks that are none', [0x67, 0x00, 0xff, 0xff, 0x78, 0x9c]],
  ['log blocks that say they are larger than the file', [0x67, 0xff, 0xff, 0xff, 0x78, 0x9c, 0x03, 0x00]],
  ['small blocks with the same key', SMALL],
  ['small blocks of an index', [0x69, ...SMALL.slice(1)]],
])('%s, again and again, take time as they are many', (_, pattern) => {
  const repeated = (size: number): Uint8Array => around(Uint8Array.from({ length: size }, (_, index) => pattern[index % pattern.length]!));
  const time = (size: number): number => {
    const bytes = repeated(size);
    const started = process.cpuUsage().user;
    const found = verifyTableSync(new CountingSource(bytes));
    expect(found.some(({ severity }) => severity === 'error')).toBe(true);
    return (process.cpuUsage().user - started) / 1000;
  };
  time(50_000);
  // Where time went with the square, this would be 64 times as long.
  expect(time(800_000)).toBeLessThan(500 + 24 * time(100_000));
}, 60_000);

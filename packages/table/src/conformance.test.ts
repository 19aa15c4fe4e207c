/* The golden data: what Git, JGit and others wrote is read as they say that it is. */
import { isExistenceMarker, type LogRecord, type LogUpdate, type Ref } from '@reftable/block';
import { craftedTables, exact, gitStacks, jgitStacks, jgitTables, type GitContents, type StackTable, type TableContents } from '@reftable/conformance';
import { compareBytes } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { logOf, refOf } from './conformance.testing.js';
import { openTable, type TableSync } from './table.js';
import { all, contentOf, CountingSource, open } from './table.testing.js';

const nameOf = (ref: Ref): string | Uint8Array => ref.nameBytes ?? ref.name;
const refNameOf = (log: LogRecord): string | Uint8Array => log.refBytes ?? log.ref;
const bytesOfName = (name: string | Uint8Array): Uint8Array => (typeof name === 'string' ? new TextEncoder().encode(name) : name);

/** At most so many of them, spread over all, the first and the last among them. */
function sample<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** Holds a table against what is expected to be in it: by scans, seeks, lookups and on the async face. */
async function check(bytes: Uint8Array, expected: TableContents): Promise<void> {
  const refs = expected.refs.map(refOf);
  const logs = expected.logs.map(logOf);
  const table = open(bytes);
  const { minUpdateIndexExact, maxUpdateIndexExact, size } = table.info;
  expect({ minUpdateIndexExact, maxUpdateIndexExact, size }).toEqual({
    minUpdateIndexExact: exact(expected.minUpdateIndex),
    maxUpdateIndexExact: exact(expected.maxUpdateIndex),
    size: expected.size,
  });
  expect(contentOf(table)).toEqual({ refs, logs });
  const async = await openTable(new CountingSource(bytes));
  expect(await all(async.refs({ tombstones: true }))).toEqual(refs);
  expect(await all(async.logs({ tombstones: true }))).toEqual(logs);
  checkRefs(table, refs);
  checkLogs(table, logs);
  checkBlocks(table, bytes);
}

function checkRefs(table: TableSync, refs: readonly Ref[]): void {
  for (const ref of sample(refs, 500)) {
    expect(table.getRef(nameOf(ref))).toEqual(ref.kind === 'deletion' ? undefined : ref);
    expect(table.refs({ from: nameOf(ref), tombstones: true }).next().value).toEqual(ref);
    expect(table.getRef(Uint8Array.of(...bytesOfName(nameOf(ref)), 1))).toBeUndefined();
  }
  const byId = grouped(refs, (ref) => (ref.kind === 'direct' ? [ref.oid] : ref.kind === 'peeled' ? [ref.oid, ref.peeled] : []));
  for (const [id, mentioning] of sample([...byId], 200)) expect(table.refsByObject(id)).toEqual(mentioning);
  const absent = 'ab'.repeat(table.tableCore.idSize);
  expect(table.refsByObject(absent)).toEqual(byId.get(absent) ?? []);
}

function checkLogs(table: TableSync, logs: readonly LogRecord[]): void {
  const byName = grouped(logs, (log) => [Buffer.from(bytesOfName(refNameOf(log))).toString('hex')]);
  for (const [, ofName] of sample([...byName], 200)) {
    const name = refNameOf(ofName[0]!);
    expect([...table.log(name, { tombstones: true })]).toEqual(ofName);
    for (const log of sample(ofName, 5)) {
      const from = log.updateIndexExact ?? log.updateIndex;
      expect([...table.log(name, { from, tombstones: true })]).toEqual(ofName.slice(ofName.indexOf(log)));
    }
  }
}

/** Every byte before the footer is in a block, or is padding. */
function checkBlocks(table: TableSync, bytes: Uint8Array): void {
  let end = [...table.blocks()][0]?.position ?? 0;
  for (const block of table.blocks()) {
    expect(block.position).toBe(end);
    expect(bytes.subarray(block.position + block.sizeOnDisk, block.end).every((byte) => byte === 0)).toBe(true);
    ({ end } = block);
  }
  expect([0, bytes.length - (table.info.version === 1 ? 68 : 72)]).toContain(end);
}

describe('tables of stacks that Git wrote', () => {
  for (const stack of gitStacks()) {
    const tables: StackTable[] = [...stack.tables, ...stack.worktrees.flatMap((worktree) => worktree.tables)];
    test(`${stack.group}/${stack.name}`, async () => {
      for (const { bytes, reading } of tables) {
        expect(open(bytes).info).toMatchObject({ hash: stack.hash, version: reading!.version, blockSize: stack.expected.config.block_size });
        await check(bytes, reading!);
      }
      checkMerged(stack.tables, stack.expected);
      for (const worktree of stack.worktrees) checkMerged(worktree.tables, worktree.expected);
    });
  }

  /** Lays the tables over one another in the plainest way, and holds the result against Git's listing. */
  function checkMerged(tables: readonly StackTable[], expected: GitContents): void {
    const refs = new Map<string, Ref>();
    const logs = new Map<string, LogRecord>();
    for (const { bytes } of tables) {
      const content = contentOf(open(bytes));
      for (const ref of content.refs) refs.set(Buffer.from(bytesOfName(nameOf(ref))).toString('hex'), ref);
      for (const log of content.logs) logs.set(`${Buffer.from(bytesOfName(refNameOf(log))).toString('hex')} ${String(log.updateIndexExact ?? log.updateIndex)}`, log);
    }
    const live = [...refs.values()].filter(({ kind }) => kind !== 'deletion').sort((a, b) => compareBytes(bytesOfName(nameOf(a)), bytesOfName(nameOf(b))));
    expect(live.map(asGitLists)).toEqual(
      expected.refs.map((ref) => Object.fromEntries(Object.entries(ref).filter(([key]) => key !== 'resolved'))),
    );
    const updates = [...logs.values()].filter((log): log is LogUpdate => log.kind === 'update');
    const byName = grouped(updates, (log) => [Buffer.from(bytesOfName(refNameOf(log))).toString('hex')]);
    const listed = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ofName]) => ({
      ...hexOr('ref', ofName[0]!.ref, ofName[0]!.refBytes),
      entries: ofName
        .filter((log) => !isExistenceMarker(log))
        .sort((a, b) => b.updateIndex - a.updateIndex)
        .map((log) => ({
          old: log.oldOid,
          new: log.newOid,
          ...hexOr('name', log.name, log.nameBytes),
          ...hexOr('email', log.email, log.emailBytes),
          time: log.timeExact === undefined ? log.time : String(log.timeExact),
          tz: `${log.timeZone < 0 ? '-' : '+'}${String(Math.abs(log.timeZone)).padStart(4, '0')}`,
          ...hexOr('message', log.message.replace(/\n$/, ''), log.messageBytes?.slice(0, -1)),
        })),
    }));
    expect(listed).toEqual(expected.logs);
  }

  function asGitLists(ref: Ref): object {
    const name = hexOr('name', ref.name, ref.nameBytes);
    if (ref.kind === 'symbolic') return { ...name, ...hexOr('symref', ref.target, ref.targetBytes) };
    if (ref.kind === 'deletion') throw new Error('a tombstone is not listed');
    return { ...name, oid: ref.oid, ...(ref.kind === 'peeled' && { peeled: ref.peeled }) };
  }

  function hexOr(key: string, value: string, bytes: Uint8Array | undefined): Record<string, string> {
    return bytes === undefined ? { [key]: value } : { [`${key}_hex`]: Buffer.from(bytes).toString('hex') };
  }
});

describe('tables that JGit wrote', () => {
  test.each(jgitTables())('$name', async ({ bytes, expected }) => {
    await check(bytes, expected);
  });
});

describe('tables of stacks that JGit wrote', () => {
  test.each(jgitStacks())('$name', ({ tables, expected }) => {
    for (const [i, { bytes, name }] of tables.entries()) {
      const table = open(bytes);
      const { refs, logs } = contentOf(table);
      const { minUpdateIndex, maxUpdateIndex, size } = table.info;
      expect({ name, size, minUpdateIndex, maxUpdateIndex, ref_records: refs.length, log_records: logs.length }).toEqual(expected.tables[i]);
      checkRefs(table, refs);
      checkLogs(table, logs);
      checkBlocks(table, bytes);
    }
  });
});

describe('tables that neither would write', () => {
  test.each(craftedTables())('$name', async ({ bytes, expected }) => {
    expect(open(bytes).info).toMatchObject({ hash: expected.hash, version: expected.version, blockSize: expected.blockSize });
    await check(bytes, expected);
  });
});

/* The merged view of every stack that Git and JGit wrote is what they say it is. */
import { isExistenceMarker, type LogRecord, type Ref } from '@reftable/block';
import { bytesOf, exact, gitStacks, jgitStacks, type GitContents, type GitLog, type GitRef, type LogRecord as ExpectedLog, type RefRecord, type StackTable } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { openTable, openTableSync } from '@reftable/table';
import { describe, expect, test } from 'vitest';
import { MergedTable, MergedTableSync } from './merged-table.js';
import { all } from './merged.testing.js';

interface Bytes {
  readonly bytes: Uint8Array;
}

function openSync(tables: readonly Bytes[], hash?: 'sha1' | 'sha256'): MergedTableSync {
  return new MergedTableSync(tables.map(({ bytes }) => openTableSync(new BytesSource(bytes))), hash);
}

async function openAsync(tables: readonly Bytes[], hash?: 'sha1' | 'sha256'): Promise<MergedTable> {
  return new MergedTable(await Promise.all(tables.map(({ bytes }) => openTable(new BytesSource(bytes)))), hash);
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const raw = (text: string | undefined, exactBytes: Uint8Array | undefined) => latin1(exactBytes ?? Buffer.from(text ?? ''));

/** A ref as a line of its name and what it holds, in latin1. */
function line(ref: Ref): string {
  const name = raw(ref.name, ref.nameBytes);
  if (ref.kind === 'deletion') return `${name} deleted`;
  if (ref.kind === 'symbolic') return `${name} -> ${raw(ref.target, ref.targetBytes)}`;
  return `${name} ${ref.oid}${ref.kind === 'peeled' ? ` ${ref.peeled}` : ''}`;
}

function gitLine(ref: GitRef): string {
  const name = latin1(bytesOf(ref, 'name'));
  return 'oid' in ref ? `${name} ${ref.oid}${ref.peeled === undefined ? '' : ` ${ref.peeled}`}` : `${name} -> ${latin1(bytesOf(ref, 'symref'))}`;
}

function jgitLine(ref: RefRecord): string {
  const name = latin1(bytesOf(ref, 'name'));
  if (ref.kind === 'deletion') return `${name} deleted`;
  if (ref.kind === 'symbolic') return `${name} -> ${latin1(bytesOf(ref, 'target'))}`;
  return `${name} ${ref.oid}${ref.kind === 'peeled' ? ` ${ref.peeled}` : ''}`;
}

/** An entry as a line of whose it is and what it says. */
function logLine(log: LogRecord): string {
  const name = raw(log.ref, log.refBytes);
  if (log.kind === 'deletion') return `${name} deleted`;
  const who = `${raw(log.name, log.nameBytes)} <${raw(log.email, log.emailBytes)}>`;
  return [name, log.oldOid, log.newOid, who, log.timeExact ?? log.time, log.timeZone, raw(log.message, log.messageBytes)].join(' ');
}

/** What Git shows of a log: not the newline at a message's end. */
function gitLogLines(logs: readonly GitLog[]): string[] {
  return logs.flatMap((log) =>
    log.entries.map((entry) => {
      const who = `${latin1(bytesOf(entry, 'name'))} <${latin1(bytesOf(entry, 'email'))}>`;
      return [latin1(bytesOf(log, 'ref')), entry.old, entry.new, who, exact(entry.time), Number(entry.tz), `${latin1(bytesOf(entry, 'message'))}\n`].join(' ');
    }),
  );
}

function jgitLogLine(log: ExpectedLog): string {
  const name = latin1(bytesOf(log, 'ref'));
  if (log.kind === 'deletion') return `${name} deleted`;
  const who = `${latin1(bytesOf(log, 'name'))} <${latin1(bytesOf(log, 'email'))}>`;
  return [name, log.old, log.new, who, exact(log.time), log.tz, latin1(bytesOf(log, 'message'))].join(' ');
}

/** The other ways to the same refs and logs. */
function checkLookups(merged: MergedTableSync): void {
  const refs = [...merged.refs()];
  expect([...merged.names()]).toEqual(refs.map(({ name }) => name));
  const byId = new Map<string, Ref[]>();
  for (const ref of refs) {
    expect(merged.getRef(ref.nameBytes ?? ref.name)).toEqual(ref);
    if (!('oid' in ref)) continue;
    for (const id of new Set([ref.oid, ...('peeled' in ref ? [ref.peeled] : [])])) byId.set(id, [...(byId.get(id) ?? []), ref]);
  }
  for (const [id, expected] of [...byId].slice(0, 200)) expect(merged.refsByObject(id)).toEqual(expected);
  const logs = [...merged.logs()];
  for (const [name, log] of new Map(logs.map((log) => [raw(log.ref, log.refBytes), log]))) {
    const own = logs.filter((other) => raw(other.ref, other.refBytes) === name);
    expect([...merged.log(log.refBytes ?? log.ref)]).toEqual(own);
  }
}

interface GitCase {
  readonly name: string;
  readonly hash: 'sha1' | 'sha256';
  readonly tables: readonly StackTable[];
  readonly expected: GitContents;
}

const gitCases = gitStacks().flatMap((stack): GitCase[] => {
  const name = `${stack.group}/${stack.name}`;
  const { hash, tables, expected } = stack;
  const linked = stack.worktrees.map((one) => ({ name: `${name}, worktree ${one.name}`, hash, tables: one.tables, expected: one.expected }));
  return [{ name, hash, tables, expected }, ...linked];
});

describe.each(gitCases)('$name', ({ hash, tables, expected }) => {
  const merged = openSync(tables, hash);

  test('refs', () => {
    expect([...merged.refs()].map(line)).toEqual(expected.refs.map(gitLine));
  });

  test('logs', () => {
    const shown = [...merged.logs()].filter((log) => log.kind === 'deletion' || !isExistenceMarker(log));
    expect(shown.map(logLine)).toEqual(gitLogLines(expected.logs));
    const names = [...new Set([...merged.logs()].map((log) => raw(log.ref, log.refBytes)))];
    expect(names).toEqual(expected.logs.map((log) => latin1(bytesOf(log, 'ref'))));
  });

  test('the update index of each ref is that of its newest record', () => {
    const indexes = new Map<string, bigint>();
    for (const { reading } of tables) for (const ref of reading!.refs) indexes.set(latin1(bytesOf(ref, 'name')), exact(ref.updateIndex));
    for (const ref of merged.refs()) expect(ref.updateIndexExact ?? BigInt(ref.updateIndex)).toBe(indexes.get(raw(ref.name, ref.nameBytes)));
  });

  test('lookups, and the async face', async () => {
    checkLookups(merged);
    const later = await openAsync(tables, hash);
    expect(await all(later.refs({ tombstones: true }))).toEqual([...merged.refs({ tombstones: true })]);
    expect(await all(later.logs({ tombstones: true }))).toEqual([...merged.logs({ tombstones: true })]);
  });
});

describe.each(jgitStacks().map((stack) => ({ name: stack.name, stack })))('jgit/$name', ({ stack: { tables, expected } }) => {
  const merged = openSync(tables);

  test('refs, with their update indexes', () => {
    expect([...merged.refs()].map(line)).toEqual(expected.refs.map(jgitLine));
    expect([...merged.refs()].map(({ updateIndex }) => BigInt(updateIndex))).toEqual(expected.refs.map(({ updateIndex }) => exact(updateIndex)));
  });

  test('logs, with their update indexes', () => {
    expect([...merged.logs()].map(logLine)).toEqual(expected.logs.map(jgitLogLine));
    expect([...merged.logs()].map(({ updateIndex }) => BigInt(updateIndex))).toEqual(expected.logs.map(({ updateIndex }) => exact(updateIndex)));
  });

  test('lookups, and the async face', async () => {
    checkLookups(merged);
    expect(await all((await openAsync(tables)).refs())).toEqual([...merged.refs()]);
  });
});

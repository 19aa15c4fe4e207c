import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { craftedTables, damagedStacks, damagedTables, exact, gitStacks, jgitStacks, jgitTables } from './index.js';
import type { GitContents, GitGroup, LogRecord, RefRecord, StackTable } from './index.js';

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

interface Stack {
  readonly directory: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly tables: readonly StackTable[];
}

/** Files and tables of a stack are those that its expectation lists, on disk too. */
function checkFiles(stack: Stack, expected: readonly { readonly name: string; readonly size: number }[]) {
  const names = expected.map(({ name }) => name);
  expect([...stack.files.keys()].toSorted()).toEqual([...names, 'tables.list'].toSorted());
  expect(text(stack.files.get('tables.list'))).toBe(names.map((name) => `${name}\n`).join(''));
  expect(stack.tables.map(({ name, bytes }) => [name, bytes.length])).toEqual(expected.map(({ name, size }) => [name, size]));
  for (const { path, bytes } of stack.tables) expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(existsSync(`${stack.directory}/tables.list`)).toBe(true);
}

const ids = (record: RefRecord | LogRecord): readonly string[] =>
  [...('oid' in record ? [record.oid] : []), ...('peeled' in record ? [record.peeled] : []), ...('old' in record ? [record.old, record.new] : [])];

const kinds = new Set(['deletion', 'direct', 'peeled', 'symbolic', 'update']);

/** Every record is of a known kind, with whole ids. */
function checkRecords(refs: readonly RefRecord[], logs: readonly LogRecord[], hash: 'sha1' | 'sha256') {
  const id = hash === 'sha1' ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/;
  const wrong = [...refs, ...logs].filter(
    (record) => !kinds.has(record.kind) || exact(record.updateIndex) < 0n || !ids(record).every((one) => id.test(one)),
  );
  expect(wrong).toEqual([]);
}

describe('stacks that Git wrote', () => {
  function checkStack(stack: Stack & { readonly expected: GitContents }, hash: 'sha1' | 'sha256') {
    checkFiles(stack, stack.expected.tables);
    for (const [i, { bytes, reading }] of stack.tables.entries()) {
      expect(reading).toMatchObject({ version: hash === 'sha1' ? 1 : 2, size: bytes.length });
      checkRecords(reading!.refs, reading!.logs, hash);
      const { live_refs = stack.expected.refs.length } = stack.expected.tables[i]!;
      expect(reading!.refs.filter(({ kind }) => kind !== 'deletion')).toHaveLength(live_refs);
    }
  }

  test.each(gitStacks())('$group/$name', (stack) => {
    expect(stack.expected.case).toBe(stack.name);
    expect(stack.hash).toBe(stack.expected.object_format);
    checkStack(stack, stack.hash);
    for (const worktree of stack.worktrees) checkStack(worktree, stack.hash);
  });

  test('both sets have the same cases, also under the same settings but for one', () => {
    const facts = (group: GitGroup) => gitStacks(group).map(({ name, hash, expected }) => ({ name, hash, config: expected.config }));
    const differing = facts('git-generated').filter((one, i) => !isDeepStrictEqual(one, facts('git')[i]));
    expect(differing.map(({ name }) => name)).toEqual(['objects-many-refs-each']);
  });

  test.each(['git', 'git-generated'] as const)('%s: each is of the group asked for, and there are two linked worktrees', (group) => {
    expect(new Set(gitStacks(group).map((stack) => stack.group))).toEqual(new Set([group]));
    expect(gitStacks(group).flatMap(({ worktrees }) => worktrees)).toHaveLength(2);
  });

  test('logs that JGit could not find where Git wrote them are there', () => {
    const logs = gitStacks('git').find(({ name }) => name === 'log-only-stack')!.tables.flatMap(({ reading }) => reading!.logs);
    expect(logs).toHaveLength(3);
  });

  test('what is read once is kept', () => {
    const stack = gitStacks()[0]!;
    expect(stack.files).toBe(stack.files);
    expect(stack.expected).toBe(stack.expected);
    expect(stack.tables[0]!.reading).toBe(stack.tables[0]!.reading);
  });
});

describe('tables that JGit wrote', () => {
  test.each(jgitTables())('$name', (table) => {
    expect(table.expected).toMatchObject({ case: table.name, description: table.description, size: table.bytes.length });
    expect(readFileSync(table.path).equals(table.bytes)).toBe(true);
    checkRecords(table.expected.refs, table.expected.logs, table.hash);
  });
});

describe('stacks that JGit wrote', () => {
  test.each(jgitStacks())('$name', (stack) => {
    expect(stack.expected.case).toBe(stack.name);
    checkFiles(stack, stack.expected.tables);
    checkRecords(stack.expected.refs, stack.expected.logs, 'sha1');
  });
});

describe('crafted tables', () => {
  test.each(craftedTables())('$name', (table) => {
    expect(table.expected).toMatchObject({ case: table.name, hash: table.hash, size: table.bytes.length });
    expect(table.bytes[4]).toBe(table.expected.version);
    checkRecords(table.expected.refs, table.expected.logs, table.hash);
  });
});

describe('damaged data', () => {
  test.each(damagedTables())('$name', (table) => {
    const { expected } = table;
    expect(expected).toMatchObject({ case: table.name, description: table.description, size: table.bytes.length });
    expect(['open', 'scan-refs', 'seek', 'scan-logs', 'by-object']).toContain(expected.step);
    expect(expected.at !== undefined).toBe(expected.step === 'seek' || expected.step === 'by-object');
  });

  test.each(damagedStacks())('stack $name', (stack) => {
    expect(stack.expected).toMatchObject({ case: stack.name, step: 'open' });
    expect(stack.files.has('tables.list')).toBe(stack.name !== 'list-missing');
  });

  test('README.md explains each failure that there is, and no other', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const explained = [...readme.matchAll(/^\| `([a-z-]+)` \| (?:file|block|record|index|stream|stack) \|/gm)].map(([, failure]) => failure!);
    const used = [...damagedTables(), ...damagedStacks()].map(({ expected }): string => expected.failure);
    expect(explained.toSorted()).toEqual([...new Set(used)].toSorted());
  });
});

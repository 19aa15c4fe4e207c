import {
  craftedTables,
  gitStacks,
  jgitStacks,
  jgitTables,
  type GitContents,
  type LogRecord,
  type Reading,
  type RefRecord,
} from '@reftable/conformance';
import { writeTable } from '@reftable/table';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { output, scratchFolder, writeTree } from './cli.testing.js';

async function dumped(path: string): Promise<unknown> {
  return JSON.parse(await output('dump', '--json', path));
}

/** The order of keys is part of the promise: `toEqual` would not see it. */
function inOrder(value: unknown): string {
  return JSON.stringify(value);
}

describe('a table that JGit wrote', () => {
  it.each(jgitTables())('$name: every record as it was given to the writer', async ({ path, expected }) => {
    const { minUpdateIndex, maxUpdateIndex, size, refs, logs } = expected;
    expect(inOrder(await dumped(path))).toBe(inOrder({ minUpdateIndex, maxUpdateIndex, size, refs, logs }));
  });
});

describe('a table that was put together by hand', () => {
  it.each(craftedTables())('$name', async ({ path, expected }) => {
    const { minUpdateIndex, maxUpdateIndex, size, refs, logs } = expected;
    expect(await dumped(path)).toEqual({ minUpdateIndex, maxUpdateIndex, size, refs, logs });
  });
});

describe('a stack that Git wrote', () => {
  const stacks = gitStacks('git').flatMap((stack) => [stack, ...stack.worktrees]);
  const cases = stacks.map((stack) => ({ path: stack.directory, stack, title: stack.directory.split('/').slice(-4, -1).join('/') }));

  it.each(cases)('$title: what Git lists', async ({ path, stack }) => {
    const expected: GitContents = stack.expected;
    const tables = expected.tables.map(({ name, size }) => ({ name, size }));
    const refs = expected.refs.map((ref) => Object.fromEntries(Object.entries(ref).filter(([key]) => key !== 'resolved')));
    expect(inOrder(await dumped(path))).toBe(inOrder({ tables, refs, logs: expected.logs }));
  });

  it.each(cases)('$title: table by table, what others read', async ({ stack }) => {
    for (const { path, reading } of stack.tables) {
      if (reading === undefined) continue;
      expect(await dumped(path), path).toEqual(contentsOf(reading));
    }
  });
});

/** What a reading says of a table's records, without what it adds of its own. */
function contentsOf({ minUpdateIndex, maxUpdateIndex, size, refs, logs }: Reading): unknown {
  const plain = logs.map((log) => Object.fromEntries(Object.entries(log).filter(([key]) => key !== 'time_stored')));
  const stored = logs.map((log) => (log as { readonly time_stored?: string }).time_stored);
  return {
    minUpdateIndex,
    maxUpdateIndex,
    size,
    refs,
    logs: plain.map((log, index) => (stored[index] === undefined ? log : { ...log, time: stored[index] })),
  };
}

describe('a stack that JGit wrote', () => {
  it.each(jgitStacks())('$name, in the form of those that Git wrote', async ({ directory, expected }) => {
    const tables = expected.tables.map(({ name, size }) => ({ name, size }));
    expect(await dumped(directory)).toEqual({ tables, refs: expected.refs.map(asGitRef), logs: asGitLogs(expected.logs) });
  });
});

function asGitRef(ref: RefRecord): unknown {
  if (ref.kind === 'symbolic') return { name: ref.name, symref: ref.target };
  if (ref.kind === 'peeled') return { name: ref.name, oid: ref.oid, peeled: ref.peeled };
  return ref.kind === 'direct' ? { name: ref.name, oid: ref.oid } : undefined;
}

function asGitLogs(logs: readonly LogRecord[]): unknown {
  const names = new Set(logs.map(({ ref }) => ref));
  return Array.from(names, (name) => ({
    ref: name,
    entries: logs.flatMap((log) => {
      if (log.ref !== name || log.kind === 'deletion') return [];
      const { old, new: now, name: who, email, time, tz, message = '' } = log;
      // Git shows no entry that leads from nothing to nothing. JGit writes them for symbolic refs.
      if (/^0+$/.test(old + now)) return [];
      const digits = String(Math.abs(tz)).padStart(4, '0');
      return [{ old, new: now, name: who, email, time, tz: (tz < 0 ? '-' : '+') + digits, message: message.replace(/\n$/, '') }];
    }),
  }));
}

describe('what a string or number of JSON can not hold', () => {
  const folder = scratchFolder();
  const bytes = Uint8Array.from(Buffer.from('refs/heads/caf\xe9', 'latin1'));
  const huge = 2n ** 60n;
  const oid = 'ab'.repeat(20);
  const table = writeTable(
    {
      refs: [
        { name: bytes, updateIndex: huge, kind: 'direct', oid },
        { name: 'refs/heads/\u202e\x9b', updateIndex: huge, kind: 'symbolic', target: bytes },
      ],
      logs: [
        {
          ref: bytes,
          updateIndex: huge,
          kind: 'update',
          oldOid: oid,
          newOid: oid,
          name: bytes,
          email: bytes,
          time: 2n ** 63n,
          timeZone: -5,
          message: bytes,
        },
      ],
    },
    { minUpdateIndex: huge, maxUpdateIndex: huge },
  );
  writeTree(folder, { 'a.ref': table, 'tables.list': 'a.ref\n' });
  const hex = Buffer.from(bytes).toString('hex');
  const indexed = { updateIndex: '1152921504606846976' };

  it('is given in hex or as a string, of a table', async () => {
    expect(await dumped(join(folder, 'a.ref'))).toEqual({
      minUpdateIndex: indexed.updateIndex,
      maxUpdateIndex: indexed.updateIndex,
      size: table.length,
      refs: [
        { name_hex: hex, ...indexed, kind: 'direct', oid },
        { name: 'refs/heads/\u202e\x9b', ...indexed, kind: 'symbolic', target_hex: hex },
      ],
      logs: [
        {
          ref_hex: hex,
          ...indexed,
          kind: 'update',
          old: oid,
          new: oid,
          name_hex: hex,
          email_hex: hex,
          time: '9223372036854775808',
          tz: -5,
          message_hex: `${hex}0a`,
        },
      ],
    });
  });

  it('is given in hex or as a string, of a stack', async () => {
    expect(await dumped(folder)).toEqual({
      tables: [{ name: 'a.ref', size: table.length }],
      refs: [
        { name_hex: hex, oid },
        { name: 'refs/heads/\u202e\x9b', symref_hex: hex },
      ],
      logs: [
        {
          ref_hex: hex,
          entries: [{ old: oid, new: oid, name_hex: hex, email_hex: hex, time: '9223372036854775808', tz: '-0005', message_hex: hex }],
        },
      ],
    });
  });

  it('never holds what drives a terminal', async () => {
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(await output('dump', '--json', folder)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

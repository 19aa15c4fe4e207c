import { join } from 'node:path';
import { gitStacks } from '@reftable/conformance';
import { writeTable } from '@reftable/table';
import { describe, expect, it } from 'vitest';
import { lines, output, run, scratchFolder, writeTree } from './cli.testing.js';

const scratch = scratchFolder();
const oid = (digit: string) => digit.repeat(40);

function stackOf(name: string, content: Parameters<typeof writeTable>[0]): string {
  const bytes = writeTable(content, { minUpdateIndex: 1, maxUpdateIndex: 9 });
  return writeTree(join(scratch, name), { 'a.ref': bytes, 'tables.list': 'a.ref\n' });
}

function entry(ref: string, updateIndex: number, time: number) {
  const who = { name: 'A U Thor', email: 'a@example.org' };
  return { ref, updateIndex, kind: 'update', oldOid: oid('0'), newOid: oid('a'), ...who, time, timeZone: -330, message: `m${time}` } as const;
}

describe('HEAD', () => {
  const head = (target: string) => ({ name: 'HEAD', updateIndex: 1, kind: 'symbolic', target }) as const;
  const direct = { updateIndex: 1, kind: 'direct', oid: oid('a') } as const;

  it.each([
    ['on a branch', [head('refs/heads/a'), { ...direct, name: 'refs/heads/a' }], `HEAD is on branch a at ${oid('a')}`],
    ['unborn', [head('refs/heads/a')], 'HEAD is on branch a, which has no commit yet'],
    ['elsewhere', [head('refs/x/a'), { ...direct, name: 'refs/x/a' }], `HEAD is on refs/x/a at ${oid('a')}`],
    ['leading nowhere', [head('refs/x/a')], 'HEAD is on refs/x/a, which leads nowhere'],
    ['in a circle', [head('HEAD')], 'HEAD is on HEAD, which leads nowhere'],
    ['detached', [{ ...direct, name: 'HEAD' }], `HEAD is detached at ${oid('a')}`],
    ['not there', [{ ...direct, name: 'refs/heads/a' }], 'HEAD is not here'],
  ] as const)('%s', async (name, refs, expected) => {
    expect((await lines(stackOf(`head ${name}`, { refs })))[1]).toBe(expected);
  });
});

describe('a large stack', () => {
  const { directory, expected } = gitStacks('git').reduce((a, b) => (a.expected.refs.length > b.expected.refs.length ? a : b));
  const branches = expected.refs.filter(({ name }) => name?.startsWith('refs/heads/'));
  const entries = expected.logs.flatMap((log) => log.entries);

  it('is shown in part, with how much more there is', async () => {
    const text = await output(directory, '-n', '3');
    expect(text).toContain(`\nBranches (${branches.length})\n`);
    expect(text).toContain(`\n  … and ${branches.length - 3} more refs (--all shows everything)\n`);
    expect(text.match(/^[ *] [0-9a-f]{40} {2}(?!refs\/)/gm)?.length).toBeLessThanOrEqual(6);
  });

  it('is shown whole where that is asked for', async () => {
    const text = await output(directory, '--all');
    expect(text).not.toContain('more');
    for (const { name } of branches) expect(text).toContain(`  ${name!.slice('refs/heads/'.length)}\n`);
    if (entries.length > 0) expect(text).toContain(`\nLatest reflog entries (${entries.length})\n`);
  });
});

it('shows the latest entries of all logs by time, in the zone of who made them', async () => {
  const logs = [entry('refs/heads/b', 1, 300), entry('HEAD', 5, 100), entry('refs/tags/x', 3, 200), entry('HEAD', 6, 200)];
  const text = await lines(stackOf('logs', { logs }), '-n', '3');
  const start = text.indexOf('Latest reflog entries (4)');
  expect(text.slice(start + 1, start + 5)).toEqual([
    '  1969-12-31 20:35:00 -0330  b     0000000000 → aaaaaaaaaa  m300  A U Thor',
    '  1969-12-31 20:33:20 -0330  HEAD  0000000000 → aaaaaaaaaa  m200  A U Thor',
    '  1969-12-31 20:33:20 -0330  x     0000000000 → aaaaaaaaaa  m200  A U Thor',
    '  … and 1 more entry (--all shows everything)',
  ]);
});

it('shows a time that no calendar has', async () => {
  expect(await output(stackOf('far', { logs: [entry('HEAD', 1, 2 ** 53 - 1)] }))).toContain('  @9007199254740991 -0330  HEAD  ');
});

it('shows the tables with sizes and update indexes, the newest of many', async () => {
  const stack = gitStacks('git').find(({ tables }) => tables.length > 5)!;
  const text = await lines(stack.directory, '-n', '2');
  const start = text.indexOf(`Tables (${stack.tables.length})`);
  expect(text[start + 1]).toBe(`  … and ${stack.tables.length - 2} more older tables (--all shows everything)`);
  const shown = stack.tables.slice(-2).map(({ name, bytes, reading }) => ({ name, size: bytes.length, min: reading!.minUpdateIndex, max: reading!.maxUpdateIndex }));
  for (const [index, { name, size, min, max }] of shown.entries()) {
    const indexes = min === max ? `update index ${min}` : `update indexes ${min} to ${max}`;
    expect(text[start + 2 + index]!.replace(/ +/g, ' ')).toBe(` ${name} ${size} bytes ${indexes}`);
  }
});

it('shows one table as it stands alone', async () => {
  const [table] = gitStacks('git').find(({ name }) => name === 'annotated-tags')!.tables;
  const text = await output(table!.path);
  expect(text).toMatch(/^Table /);
  expect(text).toMatch(/ peels to [0-9a-f]{40}\n/);
});

it('shows an empty stack', async () => {
  const folder = writeTree(join(scratch, 'empty'), { 'tables.list': '' });
  expect(await run([folder])).toEqual({ exitCode: 0, stderr: '', stdout: `Reftable folder ${folder}\nHEAD is not here\n\nTables (0)\n` });
});

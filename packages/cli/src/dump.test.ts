import { gitStacks, jgitTables, sstV2Tables } from '@reftable/conformance';
import { FileSourceSync } from '@reftable/io/node';
import { openTableSync, writeTable } from '@reftable/table';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, output, run, scratchFolder, writeTree } from './cli.testing.js';

const scratch = scratchFolder();
const oid = (digit: string) => digit.repeat(40);

it('shows every record of a table with its update index, tombstones too', async () => {
  const entry = { kind: 'update', oldOid: oid('0'), newOid: oid('a'), name: 'A U Thor', email: 'a@example.org', time: 1500000000 } as const;
  const bytes = writeTable(
    {
      refs: [
        { name: 'HEAD', updateIndex: 1, kind: 'symbolic', target: 'refs/heads/main' },
        { name: 'refs/heads/gone', updateIndex: 3, kind: 'deletion' },
        { name: 'refs/heads/main', updateIndex: 2, kind: 'direct', oid: oid('a') },
        { name: 'refs/tags/v1', updateIndex: 3, kind: 'peeled', oid: oid('b'), peeled: oid('a') },
      ],
      logs: [
        { ...entry, ref: 'HEAD', updateIndex: 2, timeZone: -330, message: 'start' },
        { ref: 'refs/heads/gone', updateIndex: 2, kind: 'deletion' },
      ],
    },
    { minUpdateIndex: 1, maxUpdateIndex: 3 },
  );
  const path = join(writeTree(scratch, { 'a.ref': bytes }), 'a.ref');
  const [refs, logs] = [...openTableSync(FileSourceSync.open(path)).blocks()];
  const footer = bytes.length - 68;
  expect(await lines('dump', path)).toEqual([
    `${path}: version 1, sha1, block size 4096, update index 1 to 3, ${bytes.length} bytes`,
    `ref block at 0: ${logs!.position} bytes, 2 restarts`,
    '  @1 HEAD ref: refs/heads/main',
    '  @3 refs/heads/gone deleted',
    `  @2 refs/heads/main ${oid('a')}`,
    `  @3 refs/tags/v1 ${oid('b')} peeled ${oid('a')}`,
    `log block at ${refs!.end}: ${footer - refs!.end} bytes, ${logs!.bytes.length} bytes inflated, 2 restarts`,
    `  @2 HEAD ${oid('0')} ${oid('a')} A U Thor <a@example.org> 1500000000 -0330 start`,
    '  @2 refs/heads/gone deleted',
    `footer at ${footer}: logs at ${logs!.position}`,
  ]);
});

it('shows objects and indexes with the positions that they hold', async () => {
  const refs = Array.from({ length: 60 }, (_, index) => ({
    name: `refs/heads/branch-${String(index).padStart(3, '0')}`,
    updateIndex: 1,
    kind: 'direct' as const,
    oid: (index % 30).toString(16).padStart(2, '0').repeat(20),
  }));
  const bytes = writeTable({ refs }, { minUpdateIndex: 1, maxUpdateIndex: 1, blockSize: 512 });
  const path = join(writeTree(scratch, { 'indexed.ref': bytes }), 'indexed.ref');
  const text = await lines('dump', path);
  const blocks = [...openTableSync(FileSourceSync.open(path)).blocks()];
  const starts = (letter: string) => blocks.filter(({ type }) => type === letter.charCodeAt(0)).map(({ position }) => position);

  const indexed = text.filter((line) => line.startsWith('  up to refs/')).map((line) => Number(/: block at (\d+)$/.exec(line)![1]));
  expect(indexed).toEqual(starts('r'));
  const objects = text.filter((line) => line.includes('ref blocks at'));
  expect(objects).toHaveLength(30);
  for (const line of objects) {
    const [, id, positions] = /^ {2}([0-9a-f]{4}): ref blocks at ([\d, ]+)$/.exec(line)!;
    // Where each branch of this id is listed in the text, by the ref block above it.
    const places = new Set<number>();
    let position = -1;
    for (const other of text) {
      const start = /^ref block at (\d+)/.exec(other)?.[1];
      if (start !== undefined) position = Number(start);
      if (/^ {2}@1 /.test(other) && other.includes(` ${id!}`)) places.add(position);
    }
    expect(positions!.split(', ').map(Number), line).toEqual([...places]);
  }
  expect(text.at(-1)).toMatch(/^footer at \d+: ref index at \d+, objects at \d+, (object index at \d+, )?object ids cut to 2 bytes$/);
});

describe('of every table there is', () => {
  const tables = [
    ...jgitTables().map(({ name, path }) => ({ name, path })),
    ...gitStacks('git').flatMap((stack) => stack.tables.map(({ name, path }) => ({ name: `${stack.name}/${name}`, path }))),
  ];

  it.each(tables)('$name: as many records as the JSON form has, and every byte accounted for', async ({ path }) => {
    const text = await lines('dump', path);
    const json = JSON.parse(await output('dump', '--json', path)) as { refs: unknown[]; logs: unknown[]; size: number };
    expect(text.filter((line) => line.startsWith('  @'))).toHaveLength(json.refs.length + json.logs.length);
    const table = openTableSync(FileSourceSync.open(path));
    expect(text.filter((line) => /^(ref|object|log|index) block at/.test(line))).toHaveLength([...table.blocks()].length);
    const footer = Number(/^footer at (\d+)/.exec(text.at(-1)!)![1]);
    expect(json.size - footer).toBe(table.info.version === 1 ? 68 : 72);
    table.close();
  });
});

it('goes through a folder table by table, oldest first', async () => {
  const stack = gitStacks('git').find(({ tables }) => tables.length > 2)!;
  const single = await Promise.all(stack.tables.map(({ path }) => output('dump', path)));
  expect(await output('dump', stack.directory)).toBe(single.join('\n'));
});

describe('a table in the proposed container that holds no records of Git\'s', () => {
  const { bytes, entries } = sstV2Tables().find(({ name }) => name === 'any-bytes')!;
  const path = join(writeTree(scratch, { 'any.sst': bytes }), 'any.sst');

  it('shows its entries', async () => {
    expect(await lines('dump', path)).toEqual([
      `${path}: container, not of Git's records, blocks not aligned, 0 bytes of metadata, ${bytes.length} bytes`,
      '\\x00 0 \\x00',
      '\\x00\\x00 1 ',
      '\\x00\\xff 2 \\xff',
      `\\xff 3 ${'\\x00'.repeat(130)}`,
      '\\xff\\x00 4 ',
    ]);
  });

  it('shows them as JSON', async () => {
    const json = JSON.parse(await output('dump', '--json', path)) as { size: number; metadata_hex: string; entries: Record<string, string>[] };
    expect([json.size, json.metadata_hex]).toEqual([bytes.length, '']);
    const bytesOf = (entry: Record<string, string>, name: string): Uint8Array =>
      Uint8Array.from(entry[name] === undefined ? Buffer.from(entry[`${name}_hex`]!, 'hex') : Buffer.from(entry[name]));
    expect(json.entries.map((entry) => ({ key: bytesOf(entry, 'key'), extra: entry['extra'], value: bytesOf(entry, 'value') }))).toEqual(entries);
  });

  it('is none of which refs could be listed', async () => {
    expect(await run(['ls', path])).toMatchObject({ exitCode: 3, stderr: `reftable: ${path}: 0 bytes of metadata are no Git table's at byte ${bytes.length - 10}\n` });
  });
});

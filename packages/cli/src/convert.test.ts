import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { craftedTables, gitStacks, jgitTables } from '@reftable/conformance';
import { BytesSink, BytesSource } from '@reftable/io';
import { convertToV2Sync, tableFormatV2 } from '@reftable/sst-v2/git';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { openTableSync } from '@reftable/table';
import { describe, expect, it } from 'vitest';
import { lines, output, reftableStub, run, scratchFolder, writeTree } from './cli.testing.js';

const scratch = scratchFolder();
const stack = gitStacks('git-generated').find(({ name, tables }) => name.includes('log') && tables.length > 0)!;
const table = stack.tables[0]!;
const v1 = join(scratch, 'v1.ref');
writeFileSync(v1, table.bytes);

/** The same table in the proposed container. */
async function converted(name: string, input = v1): Promise<string> {
  const path = join(scratch, name);
  await output('convert', '--to', 'v2', input, path);
  return path;
}

describe('convert', () => {
  it('turns a table into the other format and back', async () => {
    const v2 = join(scratch, 'there.sst');
    const told = await output('convert', '--to', 'v2', v1, v2);
    expect(told).toMatch(new RegExp(`^${v2}: v2, ${statSync(v2).size} bytes, \\d+ refs?, \\d+ log entr(y|ies)\\n$`));
    const json = JSON.parse(await output('convert', '--to', 'v1', v2, join(scratch, 'back.ref'), '--json')) as object;
    expect(json).toMatchObject({ format: 'v1', size: statSync(join(scratch, 'back.ref')).size });
    expect(await output('dump', join(scratch, 'back.ref'), '--json')).toBe((await output('dump', v1, '--json')).replace(/"size":\d+/, `"size":${statSync(join(scratch, 'back.ref')).size}`));
  });

  it('makes blocks of Git\'s format as large as its records', async () => {
    const { bytes } = jgitTables().find(({ name }) => name === 'log-messages-64k')!;
    const large = join(scratch, 'large.ref');
    writeFileSync(large, bytes);
    const v2 = await converted('large.sst', large);
    await output('convert', '--to', 'v1', v2, join(scratch, 'large-back.ref'));
    const records = async (file: string): Promise<string> => (await output('dump', file, '--json')).replace(/"size":\d+/, '');
    expect(await records(join(scratch, 'large-back.ref'))).toBe(await records(large));
  });

  it('never writes over a file, and leaves none that is not whole', async () => {
    const taken = join(scratch, 'taken');
    writeFileSync(taken, 'mine');
    expect((await run(['convert', '--to', 'v2', v1, taken])).exitCode).toBe(3);
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    const damaged = join(scratch, 'damaged.ref');
    const sound = craftedTables().find(({ name }) => name === 'index-levels-unaligned')!.bytes;
    writeFileSync(damaged, sound.with(sound.length >> 1, sound[sound.length >> 1]! ^ 255).with(60, 255));
    const { exitCode, stderr } = await run(['convert', '--to', 'v2', damaged, join(scratch, 'never')]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^reftable: .*damaged\.ref: .* at byte \d+\n$/);
    expect(existsSync(join(scratch, 'never'))).toBe(false);
  });

  it.each([
    [2, ['convert', v1, join(scratch, 'x')]],
    [2, ['convert', '--to', 'v3', v1, join(scratch, 'x')]],
    [2, ['convert', '--to', 'v2', v1]],
    [2, ['convert', '--to', 'v2', stack.directory, join(scratch, 'x')]],
    [4, ['convert', '--to', 'v2', join(scratch, 'none'), join(scratch, 'x')]],
    [4, ['compare', join(scratch, 'none')]],
    [2, ['compare']],
  ])('ends with %d: %j', async (exitCode, args) => {
    expect((await run(args)).exitCode).toBe(exitCode);
    expect(existsSync(join(scratch, 'x'))).toBe(false);
  });
});

describe('a table in the proposed container', () => {
  it('is shown like any other', async () => {
    const v2 = await converted('shown.sst');
    const swapped = async (...args: string[]): Promise<string> => (await output(...args)).replaceAll(v1, v2).replace(/\d+ bytes/, '');
    expect((await output('show', v2)).replace(/\d+ bytes/, '')).toBe(await swapped('show', v1));
    expect(await output('ls', v2)).toBe(await output('ls', v1));
    expect((await output('dump', v2, '--json')).replace(/"size":\d+/, '')).toBe((await output('dump', v1, '--json')).replace(/"size":\d+/, ''));
  });

  it('is dumped block by block, every record of it', async () => {
    const many = craftedTables().find(({ name }) => name === 'index-levels-unaligned')!;
    const path = join(scratch, 'many.ref');
    writeFileSync(path, many.bytes);
    const records = async (file: string): Promise<string[]> => (await lines('dump', file)).filter((line) => line.startsWith('  @'));
    const v2 = await converted('many.sst', path);
    expect(await records(v2)).toEqual(await records(path));
    expect(await records(await converted('logs.sst'))).toEqual(await records(v1));
    const shown = await lines('dump', v2);
    expect(shown[0]).toMatch(/: container version 1, GitStorage 3, sha1, block size 4096, update index \d+ to \d+, \d+ bytes$/);
    expect(shown[1]).toMatch(/^data block at 0: \d+ bytes, \d+ restarts$/);
    expect(shown.filter((line) => /^ {2}up to arefs\S+: block at \d+$/.test(line)).length).toBeGreaterThan(1);
    expect(shown.at(-1)).toMatch(/^footer at \d+$/);
  });

  it('is dumped with the container version that it has', async () => {
    const path = join(scratch, 'sealed.sst');
    const sink = new BytesSink();
    convertToV2Sync(openTableSync(new BytesSource(table.bytes)), sink, { checksums: true });
    writeFileSync(path, sink.bytes());
    expect((await lines('dump', path))[0]).toMatch(/: container version 129, GitStorage 3, /);
  });

  it('that is damaged ends with 3', async () => {
    const bytes = readFileSync(await converted('whole.sst'));
    const path = join(scratch, 'cut.sst');
    writeFileSync(path, bytes.subarray(1));
    for (const command of ['show', 'ls', 'dump']) expect((await run([command, path])).exitCode, command).toBe(3);
  });
});

describe('a folder of such tables', () => {
  const folder = join(scratch, 'folder');
  mkdirSync(folder);
  const opened = openStackSync(new FolderStorage(folder), { format: tableFormatV2, autoCompaction: false });
  for (const [index, name] of ['refs/heads/a', 'refs/heads/b'].entries()) {
    opened.transaction((transaction) => transaction.addRef({ name, kind: 'direct', oid: String(index).repeat(40) }));
  }
  const names = opened.tables.map((one) => one.name);
  opened.close();

  it('is shown and listed', async () => {
    expect(await output('ls', folder)).toBe(`${'0'.repeat(40)}\trefs/heads/a\n${'1'.repeat(40)}\trefs/heads/b\n`);
    const shown = await output('show', folder);
    for (const name of names) expect(shown).toContain(name);
  });

  it('is dumped, table after table, and as one in JSON', async () => {
    const shown = await lines('dump', folder);
    const heads = shown.filter((line) => line.includes('container version 1, '));
    expect(heads.map((line) => line.slice(0, line.indexOf(': ')))).toEqual(names.map((name) => join(folder, name)));
    const { tables, refs } = JSON.parse(await output('dump', '--json', folder)) as { tables: { name: string }[]; refs: { name: string }[] };
    expect(tables.map(({ name }) => name)).toEqual(names);
    expect(refs.map(({ name }) => name)).toEqual(['refs/heads/a', 'refs/heads/b']);
  });

  it('is refused as a repository, whose tables are of Git\'s format', async () => {
    const files = Object.fromEntries(['tables.list', ...names].map((name) => [`reftable/${name}`, readFileSync(join(folder, name))]));
    const repository = writeTree(join(scratch, 'strange.git'), { ...reftableStub(), ...files });
    for (const command of ['show', 'ls', 'dump']) expect(await run([command, repository]), command).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('compare', () => {
  it('measures a table, a folder and what was converted', async () => {
    const shown = await lines('compare', v1);
    expect(shown[0]).toMatch(/bytes.*cold reads$/);
    expect(shown.slice(1).map((line) => line.slice(0, 24).trim())).toContain('v2, GitStorage 2');
    for (const path of [stack.directory, join(scratch, 'folder'), await converted('compared.sst')]) {
      const reports = JSON.parse(await output('compare', path, '--json')) as { name: string; size: number; sections: Record<string, number> }[];
      expect(reports.length).toBe(shown.length - 1);
      for (const { size, sections } of reports) expect(Object.values(sections).reduce((a, b) => a + b)).toBe(size);
    }
  });
});

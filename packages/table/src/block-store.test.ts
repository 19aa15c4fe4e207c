import { REF_BLOCK } from '@reftable/block';
import { performReadSync, runSync } from '@reftable/io';
import { describe, expect, test, vi } from 'vitest';
import { BlockStore } from './block-store.js';
import { openTable, openTableSync } from './table.js';
import { branches, codeOf, CountingSource, open, update, write } from './table.testing.js';

const refs = branches(5000);
const bytes = write({ refs }, { indexObjects: false });
const blockCount = Math.floor(open(bytes).tableCore.positions.refIndex / 4096);

function store(cacheSize: number) {
  const source = new CountingSource(bytes);
  const kept = new BlockStore(source, { headerSize: 24, blockSize: 4096, end: bytes.length - 68, cacheSize });
  return { source, kept, block: (position: number) => runSync(kept.block(position), performReadSync) };
}

describe('the cache', () => {
  test('a block is read once', () => {
    const { source, block } = store(1 << 20);
    const first = block(4096);
    expect(first).toMatchObject({ type: REF_BLOCK, position: 4096 });
    expect(block(4096)).toBe(first);
    expect(source.reads.length).toBe(1);
  });

  test('keeps no more than its bound', () => {
    const bound = 6 * 4096;
    const { kept, block } = store(bound);
    for (let i = 0; i < blockCount; i++) block(i * 4096);
    const positions = Array.from({ length: blockCount }, (_, i) => i * 4096);
    const sizes = positions.map((position) => kept.kept(position)?.bytes.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(bound);
    expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(1);
  });

  test('of no size at all still answers', () => {
    const table = openTableSync(new CountingSource(bytes), { cacheSize: 0 });
    for (let i = 0; i < 5000; i += 99) expect(table.getRef(refs[i]!.name)).toEqual(refs[i]);
  });

  test('a scan does not drive out what lookups use', () => {
    const source = new CountingSource(bytes);
    const table = openTableSync(source, { cacheSize: 40 * 4096 });
    table.getRef(refs[0]!.name);
    expect([...table.names()]).toHaveLength(5000);
    source.reads.length = 0;
    table.getRef(refs[0]!.name);
    expect(source.reads).toEqual([]);
  });
});

describe('reading', () => {
  test('a block whose size is not known in advance takes two reads at most', () => {
    for (const blockSize of [100, 4096, 65_536, 1 << 20]) {
      const many = write({ refs: branches(20_000) }, { blockSize, aligned: false, indexObjects: false });
      const source = new CountingSource(many);
      const table = openTableSync(source);
      source.reads.length = 0;
      table.getRef('refs/heads/branch-010000');
      expect(source.reads.length).toBeLessThanOrEqual(2 * 4);
    }
  });

  test('a log block that is full, or larger than the block size, is read whole', () => {
    const logs = refs.map(({ name }) => update(name));
    for (const blockSize of [512, 4096, 65_536]) {
      const source = new CountingSource(write({ logs }, { blockSize }));
      const table = openTableSync(source);
      for (let i = 0; i < 5000; i += 501) expect([...table.log(refs[i]!.name)]).toEqual([logs[i]]);
    }
  });

  test('never asks for more than there is before the footer', () => {
    const source = new CountingSource(bytes);
    const table = openTableSync(source);
    source.reads.length = 0;
    expect([...table.refs()]).toHaveLength(5000);
    table.getRef('refs/heads/zzz');
    for (const { offset, length } of source.reads) expect(offset + length).toBeLessThanOrEqual(bytes.length - 68);
  });

  test('a place at or behind the footer is none', () => {
    const { block } = store(0);
    expect(codeOf(() => block(bytes.length - 68))).toBe('SECTION_POSITION');
    expect(codeOf(() => block(2 ** 40))).toBe('SECTION_POSITION');
  });

  test('an error of the source comes out as it is, and the next call reads again', async () => {
    const source = new CountingSource(bytes);
    const table = await openTable(source);
    const broken = new Error('connection lost');
    const read = vi.spyOn(source, 'read').mockRejectedValue(broken);
    await expect(table.getRef(refs[9]!.name)).rejects.toBe(broken);
    read.mockRestore();
    expect(await table.getRef(refs[9]!.name)).toEqual(refs[9]);
  });

  test('lookups and scans at once on one table do not disturb one another', async () => {
    const table = await openTable(new CountingSource(bytes));
    const scan = async (): Promise<number> => {
      let count = 0;
      for await (const ref of table.refs()) expect(ref).toEqual(refs[count++]);
      return count;
    };
    const lookups = refs.filter((_, i) => i % 61 === 0).map((ref) => table.getRef(ref.name));
    const [one, two, ...found] = await Promise.all([scan(), scan(), ...lookups]);
    expect([one, two]).toEqual([5000, 5000]);
    expect(found).toEqual(refs.filter((_, i) => i % 61 === 0));
  });
});

import { BlockCursor } from '@reftable/block';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openTable, openTableSync } from './table.js';
import { all, branches, contentOf, CountingSource, open, patched, spreadOid, update, withFooter, write, writeRaw, codeOf, direct } from './table.testing.js';

afterEach(() => vi.restoreAllMocks());

interface Cost {
  readonly searched: number;
  readonly decoded: number;
}

/**
 * How many blocks are searched while `act` runs, and how many records are decoded. What a search within a block costs, `block-cursor.test.ts` tells.
 */
function costNow(act: () => unknown): Cost {
  const [seek, next] = [vi.spyOn(BlockCursor.prototype, 'seek'), vi.spyOn(BlockCursor.prototype, 'next')];
  act();
  const counts = { searched: seek.mock.calls.length, decoded: next.mock.calls.length };
  seek.mockRestore();
  next.mockRestore();
  return counts;
}

/** The same, once it has been through the index blocks on its way: their records are all decoded when they are looked into again, but only once. */
function cost(act: () => unknown): Cost {
  act();
  act();
  return costNow(act);
}

describe('what a lookup costs', () => {
  const refs = branches(5000);
  const logs = refs.map(({ name }) => update(name, 1, { message: '' }));

  test.each([
    [16, 4096],
    [1, 4096],
    [64, 65_536],
    [16, 256],
  ])('restart interval %i, block size %i: one search a level, up to three at its top, and one record of each', (restartInterval, blockSize) => {
    const written = writeRaw({ refs, logs }, { restartInterval, blockSize });
    const table = open(written.bytes);
    for (let i = 0; i < refs.length; i += 37) {
      const { name } = refs[i]!;
      for (const [act, levels, found] of [
        [() => table.getRef(name), written.refs.indexLevels, 1],
        [() => table.getRef(`${name}x`), written.refs.indexLevels, 1],
        [() => [...table.log(name)], written.logs.indexLevels, 2],
      ] as const) {
        const { searched, decoded } = cost(act);
        expect(searched, name).toBeLessThanOrEqual(levels + 3);
        expect(decoded, name).toBeLessThanOrEqual(searched + found + 1);
      }
    }
  });

  test('the first of all: a search a level, and one record of each', () => {
    const written = writeRaw({ refs }, { blockSize: 256 });
    expect(written.refs.indexLevels).toBe(2);
    for (let i = 0; i < refs.length; i += 501) {
      const table = open(written.bytes);
      const { searched, decoded } = costNow(() => table.getRef(refs[i]!.name));
      expect(searched).toBe(written.refs.indexLevels + 1);
      expect(decoded).toBe(searched);
    }
  });

  test('refs by object: the record of the object, and the blocks that it names', () => {
    const written = writeRaw({ refs });
    const inBlock = Math.ceil(5000 / written.refs.blocks) + 20;
    const table = open(written.bytes);
    for (let i = 0; i < 5000; i += 97) {
      const { searched, decoded } = cost(() => table.refsByObject(spreadOid(i)));
      expect(searched).toBeLessThanOrEqual(written.objects.indexLevels + 3);
      expect(decoded).toBeLessThanOrEqual(inBlock + searched + 1);
    }
    expect(cost(() => table.refsByObject(spreadOid(99_999))).decoded).toBeLessThan(6);
  });
});

describe('what is read', () => {
  const refs = branches(5000);
  const bytes = write({ refs, logs: refs.map(({ name }) => update(name)) });

  test('a lookup in a fresh table: one block a level', () => {
    const levels = writeRaw({ refs }).refs.indexLevels;
    for (let i = 0; i < 5000; i += 501) {
      const source = new CountingSource(bytes);
      const table = openTableSync(source);
      source.reads.length = 0;
      expect(table.getRef(refs[i]!.name)).toEqual(refs[i]);
      expect(source.reads.length).toBe(levels + 1);
      for (const { length } of source.reads) expect(length).toBeLessThan(4500);
    }
  });

  test('the same lookup again: nothing', () => {
    const source = new CountingSource(bytes);
    const table = openTableSync(source);
    table.getRef(refs[77]!.name);
    source.reads.length = 0;
    table.getRef(refs[77]!.name);
    table.getRef(refs[78]!.name);
    expect(source.reads).toEqual([]);
  });

  test('one log: one block a level', () => {
    const { logs } = writeRaw({ logs: refs.map(({ name }) => update(name)) });
    const source = new CountingSource(bytes);
    const table = openTableSync(source);
    source.reads.length = 0;
    expect([...table.log(refs[1234]!.name)]).toHaveLength(1);
    expect(source.reads.length).toBeLessThanOrEqual(logs.indexLevels + 2);
  });

  test('a scan: every byte of the section once, ahead in large pieces, and no index', async () => {
    const source = new CountingSource(bytes);
    const table = openTableSync(source);
    const { refIndex } = table.tableCore.positions;
    source.reads.length = 0;
    expect([...table.refs()]).toHaveLength(5000);
    expect(source.reads.length).toBeLessThan(12);
    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(refIndex + (256 << 10));
    // From the start on, and up to where the first block is none of refs.
    const offsets = source.reads.map(({ offset }) => offset);
    expect(offsets[0]).toBe(0);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect(offsets.at(-1)).toBeLessThan(refIndex + 4096);
    const asyncSource = new CountingSource(bytes);
    expect(await all((await openTable(asyncSource)).names())).toHaveLength(5000);
    expect(asyncSource.reads.slice(2)).toEqual(source.reads);
  });
});

describe('seek', () => {
  test('through one to three levels: every key, the last above all, and what is between', () => {
    for (const [blockSize, count] of [
      [4096, 100],
      [4096, 2000],
      [256, 2000],
      [128, 3000],
    ] as const) {
      const refs = branches(count);
      for (const aligned of [true, false]) {
        const table = open(write({ refs }, { blockSize, aligned }));
        for (let i = count - 1; i >= 0; i -= 7) {
          const { name } = refs[i]!;
          expect(table.getRef(name)).toEqual(refs[i]);
          expect(table.refs({ from: `${name}!` }).next().value).toEqual(refs[i + 1]);
        }
        expect(table.refs({ from: 'A' }).next().value).toEqual(refs[0]);
        expect(table.refs({ from: 'z' }).next().value).toBeUndefined();
      }
    }
  });

  test('and go on from there, over the end of the block', () => {
    const refs = branches(300);
    const table = open(write({ refs }, { blockSize: 256 }));
    for (let i = 0; i < refs.length; i += 11) expect([...table.refs({ from: refs[i]!.name })]).toEqual(refs.slice(i));
  });

  test('to a key between the last of a block and the first of the next', () => {
    const refs = branches(300);
    const table = open(write({ refs }, { blockSize: 256 }));
    const bounds = [...table.blocks()].filter(({ type }) => type === 0x72);
    for (const block of bounds) {
      const cursor = new BlockCursor(20);
      cursor.enter(block);
      while (cursor.next());
      const last = new TextDecoder().decode(cursor.key.slice(0, cursor.keyLength));
      const index = refs.findIndex(({ name }) => name === last);
      expect(table.refs({ from: `${last}!` }).next().value).toEqual(refs[index + 1]);
      expect(table.getRef(`${last}!`)).toBeUndefined();
    }
  });

  test('a lower level of the index ends the section for a scan', () => {
    const refs = branches(3000);
    const written = writeRaw({ refs }, { blockSize: 128, indexObjects: false });
    expect(written.refs.indexLevels).toBeGreaterThan(1);
    const table = open(written.bytes);
    // The footer says where the top level is; the first index block is before that.
    const firstIndex = [...table.blocks()].find(({ type }) => type === 0x69)!.position;
    expect(firstIndex).toBeLessThan(table.tableCore.positions.refIndex);
    expect(contentOf(table).refs).toEqual(refs);
  });
});

describe('damage to an index', () => {
  const refs = branches(500);
  const bytes = write({ refs });
  const { refIndex } = open(bytes).tableCore.positions;

  test('an entry that points at the index itself, or past it, would never end', () => {
    const at = bytes.findIndex((_, i) => i > refIndex && bytes[i] === 0x9f && bytes[i + 1] === 0);
    expect(at).toBeGreaterThan(refIndex);
    const found = codeOf(() => open(patched(bytes, at, 0xff, 0x7f)).getRef(refs[250]!.name));
    expect(found).toBe('INDEX_POSITION');
  });

  test('a level that does not reach as far as the one above it says', () => {
    const many = branches(3000);
    const written = writeRaw({ refs: many }, { blockSize: 128, indexObjects: false });
    const table = open(written.bytes);
    const index = [...table.blocks()].filter(({ type }) => type === 0x69);
    const top = index.filter(({ position }) => position >= table.tableCore.positions.refIndex);
    // The last key of the top level is made to sort after all that is below it.
    const cursor = new BlockCursor(20);
    cursor.enter(top.at(-1)!);
    let lastEnd = 0;
    while (cursor.next()) lastEnd = cursor.valueStart;
    const damaged = patched(written.bytes, top.at(-1)!.position + lastEnd - 1, 0x7a);
    expect(codeOf(() => open(damaged).getRef('refs/heads/branch-00299x'))).toBe('INDEX_KEY');
  });
});

describe('an index that promises a key which its last block does not reach', () => {
  /** Stops what would not end. */
  function bounded(act: () => unknown): unknown {
    let seeks = 0;
    const seek = Object.getOwnPropertyDescriptor(BlockCursor.prototype, 'seek')!.value as (this: BlockCursor, ...target: Parameters<BlockCursor['seek']>) => number;
    vi.spyOn(BlockCursor.prototype, 'seek').mockImplementation(function (this: BlockCursor, ...target) {
      if (++seeks > 1000) throw new Error('the seek does not end');
      return seek.apply(this, target);
    });
    return codeOf(act);
  }

  /** The last key of the last index block, and of all above it, is made to sort after all others. */
  function promising(bytes: Uint8Array): Uint8Array {
    const damaged = bytes.slice();
    const table = open(bytes);
    for (const block of table.blocks()) {
      if (block.type !== 0x69) continue;
      const cursor = new BlockCursor(20);
      cursor.enter(block);
      let suffixEnd = 0;
      let key = '';
      while (cursor.next()) {
        suffixEnd = cursor.valueStart;
        key = new TextDecoder().decode(cursor.key.slice(0, cursor.keyLength));
      }
      if (key === 'refs/heads/branch-000599') damaged[block.position + suffixEnd - 1] = 0x7a;
    }
    return damaged;
  }
  const refs = branches(600);

  test.each([
    ['one level', 4096],
    ['several levels', 128],
  ])('of %s', (_, blockSize) => {
    const table = open(promising(write({ refs }, { blockSize, indexObjects: false })));
    expect(table.getRef('refs/heads/branch-000598')).toEqual(refs[598]);
    expect(bounded(() => table.getRef('refs/heads/branch-00059a'))).toSatisfy((outcome) => outcome === undefined || outcome === 'BLOCK_TYPE');
  });

  test('and a footer that knows of no index', () => {
    const table = open(withFooter(promising(write({ refs }, { indexObjects: false })), { refIndex: 0 }));
    expect(bounded(() => table.getRef('refs/heads/branch-00059a'))).toBe('BLOCK_TYPE');
  });
});

test('the log index alone tells where a log is; the refs before it do not matter', () => {
  const refs = branches(200);
  const logs = refs.flatMap(({ name }) => [update(name, 3), update(name, 2)]);
  const bytes = write({ refs, logs }, { blockSize: 256, maxUpdateIndex: 3 });
  const table = open(withFooter(bytes, { refIndex: 0, objects: 0, objectIndex: 0 }));
  for (const { name } of refs) expect([...table.log(name)]).toEqual(logs.filter(({ ref }) => ref === name));
});

test('a section of one block needs no second read at its end', () => {
  const source = new CountingSource(write({ refs: [direct('a'), direct('b')] }));
  const table = openTableSync(source);
  source.reads.length = 0;
  expect([...table.refs({ from: 'b' })]).toHaveLength(1);
  expect([...table.refs({ from: 'c' })]).toHaveLength(0);
  expect(source.reads.length).toBe(1);
});

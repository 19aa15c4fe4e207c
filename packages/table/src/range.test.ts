import { compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable, openTableSync } from './table.js';
import type { RefRange } from './range.js';
import { all, CountingSource, deletion, direct, LIMITS, open, write } from './table.testing.js';
import { writeTable } from './write-table.js';

const NAMES = ['HEAD', 'refs/1/a', 'refs/1/b', 'refs/2/a', 'refs/3', 'refs/3/a', 'refs/3a', 'refs/4/a'];
const table = open(write({ refs: NAMES.map((name) => direct(name)) }));
const names = (range: RefRange): string[] => [...table.names(range)];

describe('prefix', () => {
  test('only names that start with it, and those that are it', () => {
    expect(names({ prefix: 'refs/3' })).toEqual(['refs/3', 'refs/3/a', 'refs/3a']);
    expect(names({ prefix: 'refs/3/' })).toEqual(['refs/3/a']);
  });

  test.each(['A', 'refs/0', 'refs/2b', 'refs/9', 'z', 'refs/1/aa'])('absent: %s gives none', (prefix) => {
    expect(names({ prefix })).toEqual([]);
  });

  test('empty: all', () => {
    expect(names({ prefix: '' })).toEqual(NAMES);
  });
});

describe('from', () => {
  test.each([
    ['', 0],
    ['HEAD', 0],
    ['refs/2/a', 3],
    ['refs/2', 3],
    ['refs/2/b', 4],
    ['refs/4/a', 7],
    ['refs/4/b', 8],
  ] as const)('%s', (from, index) => {
    expect(names({ from })).toEqual(NAMES.slice(index));
  });

  test('within a prefix, and before it', () => {
    expect(names({ prefix: 'refs/3', from: 'refs/3/a' })).toEqual(['refs/3/a', 'refs/3a']);
    expect(names({ prefix: 'refs/3', from: 'a' })).toEqual(['refs/3', 'refs/3/a', 'refs/3a']);
    expect(names({ prefix: 'refs/3', from: 'refs/4' })).toEqual([]);
  });
});

describe('past', () => {
  test('past refs/3 comes refs/4', () => {
    expect(names({ past: 'refs/3' })).toEqual(['refs/4/a']);
    expect(names({ past: 'refs/3/' })).toEqual(['refs/3a', 'refs/4/a']);
  });

  test('of a prefix that is absent in the middle', () => {
    expect(names({ past: 'refs/15' })).toEqual(NAMES.slice(3));
  });

  test('of a prefix that is absent at the end', () => {
    expect(names({ past: 'refs/5' })).toEqual([]);
    expect(names({ past: 'z' })).toEqual([]);
  });

  test('of all prefixes, one after another', () => {
    const found: string[] = [];
    for (let next = names({})[0]; next !== undefined; ) {
      found.push(next);
      [next] = names({ past: next.slice(0, 'refs/1'.length) });
    }
    expect(found).toEqual(['HEAD', 'refs/1/a', 'refs/2/a', 'refs/3', 'refs/4/a']);
  });

  test('within an outer prefix', () => {
    expect(names({ prefix: 'refs/3', past: 'refs/3/' })).toEqual(['refs/3a']);
    expect(names({ prefix: 'refs/1/', past: 'refs/3' })).toEqual([]);
  });

  test('names that go on with the highest byte are passed too', () => {
    const name = (...tail: number[]): Uint8Array => Uint8Array.of(...Buffer.from('refs/'), ...tail);
    const odd = [name(0x61, 0xff), name(0x61, 0xff, 0xff), name(0x62)];
    const oddTable = open(write({ refs: odd.map((nameBytes) => ({ ...direct('x'), name: nameBytes })) }));
    expect([...oddTable.refs({ past: 'refs/a' })].map((ref) => ref.name)).toEqual(['refs/b']);
    expect([...oddTable.refs({ past: name(0x61, 0xff) })].map((ref) => ref.name)).toEqual(['refs/b']);
  });

  test('of the empty prefix, and of the highest bytes alone: nothing', () => {
    expect(names({ past: '' })).toEqual([]);
    expect(names({ past: Uint8Array.of(0xff, 0xff) })).toEqual([]);
  });

  test('in an empty table', () => {
    expect([...open(write({})).names({ past: 'refs/3' })]).toEqual([]);
  });
});

describe('exclude', () => {
  test('no names that start with any of them', () => {
    expect(names({ exclude: ['refs/1/', 'refs/3'] })).toEqual(['HEAD', 'refs/2/a', 'refs/4/a']);
  });

  test('a pattern hides what starts with it, and not what it starts with', () => {
    expect(names({ exclude: ['refs/3/'] })).toEqual(NAMES.filter((name) => name !== 'refs/3/a'));
    expect(names({ exclude: ['refs/3a'] })).toEqual(NAMES.filter((name) => name !== 'refs/3a'));
  });

  test('an empty one hides nothing', () => {
    expect(names({ exclude: [''] })).toEqual(NAMES);
    expect(names({ exclude: ['', 'HEAD'] })).toEqual(NAMES.slice(1));
  });

  test('absent, overlapping, in any order, inside the prefix asked for, around it', () => {
    expect(names({ exclude: ['refs/7', 'a'] })).toEqual(NAMES);
    expect(names({ exclude: ['refs/3/', 'refs/3'] })).toEqual(NAMES.filter((name) => !name.startsWith('refs/3')));
    expect(names({ exclude: ['refs/3', 'refs/3/', 'HEAD'] })).toEqual(NAMES.filter((name) => name.startsWith('refs/') && !name.startsWith('refs/3')));
    expect(names({ prefix: 'refs/3', exclude: ['refs/3/'] })).toEqual(['refs/3', 'refs/3a']);
    expect(names({ prefix: 'refs/3/', exclude: ['refs/3'] })).toEqual([]);
  });

  test('of the highest byte: nothing comes after', () => {
    const high = open(write({ refs: [direct('a'), { ...direct('x'), name: Uint8Array.of(0xff, 1) }] }));
    expect([...high.names({ exclude: [Uint8Array.of(0xff)] })]).toEqual(['a']);
  });

  test('what is excluded is jumped over, not read', () => {
    const refs = [direct('a'), ...Array.from({ length: 20_000 }, (_, i) => direct(`hidden/${String(i).padStart(6, '0')}`)), direct('z')];
    const source = new CountingSource(write({ refs }));
    expect([...openTableSync(source).names({ exclude: ['hidden/'] })]).toEqual(['a', 'z']);
    // Header, footer, the first block, and from the index to the last: of some 400 KiB.
    expect(source.size).toBeGreaterThan(400_000);
    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(40_000);
  });
});

describe('tombstones', () => {
  const withDead = open(write({ refs: [direct('a'), deletion('b'), direct('c'), deletion('d')] }));

  test('are passed over, unless they are asked for', () => {
    expect([...withDead.names()]).toEqual(['a', 'c']);
    expect([...withDead.names({ tombstones: true })]).toEqual(['a', 'b', 'c', 'd']);
  });

  test('at the start and the end of a range too', () => {
    expect([...withDead.names({ from: 'b' })]).toEqual(['c']);
    expect([...withDead.names({ from: 'd' })]).toEqual([]);
  });
});

describe('a cursor within a range', () => {
  const rest = (cursor: ReturnType<typeof table.refCursor>): string[] => {
    const found: string[] = [];
    while (cursor.next() || cursor.load()) found.push(cursor.record.name);
    return found;
  };

  test('seeks within it, and stays within it', () => {
    const cursor = table.refCursor({ prefix: 'refs/3' });
    cursor.seek('refs/3/');
    expect(rest(cursor)).toEqual(['refs/3/a', 'refs/3a']);
    cursor.seek('');
    expect(rest(cursor)).toEqual(['refs/3', 'refs/3/a', 'refs/3a']);
    cursor.seek('refs/4');
    expect(rest(cursor)).toEqual([]);
  });

  test('seeks again after its end, and in its middle; nothing of the earlier position comes out', () => {
    const cursor = table.refCursor();
    expect(rest(cursor)).toEqual(NAMES);
    expect(cursor.next() || cursor.load()).toBe(false);
    cursor.seek('refs/2');
    expect(cursor.next() || cursor.load()).toBe(true);
    cursor.seek('refs/1/b');
    expect(rest(cursor)).toEqual(NAMES.slice(2));
  });

  test('passes over what is excluded after a seek into it', () => {
    const cursor = table.refCursor({ exclude: ['refs/3'] });
    cursor.seek('refs/3/a');
    expect(rest(cursor)).toEqual(['refs/4/a']);
  });

  test('of a range in which there can be nothing finds nothing, after a seek neither', () => {
    const cursor = table.refCursor({ past: Uint8Array.of(0xff) });
    expect(rest(cursor)).toEqual([]);
    cursor.seek('refs/');
    expect(rest(cursor)).toEqual([]);
  });

  test('moved by load alone, it passes over nothing', () => {
    const cursor = table.refCursor();
    const found: string[] = [];
    while (cursor.load()) found.push(cursor.record.name);
    expect(found).toEqual(NAMES);
  });
});

describe('any range, on any names', () => {
  const bytes0 = new Uint8Array(0);
  const bytes = (maxLength: number) => fc.array(fc.constantFrom(0x2f, 0x61, 0x62, 0xff), { maxLength }).map((letters) => Uint8Array.from(letters));
  const starts = (name: Uint8Array, prefix: Uint8Array): boolean => compareBytes(name.subarray(0, prefix.length), prefix) === 0;

  test('equals a filter over all of them, sync and async', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(bytes(5), fc.boolean()), { maxLength: 40, selector: ([name]) => String(name) }),
        fc.record({ prefix: bytes(2), from: bytes(4), past: bytes(3), exclude: fc.array(bytes(3), { maxLength: 3 }), tombstones: fc.boolean() }, { requiredKeys: [] }),
        fc.integer({ min: 48, max: 200 }),
        async (given, range, blockSize) => {
          const refs = given
            .filter(([name]) => name.length > 0)
            .map(([name, isDead]) => (isDead ? { name, updateIndex: 1, kind: 'deletion' as const } : { name, updateIndex: 1, kind: 'symbolic' as const, target: '' }))
            .sort((a, b) => compareBytes(a.name, b.name));
          const { prefix = bytes0, from = bytes0, past, exclude = [], tombstones = false } = range;
          const expected = refs.filter(
            ({ name, kind }) =>
              starts(name, prefix) &&
              compareBytes(name, from) >= 0 &&
              (past === undefined || (!starts(name, past) && compareBytes(name, past) > 0)) &&
              exclude.every((hidden) => hidden.length === 0 || !starts(name, hidden)) &&
              (tombstones || kind !== 'deletion'),
          );
          const file = writeTable({ refs }, { ...LIMITS, blockSize });
          const found = [...open(file).refs(range)];
          expect(found.map((ref) => ref.nameBytes ?? new TextEncoder().encode(ref.name))).toEqual(expected.map(({ name }) => name));
          expect(await all((await openTable(new CountingSource(file))).refs(range))).toEqual(found);
        },
      ),
    );
  });
});

import type { Ref } from '@reftable/block';
import { BytesSource, type Core, type CursorCore } from '@reftable/io';
import { openTableSync, ReaderSync, type AnyTableCore, type FoundRef, type LogView, type RefView } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MergedCore } from './merged-core.js';
import { MergedTable, MergedTableSync } from './merged-table.js';
import { all, deletion, direct, entry, logDeletion, Model, names, oid, openAsync, openSync, ranges, stacks, table, write } from './merged.testing.js';

describe('is what the plainest merge gives', () => {
  const range = fc.tuple(ranges, fc.nat(16), names);

  test('sync', () => {
    const property = fc.property(stacks, fc.array(range, { minLength: 1, maxLength: 6 }), (tables, asked) => {
      const merged = openSync(tables);
      const model = new Model(tables);
      expect([...merged.refs()]).toEqual(model.refs({}));
      expect([...merged.logs()]).toEqual(model.logs({}));
      expect([...merged.logs({ tombstones: true })]).toEqual(model.logs({ tombstones: true }));
      for (let id = 0; id <= 7; id++) {
        const hex = oid(id, merged.hash === 'sha1' ? 20 : 32);
        expect(merged.refsByObject(hex)).toEqual(model.refsByObject(hex));
      }
      for (const [bounds, from, name] of asked) {
        expect([...merged.refs(bounds)]).toEqual(model.refs(bounds));
        expect([...merged.names(bounds)]).toEqual(model.refs(bounds).map((ref) => ref.name));
        expect(merged.getRef(name)).toEqual(model.getRef(name));
        const tombstones = bounds.tombstones ?? false;
        expect([...merged.log(name, { from, tombstones })]).toEqual(model.log(name, { from, tombstones }));
      }
      for (const { name } of model.refs({ tombstones: true })) {
        expect(merged.getRef(name)).toEqual(model.getRef(name));
        expect([...merged.log(name)]).toEqual(model.log(name, {}));
      }
    });
    fc.assert(property, { numRuns: 150 });
  });

  test('async', async () => {
    const property = fc.asyncProperty(stacks, range, async (tables, [bounds, from, name]) => {
      const merged = await openAsync(tables);
      const model = new Model(tables);
      expect(await all(merged.refs(bounds))).toEqual(model.refs(bounds));
      expect((await all(merged.refBatches(bounds))).flat()).toEqual(model.refs(bounds));
      expect(await all(merged.names(bounds))).toEqual(model.refs(bounds).map((ref) => ref.name));
      expect(await all(merged.logs())).toEqual(model.logs({}));
      expect(await all(merged.log(name, { from }))).toEqual(model.log(name, { from }));
      expect(await merged.getRef(name)).toEqual(model.getRef(name));
      const id = oid(1, merged.hash === 'sha1' ? 20 : 32);
      expect(await merged.refsByObject(id)).toEqual(model.refsByObject(id));
    });
    await fc.assert(property, { numRuns: 80 });
  });

  test('by cursors that seek and seek again', async () => {
    const moves = fc.array(fc.tuple(names, fc.nat(20)), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(stacks, ranges, moves, async (tables, bounds, seeks) => {
      const model = new Model(tables).refs(bounds);
      const cursor = openSync(tables).refCursor(bounds);
      const later = (await openAsync(tables)).refCursor(bounds);
      for (const [target, steps] of seeks) {
        cursor.seek(target);
        await later.seek(target);
        const expected = model.filter(({ name }) => Buffer.compare(Buffer.from(name), Buffer.from(target)) >= 0);
        for (let at = 0; at < steps; at++) {
          const isThere = cursor.next() || cursor.load();
          expect(later.next() || (await later.load())).toBe(isThere);
          expect(isThere).toBe(at < expected.length);
          if (!isThere) break;
          expect(cursor.record.ref()).toEqual(expected[at]);
          expect(later.record.ref()).toEqual(expected[at]);
          expect(cursor.record.isDeletion).toBe(expected[at]?.kind === 'deletion');
        }
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

test('no tables, and empty ones', () => {
  for (const tables of [[], [table([]), table([])]]) {
    const merged = openSync(tables);
    expect([...merged.refs(), ...merged.logs(), ...merged.refsByObject(oid(1))]).toEqual([]);
    expect(merged.getRef('refs/heads/main')).toBeUndefined();
    expect(merged.refCursor().load()).toBe(false);
  }
  expect(new MergedTableSync([], 'sha256').hash).toBe('sha256');
  expect(new MergedTable([]).hash).toBe('sha1');
});

test('an update, a tombstone and a replacement: the newest wins', () => {
  const tables = [
    table([direct('a', oid(1), 1), direct('b', oid(1), 1), direct('c', oid(1), 1)]),
    table([deletion('a', 2), direct('b', oid(2), 2)]),
    table([direct('a', oid(3), 3), deletion('c', 3), direct('d', oid(3), 3)]),
  ];
  const merged = openSync(tables);
  expect([...merged.refs()]).toEqual([direct('a', oid(3), 3), direct('b', oid(2), 2), direct('d', oid(3), 3)]);
  expect([...merged.refs({ tombstones: true })].find(({ name }) => name === 'c')).toEqual(deletion('c', 3));
  expect(merged.getRef('c')).toBeUndefined();
});

test('567 refs over 4 tables', () => {
  const refs = Array.from({ length: 567 }, (_, at) => direct(`refs/heads/${String(at * 7919).padStart(8, '0')}`, oid(at), 1));
  const tables = [0, 1, 2, 3].map((of) => table(refs.filter((_, at) => at % 4 === of).map((ref) => ({ ...ref, updateIndex: of + 1 })), [], { blockSize: 512 }));
  expect([...openSync(tables).refs()]).toEqual(new Model(tables).refs({}));
});

test('a log tombstone hides just its entry', () => {
  const name = 'refs/heads/main';
  const tables = [
    table([], [entry(name, 1), entry(name, 2), entry(`${name}2`, 2)]),
    table([], [entry(name, 3), logDeletion(name, 2)]),
    table([], [entry(name, 4), logDeletion(name, 1)]),
  ];
  const merged = openSync(tables);
  expect([...merged.log(name)]).toEqual([entry(name, 4), entry(name, 3)]);
  expect([...merged.log(name, { from: 3 })]).toEqual([entry(name, 3)]);
  expect([...merged.log(name, { from: 2 })]).toEqual([]);
  expect([...merged.log(name, { from: 2, tombstones: true })]).toEqual([logDeletion(name, 2), logDeletion(name, 1)]);
  expect([...merged.log(`${name}2`)]).toEqual([entry(`${name}2`, 2)]);
});

test('an entry that is written again at its old update index counts', () => {
  const tables = [table([], [entry('a', 1), entry('a', 2)]), table([], [entry('a', 1, 'rewritten\n')], { minUpdateIndex: 3, maxUpdateIndex: 3 })];
  expect([...openSync(tables).log('a')]).toEqual([entry('a', 2), entry('a', 1, 'rewritten\n')]);
});

test('the newer table wins, whatever the update indexes say', () => {
  const tables = [table([direct('a', oid(9), 9)], [], { minUpdateIndex: 1 }), table([direct('a', oid(5), 5)])];
  expect(openSync(tables).getRef('a')).toEqual(direct('a', oid(5), 5));
  expect([...openSync(tables).refs()]).toEqual([direct('a', oid(5), 5)]);
});

test('nothing of an earlier position comes out after a seek', () => {
  const merged = openSync([table([direct('a'), direct('b')]), table([direct('a', oid(2)), direct('c')]), table([direct('b', oid(3))])]);
  const cursor = merged.refCursor();
  const step = () => (cursor.next() || cursor.load() ? cursor.record.ref() : undefined);
  cursor.seek('b');
  expect(step()).toEqual(direct('b', oid(3)));
  cursor.seek('a');
  expect([step(), step(), step(), step(), step()]).toEqual([direct('a', oid(2)), direct('b', oid(3)), direct('c'), undefined, undefined]);
  cursor.seek('c');
  expect(step()).toEqual(direct('c'));
});

describe('by object id', () => {
  const tables = [
    table([direct('gone', oid(1), 1), direct('moved', oid(1), 1), direct('same', oid(1), 1), direct('there', oid(1), 1)]),
    table([deletion('gone', 2), direct('moved', oid(2), 2), direct('same', oid(1), 2), { name: 'tag', updateIndex: 2, kind: 'peeled', oid: oid(3), peeled: oid(1) }]),
  ];

  test('refs that have moved or are gone do not appear, and none appears twice', () => {
    const found = openSync(tables).refsByObject(oid(1));
    expect(found.map(({ name, updateIndex }) => [name, updateIndex])).toEqual([['same', 2], ['tag', 2], ['there', 1]]);
  });

  test('a tag by itself and by what it points at', () => {
    expect(openSync(tables).refsByObject(oid(3)).map(({ name }) => name)).toEqual(['tag']);
  });

  test('also where the object sections say where to look', () => {
    const many = (from: number, updateIndex: number) => Array.from({ length: 300 }, (_, at) => direct(`refs/${String(at * 3 + from).padStart(5, '0')}`, oid((at % 50) + 1), updateIndex));
    const stack = [table(many(0, 1), [], { blockSize: 256 }), table(many(1, 2), [], { blockSize: 256 }), table([deletion('refs/00000', 3), direct('refs/00001', oid(77), 3)])];
    const model = new Model(stack);
    for (let id = 0; id <= 51; id++) expect(openSync(stack).refsByObject(oid(id))).toEqual(model.refsByObject(oid(id)));
  });

  test('an id of the wrong length is a misuse', () => {
    expect(() => openSync(tables).refsByObject(oid(1, 32))).toThrow(expect.objectContaining({ code: 'OBJECT_ID' }) as Error);
  });
});

test('names that are not UTF-8 are told apart', () => {
  const ref = (byte: number, id: number): Ref => ({ ...direct('\uFFFD', oid(id)), nameBytes: Uint8Array.of(byte) });
  const merged = openSync([table([ref(0xfe, 1), ref(0xff, 1)]), table([ref(0xff, 2)])]);
  expect([...merged.refs()]).toEqual([ref(0xfe, 1), ref(0xff, 2)]);
  expect(merged.refsByObject(oid(1))).toEqual([ref(0xfe, 1)]);
  expect(merged.getRef(Uint8Array.of(0xff))).toEqual(ref(0xff, 2));
});

test('tables of two hashes are a misuse', async () => {
  const mixed = [table([direct('a')]), table([direct('a', oid(1, 32))], [], { hash: 'sha256' })];
  expect(() => openSync(mixed)).toThrow('a table of sha256 among tables of sha1');
  await openAsync(mixed).then(
    () => expect.fail('opened'),
    (error: unknown) => expect(isReftableError(error, 'MIXED_HASHES') && error.kind).toBe('misuse'),
  );
});

describe('below the faces', () => {
  const coreOf = (model: ReturnType<typeof table>) => openTableSync(new BytesSource(write(model))).tableCore;

  test('the limits come from all tables, not from the first and the last', () => {
    const limits = (minUpdateIndex: number, maxUpdateIndex: number) => coreOf(table([], [], { minUpdateIndex, maxUpdateIndex }));
    const core = new MergedCore([limits(5, 6), limits(2, 9), limits(7, 8)]);
    expect([core.minUpdateIndex, core.maxUpdateIndex]).toEqual([2n, 9n]);
    expect([new MergedCore([]).minUpdateIndex, new MergedCore([]).maxUpdateIndex]).toEqual([0n, 0n]);
  });

  test('merged views can be merged', () => {
    const tables = [1, 2, 3, 4].map((index) => table([direct('a', oid(index), index), direct(`b${index}`, oid(index), index)]));
    const cores = tables.map(coreOf);
    const nested = new ReaderSync(new MergedCore([new MergedCore(cores.slice(0, 2)), new MergedCore(cores.slice(2))]));
    expect([...nested.refs()]).toEqual(new Model(tables).refs({}));
    expect(nested.refsByObject(oid(1))).toEqual(new Model(tables).refsByObject(oid(1)));
  });

  test('a run of tombstones costs its length once', () => {
    const name = (at: number) => `refs/heads/${String(at).padStart(5, '0')}`;
    const run = Array.from({ length: 4000 }, (_, at) => name(at));
    const counting = [table([...run.map((ref) => direct(ref, oid(1), 1)), direct('refs/tags/x')]), table(run.map((ref) => deletion(ref, 2)))].map(
      (model) => new CountingCore(coreOf(model)),
    );
    const reader = new ReaderSync(new MergedCore(counting));
    const cost = (act: () => void) => {
      const before = counting.reduce((sum, { moves }) => sum + moves, 0);
      act();
      return counting.reduce((sum, { moves }) => sum + moves, 0) - before;
    };

    // The whole list: every record of both tables, and the loads of their blocks.
    expect(cost(() => expect([...reader.names()]).toEqual(['refs/tags/x']))).toBeLessThan(8600);
    // Each look for one of the names stops at its tombstone, and does not go on to the end of the run.
    const each = cost(() => {
      for (const ref of run) expect(reader.refs({ prefix: ref }).next().done).toBe(true);
    });
    expect(each).toBeLessThan(8 * 4000);
    expect(cost(() => expect(reader.refs({ from: name(3990) }).next().value).toMatchObject({ name: 'refs/tags/x' }))).toBeLessThan(40);
    // What is excluded is jumped over.
    expect(cost(() => expect([...reader.names({ exclude: ['refs/heads/'] })]).toEqual(['refs/tags/x']))).toBeLessThan(12);
  });
});

/** A table whose cursors' moves are counted. */
class CountingCore implements AnyTableCore {
  moves = 0;
  readonly #core: AnyTableCore;

  constructor(core: AnyTableCore) {
    this.#core = core;
  }

  get hash() {
    return this.#core.hash;
  }
  get idSize() {
    return this.#core.idSize;
  }
  get minUpdateIndex() {
    return this.#core.minUpdateIndex;
  }
  get maxUpdateIndex() {
    return this.#core.maxUpdateIndex;
  }

  refCursor(): CursorCore<RefView> {
    return this.#counted(this.#core.refCursor());
  }

  logCursor(): CursorCore<LogView> {
    return this.#counted(this.#core.logCursor());
  }

  findRef(name: Uint8Array, length: number): FoundRef {
    return this.#core.findRef(name, length);
  }

  refsByObject(id: Uint8Array): Core<Ref[]> {
    return this.#core.refsByObject(id);
  }

  #counted<V extends RefView | LogView>(cursor: CursorCore<V>): CursorCore<V> {
    const count = () => this.moves++;
    return {
      get record() {
        return cursor.record;
      },
      next() {
        count();
        return cursor.next();
      },
      load() {
        count();
        return cursor.load();
      },
      seek: (target, length) => cursor.seek(target, length),
      settle: () => cursor.settle(),
    };
  }
}
